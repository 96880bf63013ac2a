package dev.thalweg.data;

/**
 * A part of a picture.
 *
 * @param left first column
 * @param top first row
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 */
record CropBox(int left, int top, int width, int height) {
    /**
     * Enlarges this part to the whole picture, first its rows and then its columns. As nothing shrinks, Pillow's
     * antialiasing filter is the straight line between neighbours that is computed here; in floats, where Pillow rounds
     * after either direction.
     */
    void enlarge(PixelBuffer p) {
        float[] wide = p.blank();
        for (int c = 0; c < p.channels; c++) {
            for (int y = 0; y < height; y++) {
                widen(p, (c * p.height + top + y) * p.width + left, wide, (c * p.height + y) * p.width);
            }
            for (int y = 0; y < p.height; y++) {
                float place = place(y, height, p.height);
                int upper = (c * p.height + (int) place) * p.width;
                int lower = (c * p.height + Math.min((int) place + 1, height - 1)) * p.width;
                float part = place - (int) place;
                int to = (c * p.height + y) * p.width;
                for (int x = 0; x < p.width; x++) {
                    p.pixels[to + x] = wide[upper + x] + part * (wide[lower + x] - wide[upper + x]);
                }
            }
        }
    }

    private void widen(PixelBuffer p, int from, float[] wide, int to) {
        for (int x = 0; x < p.width; x++) {
            float place = place(x, width, p.width);
            float one = p.pixels[from + (int) place];
            float next = p.pixels[from + Math.min((int) place + 1, width - 1)];
            wide[to + x] = one + (place - (int) place) * (next - one);
        }
    }

    /** {@return where the middle of a new sample lies among the middles of the old ones} */
    private static float place(int at, int old, int all) {
        return Math.clamp((at + 0.5f) * old / all - 0.5f, 0, old - 1);
    }
}
