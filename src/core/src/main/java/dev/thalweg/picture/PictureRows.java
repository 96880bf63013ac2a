package dev.thalweg.picture;

/** A picture that is computed row by row: 8 bits a sample, one channel of grey or three of sRGB beside each other. */
interface PictureRows {
    /** {@return pixels in a row} */
    int width();

    /** {@return how many rows} */
    int height();

    /** {@return 1 for grey, 3 for red, green and blue} */
    int channels();

    /**
     * Computes a row.
     *
     * @param y which, from 0 at the top
     * @param row receives {@code [W, C]}
     */
    void read(int y, byte[] row);
}
