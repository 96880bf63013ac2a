package dev.thalweg.picture;

/** Conversion of JFIF's YCbCr (ITU-R BT.601, full range; T.871) in the fixed-point arithmetic of the IJG's decoder. */
final class Yuv {
    private static final int BITS = 16;
    private static final int HALF = 1 << (BITS - 1);
    private static final int RED_OF_CR = fixed(1.40200);
    private static final int GREEN_OF_CB = fixed(0.34414);
    private static final int GREEN_OF_CR = fixed(0.71414);
    private static final int BLUE_OF_CB = fixed(1.77200);

    private Yuv() {}

    private static int fixed(double factor) {
        return (int) (factor * (1 << BITS) + 0.5);
    }

    /**
     * Converts a pixel in place.
     *
     * @param samples Y, Cb, Cr become red, green, blue
     * @param at where
     */
    static void toRgb(int[] samples, int at) {
        int y = samples[at];
        int cb = samples[at + 1] - 128;
        int cr = samples[at + 2] - 128;
        samples[at] = Math.clamp(y + (RED_OF_CR * cr + HALF >> BITS), 0, 255);
        samples[at + 1] = Math.clamp(y + (HALF - GREEN_OF_CB * cb - GREEN_OF_CR * cr >> BITS), 0, 255);
        samples[at + 2] = Math.clamp(y + (BLUE_OF_CB * cb + HALF >> BITS), 0, 255);
    }
}
