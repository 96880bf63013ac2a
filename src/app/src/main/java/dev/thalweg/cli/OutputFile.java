package dev.thalweg.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command writes at its end: that it cannot be there is told at the beginning. */
final class OutputFile {
    private OutputFile() {}

    /**
     * Looks whether a file can stand somewhere.
     *
     * @param option that names it
     * @param file which
     * @throws WrongArgumentException if it is a directory, or would stand in none that there is
     */
    static void check(String option, Path file) {
        Path parent = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file) || parent == null || !Files.isDirectory(parent)) {
            throw new WrongArgumentException(option, "a file in a directory that exists", file);
        }
    }
}
