package dev.thalweg.metric;

/** A measure of one picture, meant over the pictures: batches of any size add up to the same. */
public interface MeanMetric extends Metric, Metric.OfPicture {
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
        Rows.check(name(), outputs, targets);
        mean().add(of(outputs, targets));
    }

    @Override
    default double value() {
        return mean().value();
    }
}
