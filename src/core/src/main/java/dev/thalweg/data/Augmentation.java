package dev.thalweg.data;

/**
 * A random change to training pictures. What is drawn depends on the seed, the epoch and the picture's place alone, not
 * on threads or on where a training was resumed. Steps are given in the order in which they act, see
 * {@code Fit.augment}.
 * <p>
 * An own one is a {@link PictureAugmentation} or a {@link MixingAugmentation}. It draws from the random numbers it is
 * given and from nothing else, and several threads call it at once. Checkpoints name it by {@link Object#toString},
 * which a record has with all its settings; a function is known by the class that it is written in alone.
 */
public sealed interface Augmentation permits PictureAugmentation, MixingAugmentation {}
