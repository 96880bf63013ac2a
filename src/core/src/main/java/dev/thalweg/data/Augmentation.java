package dev.thalweg.data;

/**
 * A random change to training pictures. What is drawn depends on the seed, the epoch and the picture's place alone, not
 * on threads or on where a training was resumed. Steps are given in the order in which they act, see
 * {@code Fit.augment}.
 */
public sealed interface Augmentation permits PictureAugmentation, MixingAugmentation {}
