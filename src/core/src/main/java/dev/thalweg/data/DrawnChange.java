package dev.thalweg.data;

/**
 * What was drawn for a picture.
 *
 * @param change what is done
 * @param magnitude how much
 */
record DrawnChange(PictureChange change, double magnitude) {
    void apply(PixelBuffer picture) {
        change.apply(picture, magnitude);
    }
}
