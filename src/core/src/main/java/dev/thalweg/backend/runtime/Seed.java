package dev.thalweg.backend.runtime;

/** What the random operations of a graph draw from; set before a run. */
public final class Seed {
    private long value;
    private long first;
    private long examples = 1;

    /** Starts at 0, with all of a whole. */
    public Seed() {}

    /** Draws from a seed, for so many examples from one on. */
    void set(long seed, long firstExample, long count) {
        value = seed;
        first = firstExample;
        examples = count;
    }

    long value() {
        return value;
    }

    /** How many elements of the whole come before those of a tensor that has equally many for each example. */
    long elementsBefore(long elements) {
        return elements / examples * first;
    }
}
