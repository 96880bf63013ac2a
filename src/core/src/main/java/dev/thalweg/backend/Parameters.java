package dev.thalweg.backend;

import java.lang.foreign.MemorySegment;
import java.util.Set;

/**
 * What a model has learnt, and what its optimizer remembers, in the layout a backend likes. Shared by the executables
 * compiled with it. Several threads may read them and run executables that leave them as they are; who changes them,
 * compiles with them, or runs an executable with updates must be alone: else {@link IllegalStateException} is thrown,
 * as it is after closing.
 */
public interface Parameters extends AutoCloseable {
    /**
     * {@return the parameters' names, in order}
     */
    Set<String> names();

    /**
     * {@return how many slots the optimizer keeps for each parameter; 0 before a training graph is compiled}
     */
    int slots();

    /**
     * {@return in which layouts the parameters lie, in words that are the same, on whatever machine, only where the
     * layouts are}
     */
    String layouts();

    /**
     * Sets a parameter.
     *
     * @param name which
     * @param data its elements, row-major
     * @throws IllegalArgumentException if there is none of that name or the size is wrong
     */
    void write(String name, MemorySegment data);

    /**
     * Copies a parameter out.
     *
     * @param name which
     * @param data receives its elements, row-major
     * @throws IllegalArgumentException if there is none of that name or the size is wrong
     */
    void read(String name, MemorySegment data);

    /**
     * Sets what the optimizer remembers of a parameter.
     *
     * @param name which
     * @param slot from 0
     * @param data its elements, row-major
     * @throws IllegalArgumentException if there is no such slot or the size is wrong
     */
    void writeSlot(String name, int slot, MemorySegment data);

    /**
     * Copies out what the optimizer remembers of a parameter.
     *
     * @param name which
     * @param slot from 0
     * @param data receives its elements, row-major
     * @throws IllegalArgumentException if there is no such slot or the size is wrong
     */
    void readSlot(String name, int slot, MemorySegment data);

    /**
     * Frees the memory. Closing again does nothing.
     *
     * @throws IllegalStateException if these are in use or an executable of them is open; nothing is freed then, and
     *         closing can be tried again
     */
    @Override
    void close();
}
