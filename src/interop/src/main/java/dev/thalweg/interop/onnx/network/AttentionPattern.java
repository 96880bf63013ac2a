package dev.thalweg.interop.onnx.network;

import dev.thalweg.model.Permute;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention of tokens to each other as PyTorch writes {@code nn.MultiheadAttention}: tokens come first, then examples;
 * one product makes queries, keys and values, which are cut apart, and heads lie beside examples.
 */
final class AttentionPattern {
    private static final List<Long> TOKENS_FIRST = List.of(1L, 0L, 2L);
    private static final List<Long> COLUMNS_FIRST = List.of(1L, 2L, 0L);
    /** Of tokens that an exporter brought to the front by the same node that put their units last. */
    private static final List<Long> COLUMNS_BEFORE = List.of(2L, 0L, 1L);

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
                || !AttentionLayer.isAlongLast(plan, softmax)) {
            return null;
        }
        int heads = scored.dim(0) / Fact.SMALL;
        StepCollector.Linear all = steps.linear(query.input());
        Step source = all == null ? null : steps.from(all.input(), "Transpose");
        boolean fits = scored.dim(0) == heads * Fact.SMALL
                && scored.dim(1) == tokens
                && scored.dim(2) == tokens
                && isPart(query, 0, units)
                && isPart(key, units, units)
                && isPart(value, 2L * units, units)
                && key.input().equals(query.input())
                && value.input().equals(query.input());
        if (all == null || source == null || !fits || plan.examples(source.input(0)) == null) {
            return null;
        }
        List<Long> order = source.wholes("perm", List.of());
        boolean turned = order.equals(COLUMNS_BEFORE);
        return turned || order.equals(TOKENS_FIRST)
                ? new AttentionLayer(heads, units, query.scale(), all, projection)
                        .of(source.input(0), turned ? List.of(new Permute(2, 1)) : List.of(), steps.all())
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
        Step taken = parted == null ? null : steps.from(parted.input(0), "Slice", "Split");
        if (parted == null || taken == null) {
            return null;
        }
        return taken.is("Split") ? split(taken, parted.input(0)) : sliced(taken);
    }

    private @Nullable Head sliced(Step slice) {
        List<Long> starts = settings(slice, "starts", 1);
        List<Long> ends = settings(slice, "ends", 2);
        List<Long> axes = settings(slice, "axes", 3);
        boolean isOne = starts.size() == 1
                && ends.size() == 1
                && axes.size() == 1
                && Math.floorMod(axes.getFirst(), 3) == 2
                && slice.input(4).isEmpty();
        return isOne ? new Head(slice.input(0), starts.getFirst(), ends.getFirst(), 1) : null;
    }

    /** One of parts that are as wide as each other. */
    private @Nullable Head split(Step split, String part) {
        Fact.Flow whole = plan.flow(split.input(0));
        Fact.Flow one = plan.flow(part);
        boolean thirds = whole != null
                && one != null
                && whole.rank() == 3
                && Math.floorMod(split.whole("axis", 0), 3) == 2
                && whole.dim(2) == 3 * one.dim(2)
                && split.node().outputs().stream()
                        .map(plan::flow)
                        .allMatch(each -> each != null && each.dim(2) == one.dim(2));
        if (!thirds || one == null) {
            return null;
        }
        long from = (long) split.node().outputs().indexOf(part) * one.dim(2);
        return new Head(split.input(0), from, from + one.dim(2), 1);
    }

    /** Whole numbers that earlier versions have as attributes; none if they are not known. */
    private List<Long> settings(Step step, String attribute, int operand) {
        List<Long> known = plan.wholes(step.input(operand));
        return step.has(attribute) || known == null ? step.wholes(attribute, List.of()) : known;
    }

    private static boolean isPart(Head head, long from, int units) {
        return head.from() == from && head.to() == from + units;
    }
}
