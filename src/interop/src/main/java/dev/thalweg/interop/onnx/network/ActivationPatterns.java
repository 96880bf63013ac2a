package dev.thalweg.interop.onnx.network;

import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Functions of each number. */
final class ActivationPatterns {
    private static final Map<String, Activation> PLAIN = Map.of(
            "Relu", Activation.RELU,
            "Sigmoid", Activation.SIGMOID,
            "Tanh", Activation.TANH,
            "HardSwish", Activation.HARD_SWISH);

    /** What floats hold of a constant as another library wrote it. */
    private static final float ROUNDING = 1e-6f;

    private ActivationPatterns() {}

    private static boolean is(double got, double expected) {
        return Math.abs(got - expected) <= ROUNDING * Math.abs(expected);
    }

    private static Match layer(Activation activation, String input, Step... steps) {
        return new Match(List.of(input), List.of(Match.Placed.of(new ActivationLayer(activation))), Set.of(steps));
    }

    /**
     * The function that a node is the last of.
     *
     * @return null if it is none; else of one layer, from a value that flows
     */
    static @Nullable Match any(Plan plan, Step last) {
        for (Pattern pattern : List.<Pattern>of(
                ActivationPatterns::gelu,
                ActivationPatterns::hardSwish,
                ActivationPatterns::swish,
                ActivationPatterns::plain)) {
            Match match = pattern.match(plan, last);
            if (match != null) {
                return match;
            }
        }
        return null;
    }

    /** One operator. */
    static @Nullable Match plain(Plan plan, Step last) {
        Activation activation =
                last.node().domain().isEmpty() ? PLAIN.get(last.node().opType()) : null;
        if (last.is("LeakyRelu") && is(last.real("alpha", 0.01f), 0.3)) {
            activation = Activation.LEAKY_RELU;
        } else if (last.is("Elu") && last.real("alpha", 1) == 1) {
            activation = Activation.ELU;
        } else if (last.is("Gelu") && last.text("approximate", "none").equals("none")) {
            activation = Activation.GELU;
        } else if (last.is("Clip") && isClip(plan, last, 0, 6)) {
            activation = Activation.RELU6;
        } else if (last.is("Softmax", "LogSoftmax") && isAlongChannels(plan, last)) {
            activation = last.is("Softmax") ? Activation.SOFTMAX : Activation.LOG_SOFTMAX;
        }
        return activation == null || plan.flow(last.input(0)) == null ? null : layer(activation, last.input(0), last);
    }

    /** Before operator set 13, all axes from the one given on make a row. */
    private static boolean isAlongChannels(Plan plan, Step last) {
        Fact.Flow flow = plan.examples(last.output());
        long axis = last.whole("axis", plan.opset() < 13 ? 1 : -1);
        return flow != null
                && flow.rank() >= 2
                && Math.floorMod(axis, flow.rank()) == 1
                && (plan.opset() >= 13 || flow.rank() == 2);
    }

    private static boolean isClip(Plan plan, Step step, float low, float high) {
        boolean byInput = !step.input(1).isEmpty() && !step.input(2).isEmpty();
        return byInput
                ? plan.scalar(step.input(1)) == low && plan.scalar(step.input(2)) == high
                : step.real("min", Float.NaN) == low && step.real("max", Float.NaN) == high;
    }

    /** {@code x · sigmoid(x)}. */
    static @Nullable Match swish(Plan plan, Step last) {
        for (int operand = 0; operand < 2 && last.is("Mul"); operand++) {
            String input = last.input(operand);
            Step gate = plan.from(last.input(1 - operand), "Sigmoid", "HardSigmoid");
            if (gate == null || !gate.input(0).equals(input) || plan.flow(input) == null) {
                continue;
            }
            if (gate.is("Sigmoid")) {
                return layer(Activation.SWISH, input, gate, last);
            }
            if (is(gate.real("alpha", 0.2f), 1 / 6.0) && is(gate.real("beta", 0.5f), 0.5)) {
                return layer(Activation.HARD_SWISH, input, gate, last);
            }
        }
        return null;
    }

