package dev.thalweg.bench;

/** A library with a network compiled for batches of one size, and a batch of pictures in its own form. */
public interface Contender extends AutoCloseable {
    /** Computes the probabilities of the batch. Returns when it is done. */
    void infer();

    @Override
    void close();
}
