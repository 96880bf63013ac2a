package dev.thalweg.loss;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.OutputKind;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.TargetKind;
import java.util.Objects;
import java.util.Optional;

/**
 * {@code −1/N Σ [y·log ŷ + (1−y)·log(1−ŷ)]}, the mean over all outputs. From logits x, and where the predictions come
 * from a sigmoid layer (then x is its input), it is computed as {@code log(1 + eˣ) − y·x}, which neither overflows nor
 * loses digits. Other probabilities are clipped to {@code [1e-7, 1 − 1e-7]}, as in Keras.
 *
 * @param fromLogits whether predictions are logits, not probabilities
 */
public record BinaryCrossentropy(boolean fromLogits) implements Loss {
    /** Cross-entropy of probabilities. */
    public BinaryCrossentropy() {
        this(false);
    }

    @Override
    public Value of(GraphBuilder builder, Value predictions, Value targets) {
        return builder.reduce(Reduction.Kind.MEAN, ofEach(builder, predictions, targets));
    }

    /** Of each output, not their mean. */
    Value ofEach(GraphBuilder builder, Value predictions, Value targets) {
        Errors.checkSameShape("binary cross-entropy", predictions, targets);
        Optional<Value> logits =
                fromLogits ? Optional.of(predictions) : builder.logits(predictions, OutputKind.SINGLE_PROBABILITIES);
        return logits.map(numbers -> ofLogits(builder, numbers, targets))
                .orElseGet(() -> ofProbabilities(builder, predictions, targets));
    }

    private static Value ofLogits(GraphBuilder builder, Value logits, Value targets) {
        return builder.binary(
                Binary.Kind.SUB, builder.eltwise(Eltwise.Kind.SOFT_RELU, logits), builder.multiply(logits, targets));
    }

    private static Value ofProbabilities(GraphBuilder builder, Value predictions, Value targets) {
        Value p = Probabilities.clip(builder, predictions);
        Value yes = builder.multiply(targets, builder.eltwise(Eltwise.Kind.LOG, p));
        Value no = builder.multiply(
                builder.linear(targets, -1, 1), builder.eltwise(Eltwise.Kind.LOG, builder.linear(p, -1, 1)));
        return builder.linear(builder.add(yes, no), -1, 0);
    }

    @Override
    public Optional<String> check(Outputs outputs) {
        boolean fits = switch (outputs) {
            case PROBABILITIES, SINGLE_PROBABILITIES -> !fromLogits;
            case LOGITS -> fromLogits;
            case LOG_PROBABILITIES -> false;
            case UNKNOWN -> true;
        };
        if (!fits) {
            throw new IllegalArgumentException("binary cross-entropy "
                    + (fromLogits ? "from logits expects logits" : "expects probabilities")
                    + ", the network yields " + outputs + ": "
                    + switch (outputs) {
                        case LOGITS -> "compile with fromLogits = true, or end the network in a sigmoid";
                        case LOG_PROBABILITIES ->
                            "end the network in a sigmoid, or compile with categorical cross-entropy from logits";
                        default ->
                            "compile with fromLogits = false, or end the network in a layer without an activation";
                    });
        }
        return outputs == Outputs.PROBABILITIES
                ? Optional.of(
                        "binary cross-entropy judges each class by itself, the network ends in a softmax, where they"
                                + " exclude each other: categorical cross-entropy is meant for that")
                : Optional.empty();
    }

    @Override
    public Optional<String> check(TargetKind targets) {
        Objects.requireNonNull(targets, "targets");
        return targets == TargetKind.REGRESSION
                ? Optional.of(
                        "binary cross-entropy takes targets for probabilities, from 0 to 1: for other numbers there"
                                + " are mean squared error, mean absolute error and the Huber loss")
                : Optional.empty();
    }
}