    /** {@code x · clip(x + 3, 0, 6) / 6}, in two orders. */
    static @Nullable Match hardSwish(Plan plan, Step last) {
        if (last.is("Div") && plan.scalar(last.input(1)) == 6) {
            Step product = plan.from(last.input(0), "Mul");
            for (int operand = 0; operand < 2 && product != null; operand++) {
                Match match = clipped(plan, product.input(operand), product.input(1 - operand), product, last);
                if (match != null) {
                    return match;
                }
            }
        }
        for (int operand = 0; operand < 2 && last.is("Mul"); operand++) {
            Step sixth = plan.from(last.input(1 - operand), "Div");
            if (sixth != null && plan.scalar(sixth.input(1)) == 6) {
                Match match = clipped(plan, last.input(operand), sixth.input(0), sixth, last);
                if (match != null) {
                    return match;
                }
            }
        }
        return null;
    }

    private static @Nullable Match clipped(Plan plan, String input, String clipped, Step inner, Step last) {
        Step clip = plan.from(clipped, "Clip");
        Step sum = clip == null || !isClip(plan, clip, 0, 6) ? null : plan.from(clip.input(0), "Add");
        if (clip == null || sum == null) {
            return null;
        }
        boolean fits = sum.input(0).equals(input) && plan.scalar(sum.input(1)) == 3
                || sum.input(1).equals(input) && plan.scalar(sum.input(0)) == 3;
        return fits && plan.flow(input) != null ? layer(Activation.HARD_SWISH, input, clip, sum, inner, last) : null;
    }

    /** {@code x/2 · (1 + erf(x/√2))}, whose factors come in any order. */
    static @Nullable Match gelu(Plan plan, Step last) {
        Product product = Product.of(plan, last);
        if (product == null || !is(product.factor(), 0.5) || product.flows().size() != 2) {
            return null;
        }
        for (int operand = 0; operand < 2; operand++) {
            String input = product.flows().get(operand);
            Step sum = plan.from(product.flows().get(1 - operand), "Add");
            if (sum == null || plan.flow(input) == null) {
                continue;
            }
            boolean first = plan.scalar(sum.input(0)) == 1;
            Step erf = plan.from(sum.input(first ? 1 : 0), "Erf");
            Step scaled = erf == null ? null : plan.from(erf.input(0), "Div", "Mul");
            if (scaled == null || !first && plan.scalar(sum.input(1)) != 1) {
                continue;
            }
            double factor = scaled.is("Div") ? 1 / plan.scalar(scaled.input(1)) : plan.scalar(scaled.input(1));
            if (scaled.input(0).equals(input) && is(factor, Math.sqrt(0.5))) {
                Set<Step> steps = new java.util.HashSet<>(product.steps());
                steps.addAll(List.of(sum, erf, scaled));
                return new Match(
                        List.of(input),
                        List.of(Match.Placed.of(new ActivationLayer(Activation.GELU))),
                        Set.copyOf(steps));
            }
        }
        return null;
    }

    /** A product of flows and one number. */
    private record Product(double factor, List<String> flows, Set<Step> steps) {
        static @Nullable Product of(Plan plan, Step last) {
            if (!last.is("Mul")) {
                return null;
            }
            for (int operand = 0; operand < 2; operand++) {
                float factor = plan.scalar(last.input(operand));
                Step inner = plan.from(last.input(1 - operand), "Mul");
                if (!Float.isNaN(factor) && inner != null) {
                    return new Product(factor, List.of(inner.input(0), inner.input(1)), Set.of(inner, last));
                }
                // The number may stand in the inner product.
                Step other = plan.from(last.input(operand), "Mul");
                for (int i = 0; i < 2 && other != null; i++) {
                    float inside = plan.scalar(other.input(i));
                    if (!Float.isNaN(inside)) {
                        return new Product(
                                inside, List.of(other.input(1 - i), last.input(1 - operand)), Set.of(other, last));
                    }
                }
            }
            return null;
        }
    }
}
