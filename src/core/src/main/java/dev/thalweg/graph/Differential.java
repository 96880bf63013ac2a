package dev.thalweg.graph;

import java.util.List;
import java.util.function.Predicate;

/**
 * What a gradient rule is given.
 *
 * @param builder to add the rule's operations to
 * @param node the operation that is differentiated
 * @param outputGradients the loss's gradient at each output; null where the loss does not depend on it
 * @param wanted whether an input's gradient is of use: rules leave the others uncomputed
 */
public record Differential(GraphBuilder builder, Node node, List<Value> outputGradients, Predicate<Value> wanted) {
    Value input(int index) {
        return node.input(index);
    }

    Value output() {
        return node.output();
    }

    /** The gradient at the first output. */
    Value gradient() {
        return outputGradients.getFirst();
    }

    /** The gradient at the first output as it stood before an activation, null for none. */
    Value gradientBefore(Eltwise activation) {
        if (activation == null) {
            return gradient();
        }
        if (!activation.backwardUsesOutput()) {
            throw new UnsupportedOperationException(
                    "the gradient of " + activation + " needs its input, which is not kept where it is fused into "
                            + node.op() + ": fuse for inference only");
        }
        return builder.apply(new EltwiseBackward(activation), output(), gradient());
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
