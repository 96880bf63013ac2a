package dev.thalweg.train;

import dev.thalweg.metric.Metric;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A number of an epoch by which to judge whether training still helps.
 *
 * @param metric its name in results; {@code loss} for the loss
 * @param validation whether it is that of the validation pictures; else of the training pictures
 * @param greaterIsBetter whether a greater number is better
 */
public record Monitor(String metric, boolean validation, boolean greaterIsBetter) {
    /** Refuses null. */
    public Monitor {
        Objects.requireNonNull(metric, "metric");
    }

    private static final String THE_LOSS = "loss";
    private static final String THE_ACCURACY = "accuracy";

    /** The mean loss of the training pictures; less is better. */
    public static final Monitor LOSS = new Monitor(THE_LOSS, false, false);
    /** The accuracy on the training pictures; more is better. */
    public static final Monitor ACCURACY = new Monitor(THE_ACCURACY, false, true);
    /** The loss on the validation pictures; less is better. */
    public static final Monitor VALIDATION_LOSS = new Monitor(THE_LOSS, true, false);
    /** The accuracy on the validation pictures; more is better. */
    public static final Monitor VALIDATION_ACCURACY = new Monitor(THE_ACCURACY, true, true);

    /**
     * {@return a metric of the validation pictures, which knows whether more is better}
     *
     * @param metric given to {@link Fit#metrics} too, where it is not the one that is measured anyway
     */
    public static Monitor validation(Metric metric) {
        return new Monitor(metric.name(), true, metric.greaterIsBetter());
    }

    /**
     * {@return the number}
     *
     * @param result an epoch's
     * @throws IllegalStateException if it was not measured: nothing was validated, or the metric was not asked for
     */
    public double of(EpochResult result) {
        return measured(result)
                .orElseThrow(() -> new IllegalStateException(this + " is watched, but "
                        + (validation && result.validation().isEmpty()
                                ? "nothing is validated: give Fit.validation(...) some pictures, or watch the"
                                        + " training's LOSS"
                                : "not measured: give it to Fit.metrics(...), or watch one of "
                                        + (validation
                                                        ? result.validation()
                                                                .orElseThrow()
                                                                .metrics()
                                                        : result.metrics())
                                                .keySet())));
    }

    private Optional<Double> measured(EpochResult result) {
        if (!validation) {
            return Optional.ofNullable(
                    metric.equals(THE_LOSS)
                            ? (Double) result.loss()
                            : result.metrics().get(metric));
        }
        return result.validation()
                .map(v -> metric.equals(THE_LOSS)
                        ? (Double) v.loss()
                        : v.metrics().get(metric));
    }

    /** Whether the number of an epoch is known. */
    boolean isMeasured(EpochResult result) {
        return measured(result).isPresent();
    }

    /** The epochs in which the number was measured: there may be earlier ones in which it was not. */
    Stream<EpochResult> measured(History history) {
        return history.epochs().stream().filter(this::isMeasured);
    }

    /**
     * {@return whether one number is better than another by more than a difference}
     *
     * @param value one
     * @param than the other
     * @param difference at least 0
     */
    public boolean better(double value, double than, double difference) {
        return greaterIsBetter ? value > than + difference : value < than - difference;
    }

    /** Worse than every number. */
    double worst() {
        return greaterIsBetter ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    /** For messages and axes, {@code validation accuracy}. */
    @Override
    public String toString() {
        return (validation ? "validation " : "") + metric.replace('_', ' ');
    }
}
