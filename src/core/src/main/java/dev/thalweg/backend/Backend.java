package dev.thalweg.backend;

import dev.thalweg.graph.Graph;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.UnavailableException;
import java.util.Map;
import java.util.Objects;

/** A way to compute graphs. Safe for use by several threads. */
public interface Backend extends AutoCloseable {
    /**
     * {@return the name it is chosen by: {@code onednn} or {@code java}}
     */
    String name();

    /**
     * {@return what it computes with, for people}
     */
    String description();

    /**
     * {@return how many threads compute one graph}
     */
    int threads();

    /**
     * {@return whether graphs may hold values of a type on this machine}
     *
     * @param type a type of floats
     */
    boolean computesIn(DataType type);

    /**
     * {@return whether it computes in a type for which its device has no instructions: as exactly, but with others
     * around each, which likely takes longer than computing in 32 bits}
     *
     * @param type a type of floats
     */
    default boolean emulates(DataType type) {
        Objects.requireNonNull(type, "type");
        return false;
    }

    /**
     * Makes room for parameters, all zero. The first graph compiled with them chooses their layout.
     *
     * @param shapes by name, in the order in which they shall lie in memory
     * @return the parameters, to be closed after every executable that uses them
     * @throws IllegalStateException if this backend is closed
     * @throws dev.thalweg.tensor.MemoryLimitException if they are more than this process may hold off the heap
     */
    Parameters newParameters(Map<String, Shape> shapes);

    /**
     * Compiles a graph: chooses kernels and layouts and places all memory.
     *
     * @param graph what to compute
     * @param parameters hold at least the graph's parameters
     * @return the executable, to be closed
     * @throws UnavailableException if this backend lacks an operation or data type on this machine
     * @throws IllegalArgumentException if the parameters are another backend's
     * @throws IllegalStateException if the parameters are closed or in use
     * @throws dev.thalweg.tensor.MemoryLimitException if its memory is more than this process may hold off the heap
     */
    Executable compile(Graph graph, Parameters parameters);

    /**
     * Frees what the backend holds. Closing again does nothing.
     *
     * @throws IllegalStateException if it is in use or some of its parameters are open; nothing is freed then, and
     *         closing can be tried again
     */
    @Override
    void close();
}
