package dev.thalweg.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a model does on pictures.
 *
 * @param loss mean over the pictures
 * @param metrics by name: first what fits the targets, {@code accuracy} of classes, {@code binary_accuracy} of labels,
 *            {@code mean_absolute_error} of numbers; then what else was asked for
 */
public record Evaluation(double loss, Map<String, Double> metrics) {
    /** Copies the map. */
    public Evaluation {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /**
     * {@return the share of pictures whose greatest output was right, 0 to 1}
     *
     * @throws IllegalArgumentException if the targets are no classes
     */
    public double accuracy() {
        return metric("accuracy");
    }

    /**
     * {@return a metric}
     *
     * @param name one of {@link #metrics}
     * @throws IllegalArgumentException if it was not measured
     */
    public double metric(String name) {
        return of(metrics, name);
    }

    static double of(Map<String, Double> metrics, String name) {
        Double value = metrics.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" was not measured, expected one of " + metrics.keySet());
        }
        return value;
    }
}
