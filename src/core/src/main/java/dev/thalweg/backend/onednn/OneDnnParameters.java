package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.BlockParameters;
import dev.thalweg.backend.runtime.HostPiece;
import dev.thalweg.backend.runtime.ParameterBlock;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.Storage;
import dev.thalweg.memory.Lifetime;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * Parameters in the layouts that primitives chose. Until the first graph is compiled they wait in the plain layout;
 * that graph's primitives then say which they like, and the values move there.
 */
final class OneDnnParameters implements BlockParameters {
    private final OneDnnBackend backend;
    private final Map<String, Shape> shapes;
    private final Map<String, MemoryDesc> layouts = new HashMap<>();
    private final MemoryOwner waiting;
    private final Lifetime lifetime;
    private final Scope resources;
    private ParameterBlock block;
    private boolean decided;

    OneDnnParameters(OneDnnBackend backend, Map<String, Shape> shapes) {
        this.backend = backend;
        this.shapes = new LinkedHashMap<>(shapes);
        SequencedMap<String, Long> sizes = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> sizes.put(name, shape.elements() * Float.BYTES));
        try (Scope opening = new Scope()) {
            waiting = opening.own(MemoryOwner.named("parameters of the onednn backend before layout"));
            block = new ParameterBlock(Storage.HOST, waiting, sizes);
            lifetime = backend.lifetime().child("this set of parameters of the onednn backend", "executables");
            resources = opening.handOver();
        }
    }

    OneDnnBackend backend() {
        return backend;
    }

    @Override
    public Lifetime lifetime() {
        return lifetime;
    }

    @Override
    public String layouts() {
        try (Lifetime.Use _ = lifetime.enter()) {
            return shapes.keySet().stream()
                    .map(name ->
                            name + " " + layout(name).map(MemoryDesc::layout).orElse("not settled"))
                    .collect(Collectors.joining("\n"));
        }
    }

    /** The layout of a parameter; empty while the first graph may still choose it. */
    Optional<MemoryDesc> layout(String name) {
        return Optional.ofNullable(layouts.get(name));
    }

    private MemoryDesc settledLayout(String name) {
        return layout(name)
                .orElseThrow(() -> new IllegalStateException("the layout of parameter " + name + " is not settled"));
    }

    /** Settles a layout; the parameter takes ownership of the descriptor. */
    void choose(String name, MemoryDesc layout) {
        layouts.put(name, resources.own(layout));
    }

    /**
     * Settles what no primitive chose and moves the values into their layouts. Does so once; if it fails, they wait as
     * before.
     */
    void settle() {
        if (decided) {
            return;
        }
        for (Map.Entry<String, Shape> parameter : shapes.entrySet()) {
            if (layout(parameter.getKey()).isEmpty()) {
                choose(parameter.getKey(), MemoryDesc.plain(parameter.getValue(), DataType.FLOAT32));
            }
        }
        SequencedMap<String, Long> sizes = new LinkedHashMap<>();
        shapes.keySet().forEach(name -> sizes.put(name, settledLayout(name).size()));
        try (Scope opening = new Scope()) {
            ParameterBlock settled = new ParameterBlock(
                    backend.processor(), opening.own(MemoryOwner.named("parameters of the onednn backend")), sizes);
            shapes.keySet().forEach(name -> move(name, settled.value(name)));
            resources.own(opening.handOver());
            block = settled;
            decided = true;
        }
        waiting.close();
    }

    private void move(String name, Piece settled) {
        MemorySegment values = ((HostPiece) block.value(name)).segment();
        reorderThroughPlain(name, (desc, between) -> {
            between.write(values);
            Reorders.copy(backend, desc, between, settledLayout(name), settled);
        });
    }

    /** In the plain layout until they are settled. */
    @Override
    public ParameterBlock block() {
        return block;
    }

    @Override
    public void fromPlain(String name, MemorySegment plain, Piece location) {
        check(name, plain);
        if (!decided) {
            location.write(plain);
            return;
        }
        reorderThroughPlain(name, (desc, between) -> {
            between.write(plain);
            Reorders.copy(backend, desc, between, settledLayout(name), location);
        });
    }

    @Override
    public void toPlain(String name, Piece location, MemorySegment plain) {
        check(name, plain);
        if (!decided) {
            location.read(plain);
            return;
        }
        reorderThroughPlain(name, (desc, between) -> {
            Reorders.copy(backend, settledLayout(name), location, desc, between);
            between.read(plain);
        });
    }

    private interface Transfer {
        void run(MemoryDesc plain, Piece between);
    }

    /** The user's segment may be on the heap or unaligned: primitives get one that is neither. */
    private void reorderThroughPlain(String name, Transfer transfer) {
        try (MemoryOwner temporary = MemoryOwner.named("copy of parameter " + name);
                MemoryDesc plain = MemoryDesc.plain(settledLayout(name).dims(), DataType.FLOAT32)) {
            transfer.run(plain, backend.processor().allocate(temporary, plain.size()));
        }
    }

    private void check(String name, MemorySegment data) {
        Shape shape = shapes.get(name);
        if (shape == null) {
            throw new IllegalArgumentException("no parameter named " + name + "; there are " + shapes.keySet());
        }
        long bytes = shape.elements() * Float.BYTES;
        if (data.byteSize() != bytes) {
            throw new IllegalArgumentException(
                    "parameter " + name + " " + shape + " takes " + bytes + " bytes, got " + data.byteSize());
        }
    }

    @Override
    public void close() {
        lifetime.close(resources);
    }
}
