package dev.thalweg.metric;

import java.io.Serializable;

/** The mean of numbers seen one after the other. */
public final class Mean implements Serializable {
    private static final long serialVersionUID = 1;

    private double sum;
    private long seen;

    /** Has seen nothing yet. */
    public Mean() {}

    /** Forgets everything. */
    void reset() {
        sum = 0;
        seen = 0;
    }

    void add(double number) {
        sum += number;
        seen++;
    }

    /** Not a number where nothing was seen. */
    double value() {
        return sum / seen;
    }
}
