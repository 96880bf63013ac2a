package dev.thalweg.format;

import java.nio.file.Path;

/** A file that is not what it should be. The message names file, place, what was got and what was expected. */
public class BadFileException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * A file that is wrong at a place.
     *
     * @param file which
     * @param offset bytes from its (uncompressed) beginning
     * @param problem what was got and what was expected
     */
    public BadFileException(Path file, long offset, String problem) {
        super(FileNames.text(file) + " at byte " + offset + ": " + problem);
    }

    /**
     * A file that is wrong as a whole.
     *
     * @param file which
     * @param problem what was got and what was expected
     */
    public BadFileException(Path file, String problem) {
        super(FileNames.text(file) + ": " + problem);
    }

    /**
     * A file that is wrong as a whole, found by another library.
     *
     * @param file which
     * @param problem what was got and what was expected
     * @param cause what the library said
     */
    public BadFileException(Path file, String problem, Throwable cause) {
        super(FileNames.text(file) + ": " + problem, cause);
    }
}
