package dev.thalweg.data;

import java.util.SplittableRandom;

/**
 * Chooses the pictures of an epoch and their order: all in a random order ({@link RandomSampler}, the default), in
 * their own ({@link SequentialSampler}), some more often than others ({@link BalancedSampler},
 * {@link WeightedRandomSampler}), or some several times and the others not at all ({@link RepeatedAugmentation}).
 * <p>
 * An own one draws from the random numbers it is given and from nothing else: then the same seed gives the same
 * training, and one that was cut off goes on with the same bits. Checkpoints name it as it is registered, see
 * {@link dev.thalweg.io.Registry}, else by {@link Object#toString}, which a record has with all its settings; a
 * function is given its name by {@link #of}, as a training with a nameless one does not go on from a checkpoint.
 */
@FunctionalInterface
public interface Sampler {
    /**
     * Chooses the pictures of an epoch.
     *
     * @param targets of the pictures there are
     * @param random to draw from, other numbers in each epoch
     * @return as many places as there are pictures, from 0 to below {@link Targets#size}, in the order in which the
     *         pictures are seen; some may stand there more than once and others not at all
     * @throws IllegalArgumentException if it cannot choose among such targets
     */
    int[] order(Targets targets, SplittableRandom random);

    /**
     * {@return a sampler of one's own}
     *
     * @param name by which checkpoints know it: it says all that makes the order what it is
     * @param order chooses the pictures of an epoch
     * @throws IllegalArgumentException if the name is blank
     */
    static Sampler of(String name, Sampler order) {
        return new NamedSampler(name, order);
    }
}
