package dev.thalweg.interop.onnx.network;

import dev.thalweg.graph.Recurrence;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.lowering.RecurrentCells;
import dev.thalweg.model.GRU;
import dev.thalweg.model.LSTM;
import dev.thalweg.model.Layer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Recurrent layers: time steps are brought to the front, and back behind the examples after the operator, or the last
 * state alone is taken.
 */
final class RecurrentPatterns {
    private static final List<Long> SWAPPED = List.of(1L, 0L, 2L);

    private final Plan plan;
    private final Set<Step> steps = new HashSet<>();

    private RecurrentPatterns(Plan plan) {
        this.plan = plan;
    }

    /** The states of all time steps. */
    static @Nullable Match sequences(Plan plan, Step last) {
        return isSwap(last) ? new RecurrentPatterns(plan).states(last, last.input(0), true) : null;
    }

    /** The last state. */
    static @Nullable Match state(Plan plan, Step last) {
        RecurrentPatterns pattern = new RecurrentPatterns(plan);
        if (last.is("Gather") && last.whole("axis", 0) == 0) {
            return pattern.lastOf(last, last.input(0), plan.wholes(last.input(1)));
        }
        if (last.is("Squeeze", "Reshape")) {
            Step slice = pattern.step(last.input(0), "Slice");
            List<Long> axes = slice == null ? null : plan.wholes(slice.input(3));
            if (slice != null && List.of(0L).equals(axes)) {
                return pattern.lastOf(last, slice.input(0), plan.wholes(slice.input(1)));
            }
        }
        return null;
    }

    private static boolean isSwap(Step step) {
        return step.is("Transpose") && step.wholes("perm", List.of()).equals(SWAPPED);
    }

    private @Nullable Match lastOf(Step last, String states, @Nullable List<Long> index) {
        Fact.Flow flow = plan.flow(states);
        Fact.Flow result = plan.examples(last.output());
        boolean isLast = flow != null
                && flow.rank() == 3
                && index != null
                && index.size() == 1
                && Math.floorMod(index.getFirst(), flow.dim(0)) == flow.dim(0) - 1;
        return isLast && result != null && result.rank() == 2 ? states(last, states, false) : null;
    }

    private @Nullable Step step(String value, String... types) {
        Step step = plan.from(value, types);
        if (step != null) {
            steps.add(step);
        }
        return step;
    }

    private @Nullable Match states(Step last, String value, boolean all) {
        steps.add(last);
        Step single = step(value, "Squeeze", "Reshape");
        Step cell = single == null ? null : step(single.input(0), "LSTM", "GRU");
        Step swap = cell == null ? null : step(cell.input(0), "Transpose");
        if (single == null || cell == null || swap == null || !isSwap(swap) || plan.examples(swap.input(0)) == null) {
            return null;
        }
        Fact.Flow states = plan.flow(value);
        boolean isFirstOutput = single.input(0).equals(cell.output());
        boolean learns = plan.source().isWeight(cell, 1)
                && plan.source().isWeight(cell, 2)
                && (cell.input(3).isEmpty() || plan.source().isWeight(cell, 3));
        if (states == null || states.rank() != 3 || !isFirstOutput || !learns) {
            return null;
        }
        Recurrence.Kind kind = cell.is("LSTM") ? Recurrence.Kind.LSTM : Recurrence.Kind.GRU;
        int units = states.dim(2);
        Layer layer = kind == Recurrence.Kind.LSTM ? new LSTM(units, all) : new GRU(units, all);
        Map<String, Weight> weights = Map.of(
                ".kernel", columns(cell, 1, kind, units),
                ".recurrent_kernel", columns(cell, 2, kind, units),
                ".bias", bias(cell, kind, units));
        return new Match(List.of(swap.input(0)), List.of(new Match.Placed(layer, weights)), Set.copyOf(steps));
    }

    private float[] floats(Step cell, int operand) {
        return plan.source().tensor(cell.input(operand)).floats();
    }

    private static Weight weight(String origin, float[] numbers, long... dims) {
        ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(numbers);
        return Weight.of(
                origin,
                new OnnxTensor(ElementType.FLOAT, Arrays.stream(dims).boxed().toList(), data));
    }

    /** Columns for gates in the order that the layers have, where the file has rows in ONNX's. */
    private Weight columns(Step cell, int operand, Recurrence.Kind kind, int units) {
        float[] from = floats(cell, operand);
        int rows = kind.gates() * units;
        int inputs = from.length / rows;
        float[] to = new float[from.length];
        for (int i = 0; i < to.length; i++) {
            int column = i % rows;
            int row = RecurrentCells.gates(kind).get(column / units) * units + column % units;
            to[i] = from[row * inputs + i / rows];
        }
        return weight(cell.input(operand), to, inputs, rows);
    }

    /** The sum of both biases, but of a GRU's last gate, which has both. */
    private Weight bias(Step cell, Recurrence.Kind kind, int units) {
        float[] to = new float[Recurrence.BIASES * units];
        if (cell.input(3).isEmpty()) {
            return weight(cell.input(1) + " bias", to, to.length);
        }
        float[] from = floats(cell, 3);
        int gates = kind.gates();
        for (int i = 0; i < gates * units; i++) {
            int place = RecurrentCells.gates(kind).get(i / units) * units + i % units;
            float ofState = from[gates * units + place];
            boolean both = gates < Recurrence.BIASES && i / units == gates - 1;
            to[i] = both ? from[place] : from[place] + ofState;
            if (both) {
                to[i + units] = ofState;
            }
        }
        return weight(cell.input(3), to, to.length);
    }
}
