package dev.thalweg.picture;

/**
 * Where a picture comes to lie in a target: scaled to a size, of which the target shows a part, or around which it
 * leaves a rest.
 *
 * @param scaledWidth pixels of the scaled picture
 * @param scaledHeight pixels of the scaled picture
 * @param left of the target within the scaled picture; negative where the picture begins within the target
 * @param top of the target within the scaled picture
 */
public record Scaling(long scaledWidth, long scaledHeight, long left, long top) {
    /** {@return a picture that fills the target, whatever its proportions} */
    public static Scaling stretch(int width, int height) {
        return new Scaling(width, height, 0, 0);
    }

    /** {@return the smallest picture of the given proportions that covers the target, in its middle} */
    public static Scaling cover(int sourceWidth, int sourceHeight, int width, int height) {
        boolean byWidth = (long) sourceWidth * height <= (long) sourceHeight * width;
        long scaledWidth = byWidth ? width : (long) sourceWidth * height / sourceHeight;
        long scaledHeight = byWidth ? (long) sourceHeight * width / sourceWidth : height;
        return centred(scaledWidth, scaledHeight, width, height);
    }

    /** {@return the largest picture of the given proportions that fits into the target, in its middle} */
    public static Scaling fit(int sourceWidth, int sourceHeight, int width, int height) {
        boolean byWidth = (long) sourceWidth * height > (long) sourceHeight * width;
        long scaledWidth =
                byWidth ? width : (long) Math.max(1, Math.rint((double) sourceWidth / sourceHeight * height));
        long scaledHeight =
                byWidth ? (long) Math.max(1, Math.rint((double) sourceHeight / sourceWidth * width)) : height;
        return centred(scaledWidth, scaledHeight, width, height);
    }

    /** Halves are rounded to even, as Python's {@code round} does for torchvision and Pillow. */
    private static Scaling centred(long scaledWidth, long scaledHeight, int width, int height) {
        return new Scaling(scaledWidth, scaledHeight, centre(scaledWidth, width), centre(scaledHeight, height));
    }

    private static long centre(long scaled, long target) {
        return (long) Math.rint((scaled - target) / 2.0);
    }
}
