package dev.thalweg.picture;

import java.io.IOException;

/** Reads pictures of a format for which the JDK has no decoder. Found by {@link java.util.ServiceLoader}. */
public interface PicturePlugin {
    /** {@return the format, as the headers of its pictures name it} */
    String format();

    /**
     * Reads what a file says of itself. Nothing is allocated for its pixels before the size told here was judged.
     *
     * @param file which begins as files of the format do
     * @return its header
     * @throws IOException if it is damaged
     */
    PictureHeader read(FileRanges file) throws IOException;
}
