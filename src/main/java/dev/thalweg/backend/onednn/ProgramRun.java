package dev.thalweg.backend.onednn;

import dev.thalweg.backend.host.Seed;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.Memory;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveCall;
import dev.thalweg.onednn.Stream;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Steps of a program bound to memory, in order. Running them allocates nothing. */
final class ProgramRun implements AutoCloseable {
    private final Stream stream;
    private final Map<Buffer, MemorySegment> segments;
    private final List<Memory> memories = new ArrayList<>();
    private final Runnable[] commands;

    ProgramRun(LinkedProgram program, List<Step> steps, Map<Buffer, MemorySegment> segments, MemorySegment scratchpad, MemoryOwner owner, Seed seed) {
        Engine engine = program.backend().engine();
        this.segments = segments;
        this.stream = new Stream(engine);
        Map<Place, Memory> known = new HashMap<>();
        commands = steps.stream().map(step -> switch (step) {
            case Step.OfPrimitive s -> command(program, s, known, scratchpad, owner);
            case Step.OfHost s -> command(s, seed);
        }).toArray(Runnable[]::new);
    }

    private Runnable command(LinkedProgram program, Step.OfPrimitive step, Map<Place, Memory> known, MemorySegment scratchpad, MemoryOwner owner) {
        Engine engine = program.backend().engine();
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        step.places().forEach((argument, place) -> arguments.put(argument, known.computeIfAbsent(place,
                p -> own(new Memory(engine, p.layout(), segments.get(p.buffer()))))));
        if (step.scratchpad() > 0) {
            try (MemoryDesc layout = step.desc().layout(Argument.SCRATCHPAD, Shape.of(), DataType.UINT8)) {
                arguments.put(Argument.SCRATCHPAD, own(new Memory(engine, layout, scratchpad)));
            }
        }
        PrimitiveCall call = new PrimitiveCall(program.primitive(step), arguments, owner);
        return () -> call.execute(stream);
    }

    private Runnable command(Step.OfHost step, Seed seed) {
        Runnable work = step.work().apply(segments.get(step.place().buffer()), seed);
        return () -> {
            // The memory may be in use by a primitive before.
            stream.await();
            work.run();
        };
    }

    private Memory own(Memory memory) {
        memories.add(memory);
        return memory;
    }

    MemorySegment segment(Place place) {
        return segments.get(place.buffer());
    }

    void run() {
        for (Runnable command : commands) {
            command.run();
        }
        stream.await();
    }

    @Override
    public void close() {
        memories.forEach(Memory::close);
        stream.close();
    }
}
