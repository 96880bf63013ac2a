package dev.thalweg.parquet;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.thalweg.data.archive.HuggingFaceFeatures;
import dev.thalweg.io.BadFileException;
import dev.thalweg.text.PrintableText;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The classes of a table as the folders that they would be. */
final class ClassFolders {
    private final Path file;
    private final List<String> names;
    private final Map<String, String> classOfFolder = new HashMap<>();

    /**
     * Knows the classes.
     *
     * @param file the table, for messages
     * @param names that numbers stand for; empty where nothing names them
     */
    ClassFolders(Path file, List<String> names) {
        this.file = file;
        this.names = names;
    }

    /** {@return the names of the classes of each column of classes, as a file's metadata tell them} */
    static Map<String, List<String>> named(Path file, Map<String, String> metadata) throws BadFileException {
        try {
            return HuggingFaceFeatures.classNames(metadata);
        } catch (JsonProcessingException e) {
            throw new BadFileException(file, "expected JSON as metadata huggingface, got " + e.getOriginalMessage(), e);
        }
    }

    /** {@return the folder of the class that a number stands for} */
    String of(long number, long row) throws BadFileException {
        if (number < 0) {
            throw bad(row, "the number of a class, from 0 on", number);
        }
        if (names.isEmpty()) {
            return of(Long.toString(number), row);
        }
        if (number >= names.size()) {
            throw bad(row, "a class from 0 to " + (names.size() - 1) + ", as there are names", number);
        }
        return of(names.get((int) number), row);
    }

    /** {@return the folder of a class} */
    String of(String name, long row) throws BadFileException {
        if (name.isBlank() || name.startsWith(".") || !PrintableText.isPrintable(name)) {
            throw bad(row, "the printable name of a class that begins with no dot", name);
        }
        // Folders may be called anything but this.
        String folder = name.replace('/', '_');
        String other = classOfFolder.putIfAbsent(folder, name);
        if (other != null && !other.equals(name)) {
            throw bad(row, "names of classes that differ in more than / and _ (there is " + other + ")", name);
        }
        return folder;
    }

    BadFileException bad(long row, String expected, Object got) {
        return new BadFileException(
                file, "row " + row + ": expected " + expected + ", got " + PrintableText.excerpt(got));
    }
}
