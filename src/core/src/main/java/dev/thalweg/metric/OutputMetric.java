package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;
import java.util.Objects;

/**
 * A metric of one of several outputs of a network. In results its name begins with the output's, as in Keras:
 * {@code class_accuracy}.
 *
 * @param output the output's name
 * @param metric what is measured of it
 */
public record OutputMetric(String output, Metric metric) implements Metric {
    /** Checks that both are given. */
    public OutputMetric {
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(metric, "metric");
    }

    @Override
    public String name() {
        return output + "_" + metric.name();
    }

    @Override
    public boolean greaterIsBetter() {
        return metric.greaterIsBetter();
    }

    @Override
    public void check(TargetKind targets, int outputs) {
        metric.check(targets, outputs);
    }

    @Override
    public void reset() {
        metric.reset();
    }

    @Override
    public void update(float[] outputs, float[] targets) {
        metric.update(outputs, targets);
    }

    @Override
    public double value() {
        return metric.value();
    }
}
