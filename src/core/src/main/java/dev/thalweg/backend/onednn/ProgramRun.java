package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.Seed;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Memory;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.onednn.PrimitiveCall;
import dev.thalweg.onednn.Stream;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Scope;
import dev.thalweg.tensor.Shape;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Steps of a program bound to memory, in order. Running them allocates nothing. */
final class ProgramRun implements AutoCloseable {
    private final Device device;
    private final int threads;
    private final Stream stream;
    private final Map<Buffer, Piece> pieces;
    private final Scope resources;
    private final Runnable[] commands;

    ProgramRun(
            LinkedProgram program,
            List<Step> steps,
            Map<Buffer, Piece> pieces,
            Piece scratchpad,
            MemoryOwner owner,
            Seed seed) {
        this.pieces = pieces;
        this.device = program.backend().device();
        this.threads = program.backend().threads();
        try (Scope opening = new Scope()) {
            this.stream = opening.own(device.newStream());
            Map<Place, Memory> known = new HashMap<>();
            commands = steps.stream()
                    .map(step -> switch (step) {
                        case Step.OfPrimitive s -> command(program, s, known, scratchpad, owner, opening);
                        case Step.OfMask s -> command(program, s, seed, owner);
                    })
                    .toArray(Runnable[]::new);
            resources = opening.handOver();
        }
    }

    private Runnable command(
            LinkedProgram program,
            Step.OfPrimitive step,
            Map<Place, Memory> known,
            Piece scratchpad,
            MemoryOwner owner,
            Scope opening) {
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        step.places()
                .forEach((argument, place) -> arguments.put(
                        argument,
                        known.computeIfAbsent(
                                place, p -> opening.own(device.memory(p.layout(), pieces.get(p.buffer()))))));
        if (step.scratchpad() > 0) {
            try (MemoryDesc layout = step.desc().layout(Argument.SCRATCHPAD, Shape.of(), DataType.UINT8)) {
                arguments.put(Argument.SCRATCHPAD, opening.own(device.memory(layout, scratchpad)));
            }
        }
        PrimitiveCall call = new PrimitiveCall(program.primitive(step), arguments, owner);
        return () -> call.execute(stream);
    }

    private Runnable command(LinkedProgram program, Step.OfMask step, Seed seed, MemoryOwner owner) {
        Runnable draw = device.draw(
                owner,
                program.backend().team(),
                step.op(),
                pieces.get(step.place().buffer()),
                seed);
        return () -> {
            // The memory may be in use by a primitive before.
            device.finish(stream);
            draw.run();
            // A virtual thread that waited for the team may have come back to another of the system's threads.
            OneDnn.setThreads(threads);
        };
    }

    Piece piece(Place place) {
        return pieces.get(place.buffer());
    }

    void run() {
        OneDnn.setThreads(threads);
        for (Runnable command : commands) {
            command.run();
        }
        device.finish(stream);
    }

    @Override
    public void close() {
        resources.close();
    }
}
