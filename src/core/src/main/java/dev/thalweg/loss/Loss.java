package dev.thalweg.loss;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.StableName;
import java.util.Objects;
import java.util.Optional;

/**
 * What gradient descent makes small: one number, a mean over the batch. Own losses implement this as records, or are
 * formulas, {@link #of(String, Formula)}; their gradient follows from the operations that they add.
 */
public interface Loss {
    /** A loss as a fragment of a graph. */
    @FunctionalInterface
    interface Formula {
        /**
         * Adds the loss to a graph.
         *
         * @param g the graph: its methods add operations, such as {@code g.reduce(MEAN, g.eltwise(SQUARE, x))}
         * @param predicted what the model says, {@code [N, ...]}
         * @param target what it should say, of the same shape
         * @return one number, the mean over the batch
         */
        Value of(GraphBuilder g, Value predicted, Value target);
    }

    /**
     * Adds the loss to a graph.
     *
     * @param builder the graph
     * @param predictions what the model says, {@code [N, ...]}
     * @param targets what it should say, of the same shape; class labels come as one-hot rows
     * @return one number, the mean over the batch
     * @throws ShapeException if the shapes do not fit
     */
    Value of(GraphBuilder builder, Value predictions, Value targets);

    /**
     * Looks whether a network yields what this loss expects.
     *
     * @param outputs what the network yields
     * @return a warning where it is unusual but may be meant; else empty
     * @throws IllegalArgumentException if it cannot be meant: logits taken for probabilities, or probabilities for
     *            logits
     */
    default Optional<String> check(Outputs outputs) {
        return Optional.empty();
    }

    /**
     * Looks whether this loss is one for such targets.
     *
     * @param targets what they are
     * @return a warning where it is unusual but may be meant; else empty
     * @throws IllegalArgumentException if it cannot be meant: labels that do not exclude each other taken for classes
     */
    default Optional<String> check(TargetKind targets) {
        return Optional.empty();
    }

    /**
     * {@return whether a picture's loss is multiplied by a number where its targets are: then class weights work with
     * it, as they multiply the targets. So it is with cross-entropies of classes, and with no loss unless it says so}
     */
    default boolean scalesWithTargets() {
        return false;
    }

    /**
     * {@return what files call it, for people to read, where it is not registered: its class, or that it has no name}
     */
    default String name() {
        return getClass().isHidden() ? StableName.NAMELESS : getClass().getName();
    }

    /**
     * {@return what models are judged by that were never compiled: categorical cross-entropy for classes, binary
     * cross-entropy for labels, the mean squared error for numbers}
     *
     * @param targets what they are
     * @param outputs what the network yields
     */
    static Loss usual(TargetKind targets, Outputs outputs) {
        Objects.requireNonNull(outputs, "outputs");
        boolean logits = outputs == Outputs.LOGITS;
        return switch (targets) {
            case CLASSES -> new CategoricalCrossentropy(logits);
            case MULTI_LABEL -> new BinaryCrossentropy(logits);
            case REGRESSION -> new MeanSquaredError();
        };
    }

    /**
     * {@return a loss of one's own for one training: {@code Loss.of((g, predicted, target) -> …)}} A saved model does
     * not know it: to go on with a training from a file, give it a name by {@link #of(String, Formula)}.
     *
     * @param formula adds it to a graph
     */
    static Loss of(Formula formula) {
        return new FormulaLoss(formula);
    }

    /**
     * {@return a loss of one's own, the same as another of that name}
     *
     * @param name by which saved models know it, like {@code owner.Name}; what it stands for they are told by
     *     {@link dev.thalweg.io.Registry}
     * @param formula adds it to a graph
     */
    static Loss of(String name, Formula formula) {
        return new NamedLoss(name, formula);
    }
}
