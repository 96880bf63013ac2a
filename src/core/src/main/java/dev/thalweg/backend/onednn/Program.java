package dev.thalweg.backend.onednn;

import dev.thalweg.graph.DropoutMask;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.tensor.Scope;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The flat list of steps that a graph becomes, with the places they touch. {@link LinkedProgram} gives them memory and
 * runs them.
 */
final class Program implements AutoCloseable {
    private static final Set<Argument> RESULTS = EnumSet.of(
            Argument.DST,
            Argument.WORKSPACE,
            Argument.DIFF_SRC,
            Argument.DIFF_SRC_ITER,
            Argument.DIFF_SRC_ITER_C,
            Argument.DIFF_WEIGHTS,
            Argument.DIFF_WEIGHTS_ITER,
            Argument.DIFF_BIAS,
            Argument.DIFF_SCALE,
            Argument.DIFF_SHIFT);

    private final List<Step> steps = new ArrayList<>();
    private final Set<Buffer> buffers = new LinkedHashSet<>();
    private final Scope scope = new Scope();

    /** Closes something with this program, the youngest first. */
    <T extends AutoCloseable> T own(T resource) {
        return scope.own(resource);
    }

    /** A new place in a layout; it takes ownership of the descriptor. */
    Place place(MemoryDesc layout) {
        own(layout);
        Buffer buffer = new Buffer(layout.size());
        buffers.add(buffer);
        return new Place(buffer, layout);
    }

    /** Appends a call. */
    void step(PrimitiveDesc desc, Map<Argument, Place> places) {
        step(desc, places, Set.of());
    }

    /** Appends a call that writes more than its results: statistics, say. */
    void step(PrimitiveDesc desc, Map<Argument, Place> places, Set<Argument> alsoWritten) {
        Set<Argument> written = EnumSet.copyOf(RESULTS);
        written.addAll(alsoWritten);
        append(new Step.OfPrimitive(desc, new EnumMap<>(places), written));
    }

    /** Appends a dropout mask. */
    void maskStep(DropoutMask op, Place place) {
        append(new Step.OfMask(op, place));
    }

    private void append(Step step) {
        int index = steps.size();
        step.reads().forEach(p -> p.buffer().use(index));
        step.writes().forEach(p -> p.buffer().use(index));
        steps.add(step);
    }

    List<Step> steps() {
        return steps;
    }

    /** The buffers that something uses, parameters excepted. */
    List<Buffer> buffers() {
        return buffers.stream().filter(b -> b.last >= b.first).toList();
    }

    /**
     * The steps that depend on parameters and constants alone: those whose inputs nothing else writes, and whose
     * results nothing else writes. Found by taking away, until nothing changes, what depends on something else.
     */
    Set<Step> constantSteps() {
        Set<Step> constant = new LinkedHashSet<>(steps);
        Set<Buffer> varying = new HashSet<>();
        buffers.stream().filter(b -> b.given).forEach(varying::add);
        boolean changed = true;
        while (changed) {
            changed = constant.removeIf(step -> step instanceof Step.OfMask
                    || step.reads().anyMatch(p -> varying.contains(p.buffer()))
                    || step.writes().anyMatch(p -> varying.contains(p.buffer())));
            for (Step step : steps) {
                if (!constant.contains(step)) {
                    step.writes().forEach(p -> varying.add(p.buffer()));
                }
            }
        }
        return constant;
    }

    @Override
    public void close() {
        scope.close();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        steps.forEach(s -> text.append(s).append('\n'));
        return text.toString();
    }
}
