package dev.thalweg.metric;

/** A measure of a classifier that is shown one picture after the other. */
public interface Metric {
    /**
     * {@return what it is called in results, in lower case with underscores}
     */
    String name();

    /** Forgets everything. */
    void reset();

    /**
     * Takes in one picture.
     *
     * @param outputs what the model says, a number for each class; must not be kept
     * @param label the right class, from 0
     */
    void update(float[] outputs, int label);

    /**
     * {@return the measure over all pictures since the last reset; not a number where it is undefined}
     */
    double value();
}
