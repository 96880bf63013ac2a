package dev.thalweg.interop.onnx.network;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention of tokens to each other as this library and timm write it: one product makes queries, keys and values,
 * which come apart as {@code [3, N, heads, T, width]}.
 */
final class ExamplesFirstAttention {
    private static final List<Long> APART = List.of(2L, 0L, 3L, 1L, 4L);
    private static final List<Long> TOGETHER = List.of(0L, 2L, 1L, 3L);

    private final Plan plan;
    private final StepCollector steps;

    private ExamplesFirstAttention(Plan plan) {
        this.plan = plan;
        this.steps = new StepCollector(plan);
    }

    static @Nullable Match match(Plan plan, Step last) {
        Fact.Flow result = plan.examples(last.output());
        return last.is("Reshape", "Add") && result != null && result.rank() == 3
                ? new ExamplesFirstAttention(plan).match(last, result)
                : null;
    }

    private @Nullable Match match(Step last, Fact.Flow result) {
        steps.add(last);
        StepCollector.Linear projection = steps.linear(last.is("Reshape") ? last.input(0) : last.output());
        Step joined = projection == null ? null : steps.transposed(unshaped(projection.input()), TOGETHER);
        Step mixed = joined == null ? null : steps.from(unshaped(joined.input(0)), "MatMul");
        Step softmax = mixed == null ? null : steps.from(mixed.input(0), "Softmax");
        if (projection == null
                || joined == null
                || mixed == null
                || softmax == null
                || !AttentionLayer.isAlongLast(plan, softmax)) {
            return null;
        }
        Scaled scores = scaled(softmax.input(0));
        Step product = steps.from(scores.value(), "MatMul");
        if (product == null) {
            return null;
        }
        Scaled queries = scaled(product.input(0));
        Step turned = steps.from(product.input(1), "Transpose");
        Part query = part(queries.value());
        Part key = turned == null || !turnsLast(turned) ? null : part(turned.input(0));
        Part value = part(mixed.input(1));
        if (query == null || key == null || value == null) {
            return null;
        }
        Fact.Flow parts = plan.flow(query.apart().output());
        Fact.Flow heads = plan.flow(joined.output());
        StepCollector.Linear all = steps.linear(unshaped(query.apart().input(0)));
        int units = result.dim(2);
        boolean fits = all != null
                && parts != null
                && heads != null
                && query.isOf(0, query.apart())
                && key.isOf(1, query.apart())
                && value.isOf(2, query.apart())
                && parts.dim(0) == 3
                && heads.isOfExamples()
                && heads.example().equals(List.of(result.dim(1), parts.dim(2), parts.dim(4)))
                && parts.dim(3) == result.dim(1)
                && parts.dim(2) * parts.dim(4) == units;
        if (!fits || all == null || parts == null) {
            return null;
        }
        String input = result.equals(plan.examples(all.input())) ? all.input() : unshaped(all.input());
        return result.equals(plan.examples(input))
                ? new AttentionLayer(parts.dim(2), units, scores.factor() * queries.factor(), all, projection)
                        .of(input, List.of(), steps.all())
                : null;
    }

    /** The value whose extents alone were changed, if they were. */
    private String unshaped(String value) {
        Step reshape = steps.from(value, "Reshape");
        return reshape == null ? value : reshape.input(0);
    }

    private static boolean turnsLast(Step transpose) {
        List<Long> order = transpose.wholes("perm", List.of());
        return order.equals(List.of(0L, 2L, 1L)) || order.equals(List.of(0L, 1L, 3L, 2L));
    }

    /** A value, times a number. */
    private record Scaled(String value, double factor) {}

    private Scaled scaled(String value) {
        Step scaling = plan.from(value, "Mul", "Div");
        float factor = scaling == null ? Float.NaN : plan.scalar(scaling.input(1));
        if (scaling == null || Float.isNaN(factor)) {
            return new Scaled(value, 1);
        }
        steps.add(scaling);
        return new Scaled(scaling.input(0), scaling.is("Div") ? 1.0 / factor : factor);
    }

    /** One of the three of which a value consists. */
    private record Part(long index, Step apart) {
        boolean isOf(long wanted, Step whole) {
            return index == wanted && apart.equals(whole);
        }
    }

    private @Nullable Part part(String value) {
        Step squeezed = steps.from(value, "Squeeze");
        Step split = squeezed == null ? null : steps.from(squeezed.input(0), "Split");
        if (squeezed != null) {
            Step apart = split == null ? null : steps.transposed(split.input(0), APART);
            Fact.Flow one = plan.flow(squeezed.input(0));
            boolean alone = one != null && one.rank() == 5 && one.dim(0) == 1;
            return split != null && apart != null && alone && split.whole("axis", 0) == 0
                    ? new Part(split.node().outputs().indexOf(squeezed.input(0)), apart)
                    : null;
        }
        Step taken = steps.from(unshaped(value), "Gather", "Slice");
        Step apart = taken == null ? null : steps.transposed(taken.input(0), APART);
        List<Long> index = taken == null ? null : plan.wholes(taken.input(1));
        if (taken == null || apart == null || index == null || index.size() != 1) {
            return null;
        }
        boolean isFirstAxis = taken.is("Gather")
                ? taken.whole("axis", 0) == 0
                : List.of(0L).equals(plan.wholes(taken.input(3)))
                        && List.of(index.getFirst() + 1).equals(plan.wholes(taken.input(2)))
                        && taken.input(4).isEmpty();
        return isFirstAxis ? new Part(index.getFirst(), apart) : null;
    }
}
