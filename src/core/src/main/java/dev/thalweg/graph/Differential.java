package dev.thalweg.graph;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a gradient rule is given.
 *
 * @param builder to add the rule's operations to
 * @param node the operation that is differentiated
 * @param outputGradients the loss's gradient at each output; null where the loss does not depend on it
 * @param wanted whether an input's gradient is of use: rules leave the others uncomputed
 */
public record Differential(
        GraphBuilder builder, Node node, List<@Nullable Value> outputGradients, Predicate<Value> wanted) {
    /** Refuses null. */
    public Differential {
        Objects.requireNonNull(builder, "builder");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(outputGradients, "outputGradients");
        Objects.requireNonNull(wanted, "wanted");
    }

    Value input(int index) {
        return node.input(index);
    }

    Value output() {
        return node.output();
    }

    /** The gradient at the first output. */
    Value gradient() {
        Value gradient = outputGradients.getFirst();
        if (gradient == null) {
            throw new UnsupportedOperationException("operation " + node.op()
                    + " has a gradient at its first output alone, on which the loss does not depend");
        }
        return gradient;
    }

    /** The gradient at the first output as it stood before an activation, if there is one. */
    Value gradientBefore(Optional<Eltwise> activation) {
        if (activation.isEmpty()) {
            return gradient();
        }
        Eltwise function = activation.get();
        if (!function.backwardUsesOutput()) {
            throw new UnsupportedOperationException(
                    "the gradient of " + function + " needs its input, which is not kept where it is fused into "
                            + node.op() + ": fuse for inference only");
        }
        return builder.apply(new EltwiseBackward(function), output(), gradient());
    }

    boolean wants(int input) {
        return input < node.inputs().size() && wanted.test(node.input(input));
    }

    /** What an operation throws that has no gradient. */
    UnsupportedOperationException noGradient() {
        return new UnsupportedOperationException(
                "operation " + node.op() + " has no gradient: it cannot stand between the loss and a parameter");
    }
}
