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

/**
 * The flat list of primitives that a graph becomes. While it is lowered, steps are added with the places they touch;
 * {@link #link} then gives every buffer its memory and binds the arguments.
 */
final class Program implements AutoCloseable {
    private record Step(PrimitiveDesc desc, Map<Argument, Place> places) {
    }

    private final OneDnnBackend backend;
    private final List<Step> steps = new ArrayList<>();
    private final Set<Buffer> buffers = new LinkedHashSet<>();
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private Primitive[] primitives = {};

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
        steps.add(new Step(desc, new EnumMap<>(places)));
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
        MemorySegment scratchpad = owner.allocate(steps.stream().mapToLong(s -> s.desc().size(Argument.SCRATCHPAD)).max().orElse(0));
        Map<Place, Memory> memories = new HashMap<>();
        primitives = new Primitive[steps.size()];
        for (int i = 0; i < primitives.length; i++) {
            Step step = steps.get(i);
            Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
            step.places().forEach((argument, place) -> arguments.put(argument, memories.computeIfAbsent(place,
                    p -> own(new Memory(backend.engine(), p.layout(), p.buffer().segment)))));
            if (step.desc().size(Argument.SCRATCHPAD) > 0) {
                MemoryDesc layout = own(step.desc().layout(Argument.SCRATCHPAD, Shape.of(), DataType.UINT8));
                arguments.put(Argument.SCRATCHPAD, own(new Memory(backend.engine(), layout, scratchpad)));
            }
            primitives[i] = own(new Primitive(step.desc(), arguments, owner));
        }
    }

    void run() {
        for (Primitive primitive : primitives) {
            primitive.execute(backend.stream());
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
        steps.forEach(s -> text.append(s.desc()).append('\n'));
        return text.toString();
    }
}
