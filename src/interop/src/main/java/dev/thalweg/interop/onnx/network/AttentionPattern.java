package dev.thalweg.interop.onnx.network;

import dev.thalweg.model.MultiHeadAttention;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attention of tokens to each other as PyTorch writes {@code nn.MultiheadAttention}: tokens come first, then examples;
 * one product makes queries, keys and values, which are cut apart, and heads lie beside examples.
 */
final class AttentionPattern {
    private static final List<Long> TOKENS_FIRST = List.of(1L, 0L, 2L);
    private static final List<Long> COLUMNS_FIRST = List.of(1L, 2L, 0L);
    /** What floats hold of {@code 1/√d} as another library wrote it. */
    private static final double ROUNDING = 1e-5;

    private final Plan plan;
    private final StepCollector steps;

    private AttentionPattern(Plan plan) {
        this.plan = plan;
        this.steps = new StepCollector(plan);
    }

    static @Nullable Match match(Plan plan, Step last) {
        Fact.Flow result = plan.examples(last.output());
        return last.is("Transpose") && result != null && result.rank() == 3
                ? new AttentionPattern(plan).match(last, result.dim(1), result.dim(2))
                : null;
    }

    private @Nullable Match match(Step last, int tokens, int units) {
        Step joined = steps.taken(TOKENS_FIRST, last);
        Step wide = joined == null ? null : steps.from(joined.input(0), "Reshape");
        StepCollector.Linear projection = wide == null ? null : steps.linear(wide.input(0));
        Step flat = projection == null ? null : steps.from(projection.input(), "Reshape");
        Step mixed = flat == null ? null : steps.transposed(flat.input(0), TOKENS_FIRST);
        Step product = mixed == null ? null : steps.from(mixed.input(0), "MatMul");
        Step softmax = product == null ? null : steps.from(product.input(0), "Softmax");
        Step scores = softmax == null ? null : steps.from(softmax.input(0), "MatMul");
        if (product == null || scores == null || softmax == null || projection == null) {
            return null;
        }
        Fact.Flow scored = plan.flow(scores.output());
        Head query = scaled(scores.input(0));
        Head key = head(scores.input(1), COLUMNS_FIRST);
        Head value = head(product.input(1), TOKENS_FIRST);
        if (query == null
                || key == null
                || value == null
                || scored == null
                || scored.rank() != 3
                || Math.floorMod(softmax.whole("axis", -1), 3) != 2) {
            return null;
        }
        int heads = scored.dim(0) / Fact.SMALL;
        StepCollector.Linear all = steps.linear(query.input());
        Step source = all == null ? null : steps.transposed(all.input(), TOKENS_FIRST);
        if (all == null || source == null) {
            return null;
        }
        boolean fits = heads > 0
                && units % heads == 0
                && scored.dim(0) == heads * Fact.SMALL
                && scored.dim(1) == tokens
                && scored.dim(2) == tokens
                && Math.abs(query.scale() * Math.sqrt((double) units / heads) - 1) < ROUNDING
                && isPart(query, 0, units)
                && isPart(key, units, units)
                && isPart(value, 2L * units, units)
                && key.input().equals(query.input())
                && value.input().equals(query.input())
                && plan.examples(source.input(0)) != null;
        return fits && all.isOf(3 * units, units) && projection.isOf(units, units)
                ? new Match(
                        List.of(source.input(0)),
                        List.of(new Match.Placed(
                                new MultiHeadAttention(heads),
                                Map.of(
                                        "/qkv.kernel", all.kernel(),
                                        "/qkv.bias", all.bias(),
                                        "/projection.kernel", projection.kernel(),
                                        "/projection.bias", projection.bias()))),
                        steps.all())
                : null;
    }

    /** Queries, keys or values of all heads: which columns of which value. */
    private record Head(String input, long from, long to, double scale) {}

    private @Nullable Head scaled(String value) {
        Step scaling = steps.from(value, "Div", "Mul");
        if (scaling == null) {
            return null;
        }
        float factor = plan.scalar(scaling.input(1));
        Head head = head(scaling.input(0), TOKENS_FIRST);
        return head == null || Float.isNaN(factor)
                ? null
                : new Head(head.input(), head.from(), head.to(), scaling.is("Div") ? 1.0 / factor : factor);
    }

    private @Nullable Head head(String value, List<Long> order) {
        Step turned = steps.transposed(value, order);
        Step parted = turned == null ? null : steps.from(turned.input(0), "Reshape");
        Step slice = parted == null ? null : steps.from(parted.input(0), "Slice");
        if (slice == null) {
            return null;
        }
        List<Long> starts = plan.wholes(slice.input(1));
        List<Long> ends = plan.wholes(slice.input(2));
        List<Long> axes = plan.wholes(slice.input(3));
        if (starts == null
                || ends == null
                || axes == null
                || axes.size() != 1
                || !slice.input(4).isEmpty()) {
            return null;
        }
        return Math.floorMod(axes.getFirst(), 3) == 2
                ? new Head(slice.input(0), starts.getFirst(), ends.getFirst(), 1)
                : null;
    }

    private static boolean isPart(Head head, long from, int units) {
        return head.from() == from && head.to() == from + units;
    }
}
