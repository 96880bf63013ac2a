package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;
import java.io.Serializable;

/**
 * A measure of a model that is shown one picture after the other. Own ones implement this, or are {@link #mean} values
 * of a function of one picture; nothing needs to know them. They travel to the executors of a cluster by Java's
 * serialization; what they have seen need not.
 */
public interface Metric extends Serializable {
    /** A number of one picture. */
    @FunctionalInterface
    interface OfPicture extends Serializable {
        /**
         * {@return the number}
         *
         * @param outputs what the model says; must not be kept
         * @param targets what it should say, of the same length; must not be kept
         */
        double of(float[] outputs, float[] targets);
    }

    /**
     * {@return what it is called in results, in lower case with underscores}
     */
    String name();

    /**
     * {@return whether a greater value is better, so that a training can be judged by it}
     */
    boolean greaterIsBetter();

    /**
     * Looks whether this measures such targets, before the first picture of a test.
     *
     * @param targets what they are
     * @param outputs how many there are for each picture
     * @throws IllegalArgumentException if it does not
     */
    default void check(TargetKind targets, int outputs) {}

    /** Forgets everything. */
    void reset();

    /**
     * Takes in one picture.
     *
     * @param outputs what the model says; must not be kept
     * @param targets what it should say, of the same length: 1 at the right class, or at each label that applies, and 0
     *            elsewhere; or numbers; must not be kept
     * @throws IllegalArgumentException if they are not of the same length, or not what this measures
     */
    void update(float[] outputs, float[] targets);

    /**
     * {@return the measure over all pictures since the last reset; not a number where it is undefined}
     */
    double value();

    /**
     * {@return the mean of a function over the pictures}
     *
     * @param name in results, in lower case with underscores
     * @param greaterIsBetter whether a greater value is better
     * @param function of one picture
     */
    static Metric mean(String name, boolean greaterIsBetter, OfPicture function) {
        return new OwnMean(name, greaterIsBetter, function, new Mean());
    }
}
