package dev.thalweg.train;

import java.util.stream.Stream;

/** A number of an epoch by which to judge whether training still helps. */
public enum Monitor {
    /** The mean loss of the training pictures; less is better. */
    LOSS(false, false),
    /** The accuracy on the training pictures; more is better. */
    ACCURACY(false, true),
    /** The loss on the validation pictures; less is better. */
    VALIDATION_LOSS(true, false),
    /** The accuracy on the validation pictures; more is better. */
    VALIDATION_ACCURACY(true, true);

    private final boolean validation;
    private final boolean accuracy;

    Monitor(boolean validation, boolean accuracy) {
        this.validation = validation;
        this.accuracy = accuracy;
    }

    /**
     * {@return the number}
     *
     * @param result an epoch's
     * @throws IllegalStateException if it is of a validation and there was none
     */
    public double of(EpochResult result) {
        if (!validation) {
            return accuracy ? result.accuracy() : result.loss();
        }
        Evaluation evaluation = result.validation()
                .orElseThrow(() -> new IllegalStateException(this + " is watched, but nothing is"
                        + " validated: give Fit.validation(...) some pictures, or watch LOSS or ACCURACY"));
        return accuracy ? evaluation.accuracy() : evaluation.loss();
    }

    /** The epochs in which the number was measured: there may be earlier ones that were not validated. */
    Stream<EpochResult> measured(History history) {
        return history.epochs().stream()
                .filter(e -> !validation || e.validation().isPresent());
    }

    /**
     * {@return whether one number is better than another by more than a difference}
     *
     * @param value one
     * @param than the other
     * @param difference at least 0
     */
    public boolean better(double value, double than, double difference) {
        return accuracy ? value > than + difference : value < than - difference;
    }

    /** Worse than every number. */
    double worst() {
        return accuracy ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
}
