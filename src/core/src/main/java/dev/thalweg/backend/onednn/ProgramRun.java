package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.Seed;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.collective.Collective;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Memory;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.onednn.PrimitiveCall;
import dev.thalweg.onednn.Stream;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Steps of a program bound to memory, in order. Running them allocates nothing. */
final class ProgramRun implements AutoCloseable {
    private final Processor processor;
    private final int threads;
    private final Stream stream;
    private final Map<Buffer, Piece> pieces;
    private final Scope resources;
    private final Runnable[] commands;

    ProgramRun(
            LinkedProgram program,
            List<Instruction> instructions,
            Map<Buffer, Piece> pieces,
            Piece scratchpad,
            MemoryOwner owner,
            Seed seed) {
        this.pieces = pieces;
        this.processor = program.backend().processor();
        this.threads = program.backend().threads();
        try (Scope opening = new Scope()) {
            this.stream = opening.own(processor.newStream());
            Map<Location, Memory> known = new HashMap<>();
            Map<Instruction.OfAllReduce, SharedSums> sums = new HashMap<>();
            TeamMemory memory = new TeamMemory(processor, this::piece, owner, opening);
            commands = instructions.stream()
                    .map(instruction -> switch (instruction) {
                        case Instruction.OfPrimitive s -> command(program, s, known, scratchpad, owner, opening);
                        case Instruction.OfTeam s -> command(program, s, memory);
                        case Instruction.OfMask s -> command(program, s, seed, owner);
                        case Instruction.OfAllReduce s -> command(s, sums, owner);
                        case Instruction.OfAwait s -> command(s, sums);
                    })
                    .toArray(Runnable[]::new);
            resources = opening.handOver();
        }
    }

    private Runnable command(
            LinkedProgram program,
            Instruction.OfPrimitive instruction,
            Map<Location, Memory> known,
            Piece scratchpad,
            MemoryOwner owner,
            Scope opening) {
        Function<Location, Memory> memory =
                location -> known.computeIfAbsent(location, p -> opening.own(processor.memory(p.layout(), piece(p))));
        Map<Argument, Memory> arguments = new EnumMap<>(Argument.class);
        instruction.locations().forEach((argument, location) -> arguments.put(argument, memory.apply(location)));
        if (instruction.scratchpad() > 0) {
            try (MemoryDesc layout = instruction.desc().layout(Argument.SCRATCHPAD, Shape.of(), DataType.UINT8)) {
                arguments.put(Argument.SCRATCHPAD, opening.own(processor.memory(layout, scratchpad)));
            }
        }
        PrimitiveCall call = new PrimitiveCall(
                program.primitive(instruction),
                instruction.sources().stream().map(memory).toList(),
                arguments,
                owner);
        return () -> call.execute(stream);
    }

    private Runnable command(LinkedProgram program, Instruction.OfTeam instruction, TeamMemory memory) {
        ThreadTeam.Task task = instruction.kernel().bind(memory);
        return onTeam(() -> program.backend().team().run(task));
    }

    private Runnable command(LinkedProgram program, Instruction.OfMask instruction, Seed seed, MemoryOwner owner) {
        Runnable draw =
                processor.draw(owner, program.backend().team(), instruction.op(), piece(instruction.location()), seed);
        return onTeam(draw);
    }

    private Runnable command(
            Instruction.OfAllReduce instruction, Map<Instruction.OfAllReduce, SharedSums> all, MemoryOwner owner) {
        SharedSums sums = processor.allReduce(owner, instruction.collective(), piece(instruction.location()));
        all.put(instruction, sums);
        return onTeam(sums::start);
    }

    private Runnable command(Instruction.OfAwait instruction, Map<Instruction.OfAllReduce, SharedSums> all) {
        List<Collective> collectives = instruction.begun().stream()
                .map(Instruction.OfAllReduce::collective)
                .distinct()
                .toList();
        List<SharedSums> sums = instruction.begun().stream().map(all::get).toList();
        return onTeam(() -> {
            collectives.forEach(Collective::awaitAllReduces);
            sums.forEach(SharedSums::end);
        });
    }

    private Runnable onTeam(Runnable work) {
        return () -> {
            // The memory may be in use by a primitive before.
            processor.finish(stream);
            work.run();
            // A virtual thread that waited for the team may have come back to another of the system's threads.
            OneDnn.setThreads(threads);
        };
    }

    Piece piece(Location location) {
        Piece piece = pieces.get(location.buffer());
        if (piece == null) {
            throw new IllegalArgumentException("the program has no memory for " + location);
        }
        return piece;
    }

    void run() {
        OneDnn.setThreads(threads);
        for (Runnable command : commands) {
            command.run();
        }
        processor.finish(stream);
    }

    @Override
    public void close() {
        resources.close();
    }
}
