package dev.thalweg.train;

import dev.thalweg.tensor.Shape;

/**
 * Has a training begin with smaller pictures, which cost less, and end with whole ones: progressive resizing (Howard,
 * DAWNBench 2018; Tan and Le 2021, "EfficientNetV2: Smaller Models and Faster Training", arXiv 2104.00298, section 4).
 * In epoch {@code t} of {@code T}, counted from 0, sides are multiplied by
 * <pre>s(t) = s0 + (1 − s0) min(1, t / (T (1 − f)))</pre>
 * and rounded to whole pixels, where {@code s0} is the first scale and {@code f} the share of the epochs at the end
 * that see whole pictures. Pictures are made smaller after all augmentations. Pictures to validate with, and those a
 * model is asked about, are never resized.
 * <p>
 * It goes with networks whose parameters do not depend on the size of pictures, such as those with a
 * {@link dev.thalweg.model.GlobalAveragePooling2D}.
 *
 * @param epochs T, of the whole training; later ones see whole pictures
 * @param firstScale s0, above 0 and at most 1
 * @param wholeShare f, from 0 to below 1
 */
public record ProgressiveResizing(int epochs, double firstScale, double wholeShare) {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public ProgressiveResizing {
        if (epochs < 1) {
            throw new IllegalArgumentException("the number of epochs must be at least 1, got " + epochs);
        }
        if (!(firstScale > 0 && firstScale <= 1)) {
            throw new IllegalArgumentException("the first scale must be above 0 and at most 1, got " + firstScale);
        }
        if (!(wholeShare >= 0 && wholeShare < 1)) {
            throw new IllegalArgumentException(
                    "the share of epochs with whole pictures must be from 0 to below 1, got " + wholeShare);
        }
    }

    /**
     * Begins with pictures of a scale and sees whole ones in the last third of the epochs.
     *
     * @param epochs of the whole training
     * @param firstScale above 0 and at most 1
     * @throws IllegalArgumentException if it is out of range
     */
    public ProgressiveResizing(int epochs, double firstScale) {
        this(epochs, firstScale, 1.0 / 3);
    }

    /**
     * {@return the shape of the pictures that are seen in an epoch}
     *
     * @param epoch counted from 1
     * @param whole {@code [C, H, W]}
     */
    public Shape shape(int epoch, Shape whole) {
        double grown = Math.min(1, (epoch - 1) / (epochs * (1 - wholeShare)));
        double scale = firstScale + (1 - firstScale) * grown;
        return Shape.of(whole.dim(0), side(scale, whole.dim(1)), side(scale, whole.dim(2)));
    }

    private static int side(double scale, int whole) {
        return Math.clamp(Math.round(scale * whole), 1, whole);
    }
}
