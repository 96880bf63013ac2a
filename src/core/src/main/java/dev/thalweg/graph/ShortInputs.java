package dev.thalweg.graph;

import java.util.Set;

/**
 * Which inputs an operation reads as short floats where activations are short, said by itself; {@link MixedPrecision}
 * obeys. The other inputs it reads 32 bits wide.
 */
public sealed interface ShortInputs {
    /** None: sums, statistics and losses need all bits. */
    record None() implements ShortInputs {}

    /**
     * These, though they may have to be converted: the operation gains more than that costs.
     *
     * @param inputs which, from 0
     */
    record Always(Set<Integer> inputs) implements ShortInputs {
        /** Copies the set. */
        public Always {
            inputs = Set.copyOf(inputs);
        }
    }

    /**
     * These if others were computed short: the operation is local and only saves passes over memory.
     *
     * @param computedShort which inputs must have been computed short
     * @param inputs which are then read short, from 0
     */
    record Following(Set<Integer> computedShort, Set<Integer> inputs) implements ShortInputs {
        /** Copies the sets. */
        public Following {
            computedShort = Set.copyOf(computedShort);
            inputs = Set.copyOf(inputs);
        }
    }
}
