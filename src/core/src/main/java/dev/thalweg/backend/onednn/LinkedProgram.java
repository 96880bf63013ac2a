package dev.thalweg.backend.onednn;

import dev.thalweg.backend.MemoryReport;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.Seed;
import dev.thalweg.graph.plan.MemoryPlan;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.onednn.Primitive;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A program with its primitives made and the memory placed that is the same for all who run it: parameters, constants,
 * and what is computed from those alone. Each {@link ProgramRun} adds activations of its own.
 */
final class LinkedProgram implements AutoCloseable {
    private final OneDnnBackend backend;
    private final MemoryOwner memory;
    private final Map<Buffer, Piece> shared;
    private final Map<Instruction.OfPrimitive, Primitive> primitives = new LinkedHashMap<>();
    private final List<Instruction> varying = new ArrayList<>();
    private final List<Buffer> planned;
    private final MemoryPlan plan;
    /** Null where nothing depends on parameters alone. */
    private final @Nullable ProgramRun preparation;

    private final MemoryReport report;
    private final Scope resources;
    private volatile long preparedVersion = -1;

    /**
     * Links.
     *
     * @param program must be closed after this
     * @param constants what each holds
     * @param hoisted whether instructions that depend on parameters alone run only when these have changed
     */
    LinkedProgram(
            OneDnnBackend backend,
            String name,
            Program program,
            Map<Buffer, Piece> parameters,
            Map<Buffer, Supplier<? extends java.nio.Buffer>> constants,
            boolean hoisted) {
        this.backend = backend;
        this.shared = new HashMap<>(parameters);
        this.plan = new MemoryPlan(backend.processor().alignment());
        Set<Instruction> constantInstructions = hoisted ? program.constantInstructions() : Set.of();
        List<Instruction> prepared = new ArrayList<>();
        long room = 0;
        long preparedRoom = 0;
        for (Instruction instruction : program.instructions()) {
            boolean constant = constantInstructions.contains(instruction);
            (constant ? prepared : varying).add(instruction);
            if (instruction instanceof Instruction.OfPrimitive s) {
                primitives.put(s, program.own(new Primitive(s.desc())));
                room = Math.max(room, constant ? 0 : s.scratchpad());
                preparedRoom = Math.max(preparedRoom, constant ? s.scratchpad() : 0);
            }
        }
        try (Scope opening = new Scope()) {
            memory = opening.own(MemoryOwner.named("onednn program of graph \"" + name + "\""));
            constants.forEach((buffer, numbers) -> shared.put(buffer, filled(buffer, numbers.get())));
            placePrepared(prepared);
            planned = program.buffers().stream()
                    .filter(b -> !shared.containsKey(b))
                    .toList();
            planned.forEach(b -> plan.add(new MemoryPlan.Buffer(b.bytes, b.first, b.last)));
            plan.place();
            Piece preparedScratchpad = backend.processor().allocate(memory, preparedRoom);
            report = new MemoryReport(plan.bytes(), plan.unsharedBytes(), plan.lowerBoundBytes(), room, memory.bytes());
            preparation = prepared.isEmpty()
                    ? null
                    : opening.own(new ProgramRun(this, prepared, shared, preparedScratchpad, memory, new Seed()));
            resources = opening.handOver();
        }
    }

    /** What only other prepared instructions read need not outlast them. */
    private void placePrepared(List<Instruction> prepared) {
        Set<Buffer> lasting = new HashSet<>();
        varying.forEach(instruction -> instruction.reads().forEach(p -> lasting.add(p.buffer())));
        Set<Buffer> buffers = new LinkedHashSet<>();
        prepared.forEach(instruction -> instruction.writes().forEach(p -> buffers.add(p.buffer())));
        MemoryPlan preparedPlan = new MemoryPlan(backend.processor().alignment());
        buffers.forEach(b -> preparedPlan.add(
                new MemoryPlan.Buffer(b.bytes, b.first, lasting.contains(b) ? Buffer.ALWAYS_TO : b.last)));
        preparedPlan.place();
        Piece block = backend.processor().allocate(memory, preparedPlan.bytes());
        int index = 0;
        for (Buffer buffer : buffers) {
            shared.put(buffer, block.slice(preparedPlan.offset(index++), buffer.bytes));
        }
    }

    private Piece filled(Buffer buffer, java.nio.Buffer numbers) {
        Piece piece = backend.processor().allocate(memory, buffer.bytes);
        piece.write(MemorySegment.ofBuffer(numbers));
        return piece;
    }

    OneDnnBackend backend() {
        return backend;
    }

    Primitive primitive(Instruction.OfPrimitive instruction) {
        Primitive primitive = primitives.get(instruction);
        if (primitive == null) {
            throw new IllegalArgumentException("the program has no instruction " + instruction);
        }
        return primitive;
    }

    MemoryReport report() {
        return report;
    }

    /** Gives the program activations. */
    ProgramRun bind(MemoryOwner owner, Seed seed) {
        Map<Buffer, Piece> pieces = new HashMap<>(shared);
        Piece block = backend.processor().allocate(owner, plan.bytes());
        for (int i = 0; i < planned.size(); i++) {
            pieces.put(planned.get(i), block.slice(plan.offset(i), planned.get(i).bytes));
        }
        return new ProgramRun(
                this, varying, pieces, backend.processor().allocate(owner, report.scratchpad()), owner, seed);
    }

    /** Computes what depends on parameters alone, if they have changed since. */
    void prepare(long version) {
        if (preparation != null && preparedVersion != version) {
            synchronized (this) {
                if (preparedVersion != version) {
                    preparation.run();
                    preparedVersion = version;
                }
            }
        }
    }

    @Override
    public void close() {
        resources.close();
    }
}
