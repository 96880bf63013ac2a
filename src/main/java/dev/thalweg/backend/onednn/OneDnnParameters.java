package dev.thalweg.backend.onednn;

import dev.thalweg.backend.host.BlockParameters;
import dev.thalweg.backend.host.HostPiece;
import dev.thalweg.backend.host.ParameterBlock;
import dev.thalweg.backend.host.Piece;
import dev.thalweg.backend.host.Storage;
import dev.thalweg.backend.host.Users;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Parameters in the layouts that primitives chose. Until the first graph is compiled they wait in the plain layout; that
 * graph's primitives then say which they like, and the values move there.
 */
final class OneDnnParameters implements BlockParameters {
    private final OneDnnBackend backend;
    private final Map<String, Shape> shapes;
    private final Map<String, MemoryDesc> layouts = new HashMap<>();
    private final Users users = new Users();
    private final MemoryOwner owner = MemoryOwner.named("parameters of the onednn backend");
    private MemoryOwner waitingOwner = MemoryOwner.named("parameters of the onednn backend before layout");
    private ParameterBlock block;
    private boolean decided;
    private boolean closed;

    OneDnnParameters(OneDnnBackend backend, Map<String, Shape> shapes) {
        this.backend = backend;
        this.shapes = new LinkedHashMap<>(shapes);
        SequencedMap<String, Long> sizes = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> sizes.put(name, shape.elements() * Float.BYTES));
        block = new ParameterBlock(Storage.HOST, waitingOwner, sizes);
        backend.users().enter();
    }

    OneDnnBackend backend() {
        return backend;
    }

    Users users() {
        return users;
    }

    /** The layout of a parameter, or null while the first graph may still choose it. */
    synchronized MemoryDesc layout(String name) {
        return layouts.get(name);
    }

    /** Settles a layout; the parameter takes ownership of the descriptor. */
    synchronized void choose(String name, MemoryDesc layout) {
        layouts.put(name, layout);
    }

    /** Settles what no primitive chose and moves the values into their layouts. Does so once. */
    synchronized void settle() {
        if (decided) {
            return;
        }
        decided = true;
        shapes.forEach((name, shape) -> layouts.computeIfAbsent(name, n -> MemoryDesc.plain(shape, DataType.FLOAT32)));
        SequencedMap<String, Long> sizes = new LinkedHashMap<>();
        shapes.keySet().forEach(name -> sizes.put(name, layouts.get(name).size()));
        ParameterBlock settled = new ParameterBlock(backend.device(), owner, sizes);
        for (String name : shapes.keySet()) {
            MemoryDesc layout = layouts.get(name);
            MemorySegment values = ((HostPiece) block.value(name)).segment();
            reorderThroughPlain(name, (desc, between) -> {
                between.write(values);
                Reorders.copy(backend, desc, between, layout, settled.value(name));
            });
        }
        block = settled;
        waitingOwner.close();
        waitingOwner = null;
    }

    /** In the plain layout until they are settled. */
    @Override
    public ParameterBlock block() {
        return block;
    }

    @Override
    public synchronized void fromPlain(String name, MemorySegment plain, Piece place) {
        check(name, plain);
        if (!decided) {
            place.write(plain);
            return;
        }
        reorderThroughPlain(name, (desc, between) -> {
            between.write(plain);
            Reorders.copy(backend, desc, between, layouts.get(name), place);
        });
    }

    @Override
    public synchronized void toPlain(String name, Piece place, MemorySegment plain) {
        check(name, plain);
        if (!decided) {
            place.read(plain);
            return;
        }
        reorderThroughPlain(name, (desc, between) -> {
            Reorders.copy(backend, layouts.get(name), place, desc, between);
            between.read(plain);
        });
    }

    private interface Transfer {
        void run(MemoryDesc plain, Piece between);
    }

    /** The user's segment may be on the heap or unaligned: primitives get one that is neither. */
    private void reorderThroughPlain(String name, Transfer transfer) {
        try (MemoryOwner temporary = MemoryOwner.named("copy of parameter " + name);
                MemoryDesc plain = MemoryDesc.plain(layouts.get(name).dims(), DataType.FLOAT32)) {
            transfer.run(plain, backend.device().allocate(temporary, plain.size()));
        }
    }

    private void check(String name, MemorySegment data) {
        if (closed) {
            throw new IllegalStateException(owner.name() + " are closed");
        }
        long bytes = shapes.get(name).elements() * Float.BYTES;
        if (data.byteSize() != bytes) {
            throw new IllegalArgumentException("parameter " + name + " " + shapes.get(name) + " takes " + bytes + " bytes, got "
                    + data.byteSize());
        }
    }

    @Override
    public synchronized void close() {
        users.checkNone(owner.name(), "executables");
        if (!closed) {
            closed = true;
            layouts.values().forEach(MemoryDesc::close);
            owner.close();
            if (waitingOwner != null) {
                waitingOwner.close();
            }
            backend.users().leave();
        }
    }
}
