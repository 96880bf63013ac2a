package dev.thalweg.backend.runtime;

import dev.thalweg.backend.Parameters;
import dev.thalweg.memory.Lifetime;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/**
 * Parameters that lie in a {@link ParameterBlock}, in whatever layout; what is left to say is how to copy to and from
 * it. Who changes them does so alone; reading can be shared.
 */
public interface BlockParameters extends Parameters {
    /**
     * {@return who uses them: compiled graphs are its children}
     */
    Lifetime lifetime();

    /**
     * {@return where they lie}
     */
    ParameterBlock block();

    /**
     * Copies the user's row-major elements to their place.
     *
     * @param name of the parameter
     * @param plain the user's memory, of a size still to be checked
     * @param place in the block
     */
    void fromPlain(String name, MemorySegment plain, Piece place);

    /**
     * Copies elements from their place to the user's memory, row-major.
     *
     * @param name of the parameter
     * @param place in the block
     * @param plain the user's memory, of a size still to be checked
     */
    void toPlain(String name, Piece place, MemorySegment plain);

    @Override
    default Set<String> names() {
        return block().names();
    }

    @Override
    default int slots() {
        try (Lifetime.Use _ = lifetime().enter()) {
            return block().slots();
        }
    }

    @Override
    default void write(String name, MemorySegment data) {
        try (Lifetime.Use _ = lifetime().enterAlone()) {
            fromPlain(name, data, block().value(name));
            block().touch();
        }
    }

    @Override
    default void read(String name, MemorySegment data) {
        try (Lifetime.Use _ = lifetime().enter()) {
            toPlain(name, block().value(name), data);
        }
    }

    @Override
    default void writeSlot(String name, int slot, MemorySegment data) {
        try (Lifetime.Use _ = lifetime().enterAlone()) {
            fromPlain(name, data, block().slot(name, slot));
        }
    }

    @Override
    default void readSlot(String name, int slot, MemorySegment data) {
        try (Lifetime.Use _ = lifetime().enter()) {
            toPlain(name, block().slot(name, slot), data);
        }
    }
}
