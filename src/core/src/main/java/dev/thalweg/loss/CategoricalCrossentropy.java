package dev.thalweg.loss;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.OutputKind;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.TargetKind;
import java.util.Optional;

/**
 * Cross-entropy {@code −1/N Σₙ Σⱼ yₙⱼ log ŷₙⱼ} of one-hot or soft targets y (Goodfellow et al., Deep Learning, 6.2.2).
 * From logits the softmax is part of the loss, fused and safe from overflow. So it is where the predictions are the
 * output of a softmax layer: the loss is then taken from that layer's input. Other probabilities are clipped to
 * {@code [1e-7, 1 − 1e-7]}, as in Keras.
 *
 * @param fromLogits whether predictions are logits, not probabilities
 * @param labelSmoothing α of {@code y ← (1 − α)y + α / classes}, from 0 to below 1 (Szegedy et al., CVPR 2016, section
 *         7)
 */
public record CategoricalCrossentropy(boolean fromLogits, double labelSmoothing) implements Loss {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code labelSmoothing} is not from 0 to below 1
     */
    public CategoricalCrossentropy {
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException("label smoothing must be at least 0 and below 1, got " + labelSmoothing);
        }
    }

    /**
     * Without label smoothing.
     *
     * @param fromLogits whether predictions are logits, not probabilities
     */
    public CategoricalCrossentropy(boolean fromLogits) {
        this(fromLogits, 0);
    }

    /** Cross-entropy of probabilities. */
    public CategoricalCrossentropy() {
        this(false);
    }

    /**
     * {@return this loss with smoothed targets}
     *
     * @param alpha how much of each target is spread over all classes, from 0 to below 1
     */
    @CheckReturnValue
    public CategoricalCrossentropy labelSmoothing(double alpha) {
        return new CategoricalCrossentropy(fromLogits, alpha);
    }

    @Override
    public Value of(GraphBuilder builder, Value predictions, Value oneHot) {
        checkShapes(predictions, oneHot);
        Value targets = smoothed(builder, oneHot);
        Optional<Value> logits =
                fromLogits ? Optional.of(predictions) : builder.logits(predictions, OutputKind.PROBABILITIES);
        if (logits.isPresent()) {
            return builder.softmaxCrossEntropy(logits.get(), targets);
        }
        Value logs = builder.eltwise(Eltwise.Kind.LOG, Probabilities.clip(builder, predictions));
        Value perExample = builder.reduce(Reduction.Kind.SUM, builder.multiply(targets, logs), 1);
        return builder.linear(builder.reduce(Reduction.Kind.MEAN, perExample), -1, 0);
    }

    /** A row of at least two classes for each picture. */
    static void checkShapes(Value predictions, Value oneHot) {
        if (predictions.shape().rank() != 2 || !predictions.shape().equals(oneHot.shape())) {
            throw new ShapeException(
                    "categorical cross-entropy expects predictions and one-hot targets of one shape [N, classes], got "
                            + predictions + " and " + oneHot
                            + ": end the model with a Dense layer of as many units as there are classes");
        }
        if (predictions.shape().dim(1) < 2) {
            throw new ShapeException("categorical cross-entropy tells at least two classes apart, got " + predictions
                    + ": end the model with a Dense layer of 2 units, or take binary cross-entropy for one label");
        }
    }

    @Override
    public boolean scalesWithTargets() {
        return true;
    }

    /** Where targets are weighted, what is moved from a class to all others is weighted as well. */
    private Value smoothed(GraphBuilder builder, Value oneHot) {
        if (labelSmoothing == 0) {
            return oneHot;
        }
        Value kept = builder.linear(oneHot, (float) (1 - labelSmoothing), 0);
        Value moved = builder.linear(
                builder.reduce(Reduction.Kind.SUM, oneHot, 1),
                (float) (labelSmoothing / oneHot.shape().dim(1)),
                0);
        return builder.add(kept, moved);
    }

    @Override
    public Optional<String> check(Outputs outputs) {
        boolean fits = switch (outputs) {
            case PROBABILITIES -> !fromLogits;
            // A softmax of logarithms of probabilities gives back the probabilities.
            case LOGITS, LOG_PROBABILITIES -> fromLogits;
            case SINGLE_PROBABILITIES -> false;
            case UNKNOWN -> true;
        };
        if (!fits) {
            throw new IllegalArgumentException("categorical cross-entropy "
                    + (fromLogits ? "from logits expects logits" : "expects the probabilities of a softmax")
                    + ", the network yields " + outputs + ": "
                    + switch (outputs) {
                        case PROBABILITIES ->
                            "compile with fromLogits = false, or end the network in a layer without an activation";
                        case SINGLE_PROBABILITIES ->
                            "end the network in a softmax, or compile with binary cross-entropy";
                        default -> "compile with fromLogits = true, or end the network in a softmax";
                    });
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> check(TargetKind targets) {
        return switch (targets) {
            case CLASSES -> Optional.empty();
            case MULTI_LABEL ->
                throw new IllegalArgumentException("categorical cross-entropy is for classes that exclude each other,"
                        + " the targets are " + targets
                        + ": end the network in a sigmoid and compile with binary cross-entropy");
            case REGRESSION ->
                Optional.of("categorical cross-entropy takes targets for probabilities of classes, which sum to 1: for"
                        + " other numbers there are mean squared error, mean absolute error and the Huber loss");
        };
    }
}
