package dev.thalweg.backend;

import dev.thalweg.graph.Value;
import dev.thalweg.tensor.CheckReturnValue;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A compiled graph. Its memory was placed when it was compiled; running allocates nothing. One thread at a time uses
 * it: a call while another thread is in one throws {@link IllegalStateException}, and so does running on inputs that
 * another thread wrote, or reading what another thread computed. So no thread ever gets answers to another's questions;
 * {@link #fork} makes an executable for another thread. Graphs with updates change the parameters: while they run,
 * nobody else may use these.
 */
public interface Executable extends AutoCloseable {
    /**
     * Copies an input in.
     *
     * @param input one of the graph's inputs
     * @param data its elements, row-major; pictures as {@code [N, C, H, W]}
     * @throws IllegalArgumentException if it is no input of the graph or the size is wrong
     * @throws IllegalStateException if this executable is closed or in use
     */
    void write(Value input, MemorySegment data);

    /**
     * Computes the graph; its updates, if any, as the first step of a descent with learning rate 0.
     *
     * @throws IllegalStateException as {@link #run(float, long)}
     */
    default void run() {
        run(0, 0);
    }

    /**
     * Computes the graph, then its updates.
     *
     * @param learningRate of the graph's updates
     * @param step how many updates went before, from 0
     * @return whether the updates were made: false if a gradient held something else than a finite number; no parameter
     *         and no slot has changed then
     * @throws IllegalStateException if this executable is closed or in use, an input or the seed is another thread's,
     *         or somebody changes the parameters
     * @throws dev.thalweg.tensor.DeviceException if a GPU fails; some of the updates may be made then, and others not
     */
    boolean run(float learningRate, long step);

    /**
     * Computes the graph and adds its gradients, times a weight, to those that wait with the parameters for
     * {@link #update}; executables of the same parameters share them.
     *
     * @param weight of these gradients
     * @throws IllegalStateException as {@link #run(float, long)}, or if its updates do not accumulate
     */
    void accumulate(float weight);

    /**
     * Makes the graph's updates by the gradients that wait, and forgets these.
     *
     * @param learningRate of the updates
     * @param step how many updates went before, from 0
     * @return as {@link #run(float, long)}
     * @throws IllegalStateException as {@link #run(float, long)}, or if its updates do not accumulate
     */
    boolean update(float learningRate, long step);

    /**
     * Says what random operations draw from in the next run. The same seed gives the same numbers on every backend.
     *
     * @param seed anything; 0 at first
     */
    default void seed(long seed) {
        seed(seed, 0, 1);
    }

    /**
     * Says what random operations draw from in the next run, where that computes a part of a greater whole: elements
     * are drawn by their place in the whole, so that all parts together draw what one run of the whole would.
     *
     * @param seed anything
     * @param first at which example of the whole the run's begin, from 0
     * @param examples how many the run has, at least 1
     */
    void seed(long seed, long first, long examples);

    /**
     * Has the next updates measure parameters and movements.
     *
     * @param on whether
     */
    void watch(boolean on);

    /**
     * {@return what the last update came to, for each parameter; norms of parameters and movements are 0 unless it was
     * watched}
     */
    List<Movement> movements();

    /**
     * Copies an output out.
     *
     * @param output one of the graph's outputs
     * @param data receives its elements, row-major
     * @throws IllegalArgumentException if it is no output of the graph or the size is wrong
     * @throws IllegalStateException if this executable is closed or in use, or another thread ran it last
     */
    void read(Value output, MemorySegment data);

    /**
     * {@return what memory it takes off the heap}
     */
    MemoryReport memory();

    /**
     * Makes another executable of the same graph. It shares parameters, kernels, and what is derived from parameters
     * alone, and has inputs, activations and outputs of its own, so that it can run at the same time as this one on
     * another thread, as long as nobody changes the parameters.
     *
     * @return the other, to be closed on its own
     * @throws UnsupportedOperationException if the graph has updates
     * @throws IllegalStateException if this executable is closed or in use
     * @throws dev.thalweg.tensor.MemoryLimitException if its memory is more than this process may hold
     */
    @CheckReturnValue
    Executable fork();

    /**
     * Frees the memory. Closing again does nothing.
     *
     * @throws IllegalStateException if this executable is in use; nothing is freed then, and closing can be tried again
     */
    @Override
    void close();
}
