package dev.thalweg.io;

import dev.thalweg.files.FileNames;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A file that is not what it should be. The message names file, place, what was got and what was expected. What it
 * quotes may come from strangers: what would steer a terminal is shown as {@code �}, and the middle of a very long
 * message is left out.
 */
public class BadFileException extends IOException {
    private static final long serialVersionUID = 1;
    private static final int MESSAGE_LENGTH = 4000;

    /**
     * A file that is wrong at a place.
     *
     * @param file which
     * @param offset bytes from its (uncompressed) beginning
     * @param problem what was got and what was expected
     */
    public BadFileException(Path file, long offset, String problem) {
        this(file, offset, problem, null);
    }

    /**
     * A file that is wrong at a place, found by another library.
     *
     * @param file which
     * @param offset bytes from its (uncompressed) beginning
     * @param problem what was got and what was expected
     * @param cause what the library said
     */
    public BadFileException(Path file, long offset, String problem, @Nullable Throwable cause) {
        super(message(FileNames.text(file) + " at byte " + offset, problem), cause);
    }

    /**
     * A file that is wrong as a whole.
     *
     * @param file which
     * @param problem what was got and what was expected
     */
    public BadFileException(Path file, String problem) {
        this(file, problem, null);
    }

    /**
     * A file that is wrong as a whole, found by another library.
     *
     * @param file which
     * @param problem what was got and what was expected
     * @param cause what the library said
     */
    public BadFileException(Path file, String problem, @Nullable Throwable cause) {
        super(message(FileNames.text(file), problem), cause);
    }

    private static String message(String place, String problem) {
        String lines = PrintableText.shortened(problem, MESSAGE_LENGTH)
                .lines()
                .map(PrintableText::printable)
                .collect(Collectors.joining("\n"));
        return PrintableText.printable(place) + ": " + lines;
    }
}
