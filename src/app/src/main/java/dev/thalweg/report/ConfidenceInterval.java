package dev.thalweg.report;

import dev.thalweg.data.Targets;
import dev.thalweg.inference.Predictions;
import dev.thalweg.metric.MeanMetric;
import dev.thalweg.tensor.TargetKind;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Variance;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;
import org.apache.commons.statistics.interval.NormalConfidenceInterval;

/**
 * How sure a measured number is: of a hundred samples of pictures, 95 give an interval that the true number is in. It
 * knows of the choice of the pictures alone, not of other trainings, nor of pictures of another kind.
 *
 * @param lower from here on
 * @param upper up to here
 */
public record ConfidenceInterval(double lower, double upper) {
    private static final double ERROR_RATE = 0.05;

    private static ConfidenceInterval of(Interval interval) {
        return new ConfidenceInterval(interval.getLowerBound(), interval.getUpperBound());
    }

    /**
     * {@return that of a share, by Wilson's score (Journal of the American Statistical Association 22, 1927)}
     *
     * @param right how many pictures were right, from 0 to {@code of}
     * @param of how many there were, at least 1
     * @throws IllegalArgumentException if they are out of range
     */
    public static ConfidenceInterval ofShare(int right, int of) {
        return of(BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(of, right, ERROR_RATE));
    }

    /**
     * {@return that of a mean, by Student's t, which of many values is the normal one; empty of fewer than two, and
     * where one is not finite}
     *
     * @param values that are averaged
     */
    public static Optional<ConfidenceInterval> ofMean(double... values) {
        double variance = Variance.of(values).getAsDouble();
        return values.length < 2 || !Double.isFinite(variance)
                ? Optional.empty()
                : Optional.of(of(NormalConfidenceInterval.MEAN.fromErrorRate(
                        Mean.of(values).getAsDouble(), variance, values.length, ERROR_RATE)));
    }

    /**
     * {@return that of the measure that is usual of such targets: the accuracy of classes by {@link #ofShare}, the
     * binary accuracy of labels and the mean absolute error of numbers by {@link #ofMean} of the pictures}
     *
     * @param targets of the pictures
     * @param predictions of the same, in the same order
     */
    public static Optional<ConfidenceInterval> of(Targets targets, Predictions predictions) {
        MeanMetric measure = MeanMetric.usual(targets.kind(), TestResults.THRESHOLD);
        Predictions said = predictions.probabilities();
        double[] values = IntStream.range(0, targets.size())
                .mapToDouble(i -> measure.of(said.outputs().get(i).clone(), targets.row(i)))
                .toArray();
        return targets.kind() == TargetKind.CLASSES
                ? Optional.of(ofShare((int) DoubleStream.of(values).sum(), values.length))
                : ofMean(values);
    }

    /** For people. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "95 %% interval %.4f to %.4f", lower, upper);
    }
}
