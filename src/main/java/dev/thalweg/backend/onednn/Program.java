package dev.thalweg.backend.onednn;

import dev.thalweg.graph.MemoryPlan;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Memory;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.Primitive;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The flat list of primitives that a graph becomes. While it is lowered, steps are added with the places they touch;
 * {@link #link} then gives every buffer its memory and binds the arguments.
 */
final class Program implements AutoCloseable {
    private sealed interface Step {
        /** The room it computes in. */
        default long scratchpad() {
            return 0;
        }
    }

    private record PrimitiveStep(PrimitiveDesc desc, Map<Argument, Place> places) implements Step {
        @Override
        public long scratchpad() {
            return desc.size(Argument.SCRATCHPAD);
        }

        @Override
        public String toString() {
            return desc.toString();
        }
    }

    private record HostStep(Place place, Function<MemorySegment, Runnable> work) implements Step {
        @Override
        public String toString() {
            return "host step";
        }
    }

    private final OneDnnBackend backend;
    private final List<Step> steps = new ArrayList<>();
    private final Set<Buffer> buffers = new LinkedHashSet<>();
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private Runnable[] commands = {};

    Program(OneDnnBackend backend) {
        this.backend = backend;
    }

    /** Closes something with this program, the youngest first. */
    <T extends AutoCloseable> T own(T resource) {
        resources.push(resource);
        return resource;
    }

    /** A new place in a layout; it takes ownership of the descriptor. */
    Place place(MemoryDesc layout) {
        own(layout);
        Buffer buffer = new Buffer(layout.size());
        buffers.add(buffer);
        return new Place(buffer, layout);
    }

    /** Appends a step. */
    void step(PrimitiveDesc desc, Map<Argument, Place> places) {
        int index = steps.size();
        places.values().forEach(p -> p.buffer().use(index));
        steps.add(new PrimitiveStep(desc, new EnumMap<>(places)));
    }

    /** Appends work that Java does: given its memory, which it fills, it becomes a command. */
    void hostStep(Place place, Function<MemorySegment, Runnable> work) {
        place.buffer().use(steps.size());
        steps.add(new HostStep(place, work));
    }

    /** Places all buffers that have no memory yet, and makes the primitives. */
    void link(MemoryOwner owner) {
        MemoryPlan plan = new MemoryPlan();
        List<Buffer> planned = buffers.stream().filter(b -> b.segment == null && b.last >= b.first).toList();
        planned.forEach(b -> plan.add(new MemoryPlan.Buffer(b.bytes, b.first, b.last)));
        plan.place();
        MemorySegment block = owner.allocate(plan.bytes());
        for (int i = 0; i < planned.size(); i++) {
            planned.get(i).segment = block.asSlice(plan.offset(i), planned.get(i).bytes);
        }
        // Steps run one after the other, so they can all compute in the same room.
        MemorySegment scratchpad = owner.allocate(steps.stream().mapToLong(Step::scratchpad).max().orElse(0));
        Map<Place, Memory> memories = new HashMap<>();
        commands = steps.stream().map(step -> switch (step) {
            case PrimitiveStep s -> command(s, memories, scratchpad, owner);
            case HostStep s -> command(s);
        }).toArray(Runnable[]::new);
    }

    private Runnable command(PrimitiveStep step, Map<Place, Memory> memories, MemorySegment scratchpad, MemoryOwner owner) {
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        step.places().forEach((argument, place) -> arguments.put(argument, memories.computeIfAbsent(place,
                p -> own(new Memory(backend.engine(), p.layout(), p.buffer().segment)))));
        if (step.scratchpad() > 0) {
            MemoryDesc layout = own(step.desc().layout(Argument.SCRATCHPAD, Shape.of(), DataType.UINT8));
            arguments.put(Argument.SCRATCHPAD, own(new Memory(backend.engine(), layout, scratchpad)));
        }
        Primitive primitive = own(new Primitive(step.desc(), arguments, owner));
        return () -> primitive.execute(backend.stream());
    }

    private Runnable command(HostStep step) {
        Runnable work = step.work().apply(step.place().buffer().segment);
        return () -> {
            // The memory may be in use by a primitive before.
            backend.stream().await();
            work.run();
        };
    }

    void run() {
        for (Runnable command : commands) {
            command.run();
        }
        backend.stream().await();
    }

    @Override
    public void close() {
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        steps.forEach(s -> text.append(s).append('\n'));
        return text.toString();
    }
}
