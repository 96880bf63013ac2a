package dev.thalweg.data;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The changes that are drawn from, and how strong they can be: each in equal steps from nothing to the most, in floats,
 * as torchvision counts them. Those that have no magnitude get one that they do not look at.
 *
 * @param shear most of a shear
 * @param shift most of a translation, in pixels or, where it is {@code relative}, as a part of the picture's size
 * @param relative how the shift is meant
 * @param degrees most of a rotation
 * @param factor most of a change of colours
 * @param bits most that posterizing leaves out
 */
record ChangeSpace(double shear, double shift, boolean relative, double degrees, double factor, int bits) {
    /** How many magnitudes there are. */
    static final int STEPS = 31;

    /** TrivialAugment's. */
    static final ChangeSpace WIDE = new ChangeSpace(0.99, 32, false, 135, 0.99, 6);

    /** RandAugment's. */
    static final ChangeSpace NARROW = new ChangeSpace(0.3, 150.0 / 331, true, 30, 0.9, 4);

    private static final List<PictureChange> CHANGES = Stream.of(
                    GeometricChange.values(), ColorChange.values(), LevelChange.values())
            .<PictureChange>flatMap(Stream::of)
            .toList();

    private static final int LAST = STEPS - 1;
    private static final int WHITE = 255;
    private static final int ALL_BITS = 8;

    /** Draws a change, and its sign, for a picture of a size. */
    DrawnChange draw(int step, int height, int width, SplittableRandom random) {
        PictureChange change = CHANGES.get(random.nextInt(CHANGES.size()));
        double magnitude = magnitude(change, step, height, width);
        return new DrawnChange(change, random.nextBoolean() && change.isSigned() ? -magnitude : magnitude);
    }

    /** {@return how strong a change is at a step, from 0, for a picture of a size} */
    double magnitude(PictureChange change, int step, int height, int width) {
        return switch (change) {
            case GeometricChange geometric ->
                even(
                        0,
                        switch (geometric) {
                            case SHEAR_X, SHEAR_Y -> shear;
                            case TRANSLATE_X -> relative ? shift * width : shift;
                            case TRANSLATE_Y -> relative ? shift * height : shift;
                            case ROTATE -> degrees;
                        },
                        step);
            case ColorChange _ -> even(0, factor, step);
            case LevelChange.POSTERIZE -> ALL_BITS - Math.rint(step / ((double) LAST / bits));
            case LevelChange.SOLARIZE -> even(WHITE, 0, step);
            case LevelChange _ -> 0;
        };
    }

    /** As {@code torch.linspace} rounds: the first half is counted from the start, the other from the end. */
    private static float even(double start, double end, int step) {
        float apart = ((float) end - (float) start) / LAST;
        return step < STEPS / 2 ? (float) start + apart * step : (float) end - apart * (LAST - step);
    }
}
