package dev.thalweg.model;

import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Value;
import java.util.List;

/**
 * Brings every channel to mean 0 and variance 1, then to a learnt scale and shift (Ioffe and Szegedy, ICML 2015):
 * {@code [N, C, ...]} to {@code [N, C, ...]}. Training uses the statistics of the batch and keeps moving averages of
 * them; evaluation and prediction use those. Parameters, each {@code [C]}: {@code scale}, 1 at first, and
 * {@code shift}, 0 at first; kept: {@code moving_mean} and {@code moving_variance} (of the batch's biased variances).
 * Where the scale is frozen, training uses the kept statistics too and leaves them alone, as in Keras. A ReLU after it
 * is computed together with it.
 *
 * @param momentum how much of the moving averages a step keeps, from 0 to below 1
 * @param epsilon added to variances, greater than 0
 */
public record BatchNormalization(double momentum, double epsilon) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code momentum} is not from 0 to below 1, or {@code epsilon} not greater
     *         than 0
     */
    public BatchNormalization {
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException(
                    "BatchNormalization: momentum must be at least 0 and below 1, got " + momentum);
        }
        Sizes.epsilon("BatchNormalization", epsilon);
    }

    /** With momentum 0.9 and epsilon 1e-5, as in PyTorch and torchvision's networks. */
    public BatchNormalization() {
        this(0.9, 1e-5);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        int channels = Sizes.channels("BatchNormalization", input);
        Value scale = context.parameter("scale", Initializer.ONES, channels);
        Value shift = context.parameter("shift", Initializer.ZEROS, channels);
        Value mean = context.statistic("moving_mean", Initializer.ZEROS, channels);
        Value variance = context.statistic("moving_variance", Initializer.ONES, channels);
        if (!context.trains("scale")) {
            return context.builder()
                    .apply(
                            new BatchNormalizationInference((float) epsilon, false),
                            input,
                            scale,
                            shift,
                            mean,
                            variance);
        }
        List<Value> results = context.builder().batchNormalization(input, scale, shift, (float) epsilon);
        context.builder().track(momentum, mean, results.get(1));
        context.builder().track(momentum, variance, results.get(2));
        return results.getFirst();
    }
}
