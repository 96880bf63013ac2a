package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;

/** A measure of one picture, meant over the pictures: batches of any size add up to the same. */
public interface MeanMetric extends Metric, Metric.OfPicture {
    /**
     * {@return what is measured where nothing was asked for: the accuracy of classes, the binary accuracy of labels,
     * the mean absolute error of numbers}
     *
     * @param targets what they are
     * @param threshold the output above which a label is given
     */
    static MeanMetric usual(TargetKind targets, double threshold) {
        return switch (targets) {
            case CLASSES -> new Accuracy();
            case MULTI_LABEL -> new BinaryAccuracy(threshold);
            case REGRESSION -> new MeanAbsoluteError();
        };
    }

    /**
     * {@return what was seen so far}
     */
    Mean mean();

    @Override
    default void reset() {
        mean().reset();
    }

    @Override
    default void update(float[] outputs, float[] targets) {
        Checks.check(name(), outputs, targets);
        mean().add(of(outputs, targets));
    }

    @Override
    default double value() {
        return mean().value();
    }
}
