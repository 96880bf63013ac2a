package dev.thalweg.backend.onednn;

import dev.thalweg.collective.Collective;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.memory.Scope;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The flat list of instructions that a graph becomes, with the locations they touch. {@link LinkedProgram} gives them
 * memory and runs them.
 */
final class Program implements AutoCloseable {
    private static final Set<Argument> RESULTS = EnumSet.of(
            Argument.DST,
            Argument.DST_ITER,
            Argument.DST_ITER_C,
            Argument.WORKSPACE,
            Argument.DIFF_SRC,
            Argument.DIFF_SRC_ITER,
            Argument.DIFF_SRC_ITER_C,
            Argument.DIFF_WEIGHTS,
            Argument.DIFF_WEIGHTS_ITER,
            Argument.DIFF_BIAS,
            Argument.DIFF_SCALE,
            Argument.DIFF_SHIFT);

    private final List<Instruction> instructions = new ArrayList<>();
    private final Set<Buffer> buffers = new LinkedHashSet<>();
    /** Sums over replicas that no instruction waits for yet. */
    private final List<Instruction.OfAllReduce> underWay = new ArrayList<>();

    private final Scope scope = new Scope();

    /** Closes something with this program, the youngest first. */
    <T extends AutoCloseable> T own(T resource) {
        return scope.own(resource);
    }

    /** A new location in a layout; it takes ownership of the descriptor. */
    Location locate(MemoryDesc layout) {
        own(layout);
        Buffer buffer = new Buffer(layout.size());
        buffers.add(buffer);
        return new Location(buffer, layout);
    }

    /** Appends a call. */
    void add(PrimitiveDesc desc, Map<Argument, Location> locations) {
        add(desc, locations, Set.of());
    }

    /** Appends a call that writes more than its results: statistics, say. */
    void add(PrimitiveDesc desc, Map<Argument, Location> locations, Set<Argument> alsoWritten) {
        Set<Argument> written = EnumSet.copyOf(RESULTS);
        written.addAll(alsoWritten);
        append(new Instruction.OfPrimitive(desc, List.of(), new EnumMap<>(locations), written));
    }

    /** Appends a call that makes one result of any number of sources. */
    void add(PrimitiveDesc desc, List<Location> sources, Location result) {
        append(new Instruction.OfPrimitive(
                desc, List.copyOf(sources), Map.of(Argument.DST, result), Set.of(Argument.DST)));
    }

    /** Appends a dropout mask. */
    void addMask(DropoutMask op, Location location) {
        append(new Instruction.OfMask(op, location));
    }

    /** Appends what the host's threads do; the name says what that is, to people. */
    void add(String name, TeamKernel kernel, List<Location> read, List<Location> written) {
        append(new Instruction.OfTeam(name, kernel, List.copyOf(read), List.copyOf(written)));
    }

    /** Appends the beginning of sums over all replicas; what touches them later waits for them. */
    void addAllReduce(Collective collective, Location location) {
        Instruction.OfAllReduce begun = new Instruction.OfAllReduce(collective, location);
        append(begun);
        underWay.add(begun);
    }

    /** Appends the end of all sums that were begun. */
    void awaitAllReduces() {
        if (!underWay.isEmpty()) {
            Instruction await = new Instruction.OfAwait(List.copyOf(underWay));
            underWay.clear();
            append(await);
        }
    }

    private boolean touchesSums(Instruction instruction) {
        return Stream.concat(instruction.reads(), instruction.writes())
                .anyMatch(p ->
                        underWay.stream().anyMatch(begun -> begun.location().buffer() == p.buffer()));
    }

    private void append(Instruction instruction) {
        if (touchesSums(instruction)) {
            awaitAllReduces();
        }
        int index = instructions.size();
        instruction.reads().forEach(p -> p.buffer().use(index));
        instruction.writes().forEach(p -> p.buffer().use(index));
        instructions.add(instruction);
    }

    List<Instruction> instructions() {
        return instructions;
    }

    /** The buffers that something uses, parameters excepted. */
    List<Buffer> buffers() {
        return buffers.stream().filter(b -> b.last >= b.first).toList();
    }

    /**
     * The instructions that depend on parameters and constants alone: those whose inputs nothing else writes, and whose
     * results nothing else writes. Found by taking away, until nothing changes, what depends on something else.
     */
    Set<Instruction> constantInstructions() {
        Set<Instruction> constant = new LinkedHashSet<>(instructions);
        Set<Buffer> varying = new HashSet<>();
        buffers.stream().filter(b -> b.given).forEach(varying::add);
        boolean changed = true;
        while (changed) {
            changed = constant.removeIf(instruction -> isNewInEachRun(instruction)
                    || instruction.reads().anyMatch(p -> varying.contains(p.buffer()))
                    || instruction.writes().anyMatch(p -> varying.contains(p.buffer())));
            for (Instruction instruction : instructions) {
                if (!constant.contains(instruction)) {
                    instruction.writes().forEach(p -> varying.add(p.buffer()));
                }
            }
        }
        return constant;
    }

    private static boolean isNewInEachRun(Instruction instruction) {
        return switch (instruction) {
            case Instruction.OfMask _, Instruction.OfAllReduce _, Instruction.OfAwait _ -> true;
            case Instruction.OfPrimitive _, Instruction.OfTeam _ -> false;
        };
    }

    @Override
    public void close() {
        scope.close();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        instructions.forEach(s -> text.append(s).append('\n'));
        return text.toString();
    }
}
