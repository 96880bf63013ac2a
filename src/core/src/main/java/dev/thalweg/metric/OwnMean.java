package dev.thalweg.metric;

import java.util.Objects;

/** A user's function of one picture as a metric. */
record OwnMean(String name, boolean greaterIsBetter, OfPicture function, Mean mean) implements MeanMetric {
    OwnMean {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(function, "function");
    }

    @Override
    public double of(float[] outputs, float[] targets) {
        return function.of(outputs, targets);
    }
}
