package dev.thalweg.loss;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.TargetKind;
import java.util.Optional;

/**
 * {@link BinaryCrossentropy} in which a label counts the less the surer it is told, {@code −1/N Σ (1 − p)^γ log p},
 * with p = ŷ where the label is 1 and 1 − ŷ where it is 0 (Lin et al., Focal Loss for Dense Object Detection, ICCV
 * 2017, equation 4); of soft targets y, {@code (1 − yŷ − (1 − y)(1 − ŷ))^γ} times the cross-entropy, as in Keras. The
 * mean over all outputs. Predictions are taken as there, {@code 1 − p} is at least 1e-7.
 *
 * @param fromLogits whether predictions are logits, not probabilities
 * @param gamma γ, at least 0
 */
public record BinaryFocalCrossentropy(boolean fromLogits, double gamma) implements Loss {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code gamma} is not at least 0 and finite
     */
    public BinaryFocalCrossentropy {
        Focal.checkGamma("binary focal cross-entropy", gamma);
    }

    /** Of probabilities, with the paper's γ, 2. */
    public BinaryFocalCrossentropy() {
        this(false, 2);
    }

    private BinaryCrossentropy unfocused() {
        return new BinaryCrossentropy(fromLogits);
    }

    @Override
    public Value of(GraphBuilder builder, Value predictions, Value targets) {
        Value each = unfocused().ofEach(builder, predictions, targets);
        Value p = fromLogits ? builder.eltwise(Eltwise.Kind.LOGISTIC, predictions) : predictions;
        // 1 − yp − (1 − y)(1 − p) = p + y(1 − 2p)
        Value missed = builder.add(p, builder.multiply(targets, builder.linear(p, -2, 1)));
        return builder.reduce(Reduction.Kind.MEAN, builder.multiply(each, Focal.factor(builder, missed, gamma)));
    }

    @Override
    public Optional<String> check(Outputs outputs) {
        return unfocused().check(outputs);
    }

    @Override
    public Optional<String> check(TargetKind targets) {
        return unfocused().check(targets);
    }
}
