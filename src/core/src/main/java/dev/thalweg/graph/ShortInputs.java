package dev.thalweg.graph;

import java.util.Set;

/**
 * Which inputs an operation reads as short floats where activations are short, said by itself; {@link ShortReads}
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
     * These if some are at hand short, since they were computed so or somebody before reads them so: the operation is
     * local and only saves passes over memory.
     *
     * @param atHand which inputs must be at hand short
     * @param inputs which are then read short, from 0
     */
    record Following(Set<Integer> atHand, Set<Integer> inputs) implements ShortInputs {
        /** Copies the sets. */
        public Following {
            atHand = Set.copyOf(atHand);
            inputs = Set.copyOf(inputs);
        }
    }
}
