package dev.thalweg.data;

/**
 * A random change to training pictures. What is drawn depends on the seed, the epoch and the picture's place alone, not
 * on threads or on where a training was resumed. Steps are given in the order in which they act, see
 * {@code Fit.augmentations}.
 * <p>
 * An own one is a {@link PictureAugmentation}, an {@link EpochAugmentation} or a {@link MixingAugmentation}. It draws
 * from the random numbers it is given and from nothing else, and several threads call it at once. Checkpoints name it
 * as it is registered, see {@link dev.thalweg.io.Registry}, else by {@link Object#toString}, which a record has with
 * all its settings; a function is given its name by {@link PictureAugmentation#of} and its likes, as a training with a
 * nameless one does not go on from a checkpoint.
 */
public sealed interface Augmentation permits PictureAugmentation, EpochAugmentation, MixingAugmentation {}
