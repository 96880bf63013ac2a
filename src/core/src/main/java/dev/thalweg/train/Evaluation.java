package dev.thalweg.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How a model does on pictures.
 *
 * @param loss mean over the pictures
 * @param accuracy share whose greatest output was right, 0 to 1
 * @param metrics what else was asked for, by name
 */
public record Evaluation(double loss, double accuracy, Map<String, Double> metrics) {
    /** Copies the map. */
    public Evaluation {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }
}
