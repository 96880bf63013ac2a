package dev.thalweg.picture;

import java.io.IOException;
import java.util.Optional;

/** What a picture's file says of itself, and how to go on from there. */
public interface PictureHeader {
    /** {@return pixels in a row, as stored} */
    int width();

    /** {@return rows, as stored} */
    int height();

    /** {@return how the stored picture lies} */
    default Orientation orientation() {
        return Orientation.UPRIGHT;
    }

    /** {@return the embedded ICC profile, if there is one} */
    default Optional<byte[]> profile() {
        return Optional.empty();
    }

    /**
     * Decodes the picture.
     *
     * @param file from which the header was read
     * @return its samples
     * @throws IOException if it cannot be read or is damaged
     */
    Decoded decode(FileRanges file) throws IOException;
}
