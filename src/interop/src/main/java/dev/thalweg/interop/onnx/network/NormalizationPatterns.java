package dev.thalweg.interop.onnx.network;

import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.LayerNormalization;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Normalizations. */
final class NormalizationPatterns {
    private static final List<String> OF_BATCHES = List.of(".scale", ".shift", ".moving_mean", ".moving_variance");

    private NormalizationPatterns() {}

    /** A number as it was meant before it became a float. */
    private static double meant(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    static @Nullable Match batch(Plan plan, Step last) {
        Fact.Flow input = plan.examples(last.input(0));
        if (!last.is("BatchNormalization") || input == null || input.rank() < 2 || last.whole("spatial", 1) != 1) {
            return null;
        }
        Map<String, Weight> weights = new LinkedHashMap<>();
        for (int i = 0; i < OF_BATCHES.size(); i++) {
            Weight weight = plan.weight(last, i + 1);
            if (weight == null || !weight.dims().equals(List.of(input.dim(1)))) {
                return null;
            }
            weights.put(OF_BATCHES.get(i), weight);
        }
        float momentum = last.real("momentum", 0.9f);
        float epsilon = last.real("epsilon", 1e-5f);
        // Beyond these bounds the layer has no meaning, and the operator's arithmetic alone counts.
        return momentum >= 0 && momentum < 1 && epsilon > 0
                ? new Match(
                        List.of(last.input(0)),
                        List.of(new Match.Placed(new BatchNormalization(meant(momentum), meant(epsilon)), weights)),
                        Set.of(last))
                : null;
    }

    /** The operator of sets 17 and later. */
    static @Nullable Match layer(Plan plan, Step last) {
        Fact.Flow input = plan.examples(last.input(0));
        if (!last.is("LayerNormalization")
                || input == null
                || !last.hasOneOutput()
                || Math.floorMod(last.whole("axis", -1), input.rank()) != input.rank() - 1) {
            return null;
        }
        return layer(
                plan,
                last.input(0),
                plan.weight(last, 1),
                plan.weight(last, 2),
                last.real("epsilon", 1e-5f),
                Set.of(last));
    }

    private static @Nullable Match layer(
            Plan plan, String input, @Nullable Weight scale, @Nullable Weight shift, float epsilon, Set<Step> steps) {
        Fact.Flow flow = plan.examples(input);
        if (flow == null || flow.rank() < 2 || scale == null || shift == null || !(epsilon > 0)) {
            return null;
        }
        List<Integer> last = List.of(flow.dim(flow.rank() - 1));
        return scale.dims().equals(last) && shift.dims().equals(last)
                ? new Match(
                        List.of(input),
                        List.of(new Match.Placed(
                                new LayerNormalization(meant(epsilon)), Map.of(".scale", scale, ".shift", shift))),
                        steps)
                : null;
    }

    /** {@code (x − mean) / √(mean((x − mean)²) + ε) · scale + shift}, as PyTorch writes it before set 17. */
    static @Nullable Match layerByParts(Plan plan, Step last) {
        if (!last.is("Add")) {
            return null;
        }
        for (int operand = 0; operand < 2; operand++) {
            Step scaled = plan.from(last.input(operand), "Mul");
            for (int i = 0; i < 2 && scaled != null; i++) {
                Step divided = plan.from(scaled.input(i), "Div");
                Match match = divided == null
                        ? null
                        : divided(
                                plan,
                                divided,
                                scaled,
                                last,
                                plan.weight(scaled, 1 - i),
                                plan.weight(last, 1 - operand));
                if (match != null) {
                    return match;
                }
            }
        }
        return null;
    }

    private static @Nullable Match divided(
            Plan plan, Step divided, Step scaled, Step last, @Nullable Weight scale, @Nullable Weight shift) {
        Step centred = plan.from(divided.input(0), "Sub");
        Step deviation = plan.from(divided.input(1), "Sqrt");
        Step sum = deviation == null ? null : plan.from(deviation.input(0), "Add");
        if (centred == null || sum == null) {
            return null;
        }
        Step mean = plan.from(centred.input(1), "ReduceMean");
        Step variance = plan.from(sum.input(0), "ReduceMean");
        Step square = variance == null ? null : plan.from(variance.input(0), "Pow", "Mul");
        if (mean == null || variance == null || square == null || !isSquare(plan, square)) {
            return null;
        }
        boolean fits = mean.input(0).equals(centred.input(0))
                && square.input(0).equals(centred.output())
                && isOverLast(plan, mean)
                && isOverLast(plan, variance);
        float epsilon = plan.scalar(sum.input(1));
        return fits
                ? layer(
                        plan,
                        centred.input(0),
                        scale,
                        shift,
                        epsilon,
                        Set.of(mean, centred, square, variance, sum, deviation, divided, scaled, last))
                : null;
    }

    private static boolean isSquare(Plan plan, Step step) {
        return step.is("Pow") ? plan.scalar(step.input(1)) == 2 : step.input(0).equals(step.input(1));
    }

    private static boolean isOverLast(Plan plan, Step mean) {
        Fact.Flow input = plan.flow(mean.input(0));
        List<Long> axes = PoolingPatterns.axes(plan, mean);
        return input != null
                && axes.size() == 1
                && Math.floorMod(axes.getFirst(), input.rank()) == input.rank() - 1
                && mean.whole("keepdims", 1) == 1;
    }
}
