package dev.thalweg.metric;

/** How figures of several labels become one. */
public enum Average {
    /** From the counts of all labels together: frequent labels weigh more. */
    MICRO,
    /** The mean of the labels' figures: each label weighs the same. */
    MACRO
}
