package dev.thalweg.data;

/** Moves the pixels of a picture, each from the place nearest to where it lay; what comes in from outside is black. */
public enum GeometricChange implements PictureChange {
    /** Slants columns: the magnitude is by how many pixels each row is moved against the one above it. */
    SHEAR_X,
    /** Slants rows: the magnitude is by how many pixels each column is moved against the one to its left. */
    SHEAR_Y,
    /** Moves to the right: the magnitude is by how many pixels, of which a part is left out. */
    TRANSLATE_X,
    /** Moves downwards: the magnitude is by how many pixels, of which a part is left out. */
    TRANSLATE_Y,
    /** Turns about the middle, against the clock: the magnitude is in degrees. */
    ROTATE;

    /** Pillow computes in fixed point with so many binary places. */
    private static final int BITS = 16;

    @Override
    public void apply(PixelBuffer picture, double magnitude) {
        if (!Double.isFinite(magnitude)) {
            throw new IllegalArgumentException(this + ": expected a finite magnitude, got " + magnitude);
        }
        switch (this) {
            case SHEAR_X -> map(picture, 1, magnitude, 0, 0, 1, 0);
            case SHEAR_Y -> map(picture, 1, 0, 0, magnitude, 1, 0);
            case TRANSLATE_X -> map(picture, 1, 0, -(int) magnitude, 0, 1, 0);
            case TRANSLATE_Y -> map(picture, 1, 0, 0, 0, 1, -(int) magnitude);
            case ROTATE -> {
                double cos = Math.cos(Math.toRadians(magnitude));
                double sin = Math.sin(Math.toRadians(magnitude));
                double x = picture.width / 2.0;
                double y = picture.height / 2.0;
                map(picture, cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y);
            }
        }
    }

    @Override
    public boolean isSigned() {
        return true;
    }

    /** Takes what comes to {@code (x, y)} from {@code (ax + by + c, dx + ey + f)}, in middles of pixels. */
    private static void map(PixelBuffer p, double a, double b, double c, double d, double e, double f) {
        long right = fixed(a);
        long rightByRow = fixed(b);
        long down = fixed(d);
        long downByRow = fixed(e);
        long left = fixed(c + (a + b) / 2);
        long top = fixed(f + (d + e) / 2);
        float[] to = p.blank();
        int plane = p.height * p.width;
        for (int y = 0; y < p.height; y++) {
            for (int x = 0; x < p.width; x++) {
                long fromX = left + x * right + y * rightByRow >> BITS;
                long fromY = top + x * down + y * downByRow >> BITS;
                if (fromX >= 0 && fromX < p.width && fromY >= 0 && fromY < p.height) {
                    int from = (int) (fromY * p.width + fromX);
                    for (int at = y * p.width + x; at < to.length; at += plane, from += plane) {
                        to[at] = p.pixels[from];
                    }
                }
            }
        }
        p.swap();
    }

    private static long fixed(double value) {
        return (long) Math.floor(value * (1 << BITS) + 0.5);
    }
}
