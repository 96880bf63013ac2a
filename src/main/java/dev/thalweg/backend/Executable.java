package dev.thalweg.backend;

import dev.thalweg.graph.Value;
import java.lang.foreign.MemorySegment;

/**
 * A compiled graph. Its memory was placed when it was compiled; running allocates nothing. One thread at a time uses it:
 * calls of several threads wait for each other.
 */
public interface Executable extends AutoCloseable {
    /**
     * Copies an input in.
     *
     * @param input one of the graph's inputs
     * @param data its elements, row-major; pictures as {@code [N, C, H, W]}
     * @throws IllegalArgumentException if it is no input of the graph or the size is wrong
     * @throws IllegalStateException if this executable is closed
     */
    void write(Value input, MemorySegment data);

    /**
     * Computes the graph; its updates, if any, as the first step of a descent with learning rate 0.
     *
     * @throws IllegalStateException if this executable is closed
     */
    default void run() {
        run(0, 0);
    }

    /**
     * Computes the graph.
     *
     * @param learningRate of the graph's updates
     * @param step how many updates went before, from 0
     * @throws IllegalStateException if this executable is closed
     */
    void run(float learningRate, long step);

    /**
     * Copies an output out.
     *
     * @param output one of the graph's outputs
     * @param data receives its elements, row-major
     * @throws IllegalArgumentException if it is no output of the graph or the size is wrong
     * @throws IllegalStateException if this executable is closed
     */
    void read(Value output, MemorySegment data);

    /**
     * {@return the bytes that this executable holds off the heap, parameters not included}
     */
    long memoryBytes();

    /** Frees the memory. Closing again does nothing. */
    @Override
    void close();
}
