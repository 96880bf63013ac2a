package dev.thalweg.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What an epoch came to.
 *
 * @param epoch from 1
 * @param loss mean over the training pictures, each before its step
 * @param metrics means over the training pictures, each before its step, by name: what fits the targets,
 *            {@code accuracy} of classes, {@code binary_accuracy} of labels, {@code mean_absolute_error} of numbers
 * @param validation the test after the epoch, if one was asked for
 * @param seconds wall time, validation not included
 * @param learningRate of the last step
 * @param skippedSteps how many steps were left out because a gradient was not finite
 * @param memory at the end of the epoch
 */
public record EpochResult(
        int epoch,
        double loss,
        Map<String, Double> metrics,
        Optional<Evaluation> validation,
        double seconds,
        float learningRate,
        int skippedSteps,
        MemoryUse memory) {
    /** Copies the map. */
    public EpochResult {
        Objects.requireNonNull(memory, "memory");
        Objects.requireNonNull(validation, "validation");
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /**
     * {@return the share of the training pictures whose greatest output was right, each before its step}
     *
     * @throws IllegalArgumentException if the targets are no classes
     */
    public double accuracy() {
        return metric("accuracy");
    }

    /**
     * {@return a metric of the training pictures}
     *
     * @param name one of {@link #metrics}
     * @throws IllegalArgumentException if it was not measured
     */
    public double metric(String name) {
        return Evaluation.of(metrics, name);
    }
}
