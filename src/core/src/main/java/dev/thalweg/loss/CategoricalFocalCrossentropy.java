package dev.thalweg.loss;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.OutputKind;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.TargetKind;
import java.util.Optional;

/**
 * Cross-entropy in which a picture counts the less the surer it is told, {@code −1/N Σₙ Σⱼ yₙⱼ (1 − ŷₙⱼ)^γ log ŷₙⱼ}, of
 * one-hot or soft targets y (Lin et al., Focal Loss for Dense Object Detection, ICCV 2017, equation 4, for many
 * classes); γ = 0 is {@link CategoricalCrossentropy}. The paper's α of each class (equation 5) is
 * {@link dev.thalweg.train.Fit#classWeights}. Predictions are taken as there, {@code 1 − ŷ} is at least 1e-7.
 *
 * @param fromLogits whether predictions are logits, not probabilities
 * @param gamma γ, at least 0
 */
public record CategoricalFocalCrossentropy(boolean fromLogits, double gamma) implements Loss {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code gamma} is not at least 0 and finite
     */
    public CategoricalFocalCrossentropy {
        Focal.checkGamma("categorical focal cross-entropy", gamma);
    }

    /** Of probabilities, with the paper's γ, 2. */
    public CategoricalFocalCrossentropy() {
        this(false, 2);
    }

    private CategoricalCrossentropy unfocused() {
        return new CategoricalCrossentropy(fromLogits);
    }

    @Override
    public Value of(GraphBuilder builder, Value predictions, Value oneHot) {
        CategoricalCrossentropy.checkShapes(predictions, oneHot);
        Value probabilities = fromLogits ? builder.softmax(predictions, 1) : predictions;
        Optional<Value> logits =
                fromLogits ? Optional.of(predictions) : builder.logits(predictions, OutputKind.PROBABILITIES);
        Value logs = logits.map(numbers -> builder.logSoftmax(numbers, 1))
                .orElseGet(() -> builder.eltwise(Eltwise.Kind.LOG, Probabilities.clip(builder, predictions)));
        Value factor = Focal.factor(builder, builder.linear(probabilities, -1, 1), gamma);
        Value each = builder.multiply(builder.multiply(oneHot, logs), factor);
        Value perExample = builder.reduce(Reduction.Kind.SUM, each, 1);
        return builder.linear(builder.reduce(Reduction.Kind.MEAN, perExample), -1, 0);
    }

    @Override
    public boolean scalesWithTargets() {
        return true;
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
