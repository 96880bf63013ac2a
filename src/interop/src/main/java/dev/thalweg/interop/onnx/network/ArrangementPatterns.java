package dev.thalweg.interop.onnx.network;

import dev.thalweg.model.Add;
import dev.thalweg.model.AveragePooling2D;
import dev.thalweg.model.Concatenate;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Layer;
import dev.thalweg.model.Merge;
import dev.thalweg.model.Multiply;
import dev.thalweg.model.PadChannels;
import dev.thalweg.model.Reshape;
import dev.thalweg.model.SelectToken;
import dev.thalweg.model.UpSampling2D;
import dev.thalweg.model.ZeroPadding2D;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What joins flows, and what moves numbers and changes none. */
final class ArrangementPatterns {
    private ArrangementPatterns() {}

    /** Sums, products and flows side by side. */
    static @Nullable Match join(Plan plan, Step last) {
        Fact.Flow result = plan.examples(last.output());
        if (result == null) {
            return null;
        }
        Merge merge = null;
        if (last.is("Add", "Sum")) {
            merge = new Add();
        } else if (last.is("Mul")) {
            merge = new Multiply();
        } else if (last.is("Concat")) {
            int axis = Math.floorMod(last.whole("axis", 1), result.rank());
            merge = axis == 0 ? null : new Concatenate(axis);
        }
        if (merge == null) {
            return null;
        }
        boolean fits = last.inputs().stream()
                .map(plan::examples)
                .allMatch(flow -> flow != null && flow.rank() == result.rank());
        return fits ? new Match(last.inputs(), List.of(Match.Placed.of(merge)), Set.of(last)) : null;
    }

    /** Other extents for the numbers of each example. */
    static @Nullable Match reshape(Plan plan, Step last) {
        Fact.Flow result = plan.examples(last.output());
        boolean is = last.is("Flatten", "Reshape", "Squeeze", "Unsqueeze");
        if (!is || result == null || plan.examples(last.input(0)) == null || result.rank() < 2) {
            return null;
        }
        Layer layer = result.rank() == 2 ? new Flatten() : new Reshape(result.example());
        return Match.of(last, last.input(0), layer);
    }

    static @Nullable Match dropout(Plan plan, Step last) {
        if (!last.is("Dropout") || !last.hasOneOutput() || plan.examples(last.input(0)) == null) {
            return null;
        }
        float rate = last.input(1).isEmpty() ? last.real("ratio", 0.5f) : plan.scalar(last.input(1));
        return rate >= 0 && rate < 1
                ? Match.of(last, last.input(0), new Dropout(Double.parseDouble(Float.toString(rate))))
                : null;
    }

    static @Nullable Match zeros(Plan plan, Step last) {
        Fact.Flow input = plan.examples(last.input(0));
        if (!last.is("Pad") || input == null || input.rank() != 4) {
            return null;
        }
        List<Long> pads = last.input(1).isEmpty() ? last.wholes("pads", List.of()) : plan.wholes(last.input(1));
        boolean byZero = last.text("mode", "constant").equals("constant")
                && last.real("value", 0) == 0
                && (last.input(2).isEmpty() || plan.scalar(last.input(2)) == 0)
                && last.input(3).isEmpty();
        if (!byZero || pads == null || pads.size() != 8 || pads.stream().anyMatch(pad -> pad < 0 || pad > 1 << 20)) {
            return null;
        }
        int[] amounts = pads.stream().mapToInt(Long::intValue).toArray();
        if (amounts[0] != 0 || amounts[4] != 0) {
            return null;
        }
        boolean inChannels = amounts[1] != 0 || amounts[5] != 0;
        boolean inPixels = amounts[2] != 0 || amounts[3] != 0 || amounts[6] != 0 || amounts[7] != 0;
        if (inChannels && inPixels) {
            return null;
        }
        return Match.of(
                last,
                last.input(0),
                inChannels
                        ? new PadChannels(amounts[1], amounts[5])
                        : new ZeroPadding2D(amounts[2], amounts[6], amounts[3], amounts[7]));
    }

    /** Every n-th pixel of every n-th row, as two nodes. */
    static @Nullable Match subsampling(Plan plan, Step last) {
        Step other = plan.from(last.input(0), "Slice");
        if (!last.is("Slice") || other == null) {
            return null;
        }
        long across = stride(plan, last, 3);
        long down = stride(plan, other, 2);
        boolean square = across > 1 && across == down && across <= 1 << 20;
        return square && plan.examples(other.input(0)) != null
                ? new Match(
                        List.of(other.input(0)),
                        List.of(Match.Placed.of(new AveragePooling2D(1).stride(Math.toIntExact(across)))),
                        Set.of(other, last))
                : null;
    }

    /** By how much a slice of all of an axis of pictures moves; 0 if it is something else. */
    private static long stride(Plan plan, Step slice, int axis) {
        Fact.Flow input = plan.examples(slice.input(0));
        List<Long> starts = plan.wholes(slice.input(1));
        List<Long> ends = plan.wholes(slice.input(2));
        List<Long> axes = plan.wholes(slice.input(3));
        List<Long> steps = plan.wholes(slice.input(4));
        if (input == null || starts == null || ends == null || axes == null || steps == null) {
            return 0;
        }
        boolean all = input.rank() == 4
                && axes.size() == 1
                && starts.equals(List.of(0L))
                && Math.floorMod(axes.getFirst(), 4) == axis
                && ends.getFirst() >= input.dim(axis);
        return all ? steps.getFirst() : 0;
    }

    /** One of the tokens. */
    static @Nullable Match token(Plan plan, Step last) {
        Fact.Flow input = plan.examples(last.input(0));
        List<Long> indices = plan.wholes(last.input(1));
        Fact.Flow result = plan.examples(last.output());
        if (!last.is("Gather") || input == null || input.rank() != 3 || last.whole("axis", 0) != 1) {
            return null;
        }
        return indices != null && indices.size() == 1 && result != null && result.rank() == 2
                ? Match.of(last, last.input(0), new SelectToken(Math.floorMod(indices.getFirst(), input.dim(1))))
                : null;
    }

    /** Every pixel several times: at whole scales, the rules by which the nearest one is found agree. */
    static @Nullable Match repeat(Plan plan, Step last) {
        Fact.Flow input = plan.examples(last.input(0));
        Fact.Flow result = plan.examples(last.output());
        if (!last.is("Resize", "Upsample")
                || !last.text("mode", "nearest").equals("nearest")
                || input == null
                || result == null
                || input.rank() != 4
                || !isPlainNearest(last)) {
            return null;
        }
        int size = result.dim(2) / input.dim(2);
        boolean whole = size >= 1
                && result.dim(1) == input.dim(1)
                && result.dim(2) == input.dim(2) * size
                && result.dim(3) == input.dim(3) * size;
        return whole ? Match.of(last, last.input(0), new UpSampling2D(size)) : null;
    }

    private static boolean isPlainNearest(Step last) {
        String place = last.text("coordinate_transformation_mode", "half_pixel");
        String rounding = last.text("nearest_mode", "round_prefer_floor");
        return last.is("Upsample")
                || place.equals("half_pixel") && rounding.startsWith("round_prefer")
                || place.equals("asymmetric") && rounding.equals("floor");
    }
}
