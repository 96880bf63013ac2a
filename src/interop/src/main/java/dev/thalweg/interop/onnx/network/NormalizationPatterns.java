package dev.thalweg.interop.onnx.network;

import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.GroupNormalization;
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

    /** The operator of sets 21 and later, with a scale for each channel. */
    static @Nullable Match group(Plan plan, Step last) {
        return last.is("GroupNormalization") && plan.opset() >= 21
                ? group(
                        plan,
                        last.input(0),
                        last.whole("num_groups", 0),
                        plan.weight(last, 1),
                        plan.weight(last, 2),
                        last.real("epsilon", 1e-5f),
                        Set.of(last))
                : null;
    }

    private static @Nullable Match group(
            Plan plan,
            String input,
            long groups,
            @Nullable Weight scale,
            @Nullable Weight shift,
            float epsilon,
            Set<Step> steps) {
        Fact.Flow flow = plan.examples(input);
        if (flow == null || flow.rank() != 4 || scale == null || shift == null || !(epsilon > 0)) {
            return null;
        }
        int channels = flow.dim(1);
        return groups >= 1 && channels % groups == 0 && isPerChannel(scale, channels) && isPerChannel(shift, channels)
                ? new Match(
                        List.of(input),
                        List.of(new Match.Placed(
                                new GroupNormalization(Math.toIntExact(groups), meant(epsilon)),
                                Map.of(".scale", scale, ".shift", shift))),
                        steps)
                : null;
    }

    /** A row, or one with extents of 1 for the pixels behind it. */
    private static boolean isPerChannel(Weight weight, int channels) {
        int place = weight.rank() <= 1 ? 0 : weight.rank() - 3;
        return weight.elements() == channels && place >= 0 && weight.rank() > 0 && weight.dim(place) == channels;
    }

    /** As PyTorch writes it: groups as channels, each normalized for itself, then scale and shift for each channel. */
    static @Nullable Match groupByParts(Plan plan, Step last) {
        for (int operand = 0; operand < 2 && last.is("Add"); operand++) {
            Step scaled = plan.from(last.input(operand), "Mul");
            for (int i = 0; i < 2 && scaled != null; i++) {
                Step whole = plan.from(scaled.input(i), "Reshape");
                Step normalized = whole == null ? null : plan.from(whole.input(0), "InstanceNormalization");
                Step parted = normalized == null ? null : plan.from(normalized.input(0), "Reshape");
                Fact.Flow groups = parted == null ? null : plan.flow(parted.output());
                if (whole == null || normalized == null || parted == null || groups == null) {
                    continue;
                }
                boolean fits = groups.isOfExamples()
                        && groups.rank() == 3
                        && isSame(plan.examples(parted.input(0)), plan.flow(whole.output()))
                        && isAll(plan, normalized, 1, 1)
                        && isAll(plan, normalized, 2, 0);
                return fits
                        ? group(
                                plan,
                                parted.input(0),
                                groups.dim(1),
                                plan.weight(scaled, 1 - i),
                                plan.weight(last, 1 - operand),
                                normalized.real("epsilon", 1e-5f),
                                Set.of(parted, normalized, whole, scaled, last))
                        : null;
            }
        }
        return null;
    }

    private static boolean isSame(Fact.@Nullable Flow one, Fact.@Nullable Flow other) {
        return one != null && one.equals(other);
    }

    /** Whether numbers of the file are all alike: what PyTorch gives an operator that must have a scale and a shift. */
    private static boolean isAll(Plan plan, Step step, int operand, float number) {
        if (!plan.source().isWeight(step, operand)) {
            return false;
        }
        for (float value : plan.source().tensor(step.input(operand)).floats()) {
            if (value != number) {
                return false;
            }
        }
        return true;
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
