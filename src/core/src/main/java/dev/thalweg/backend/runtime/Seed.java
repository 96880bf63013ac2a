package dev.thalweg.backend.runtime;

/** What the random operations of a graph draw from; set before a run. */
public final class Seed {
    long value;

    /** Starts at 0. */
    public Seed() {}
}
