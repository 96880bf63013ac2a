package dev.thalweg.data;

import dev.thalweg.files.FileNames;
import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The files in which a data set of several archives or tables lies. */
final class ShardFiles {
    private static final Pattern RANGE = Pattern.compile("(.*)\\{(\\d{1,9})\\.\\.(\\d{1,9})}(.*)");
    private static final List<String> SUFFIXES = List.of(".tar", ".parquet");
    private static final String NAMES = "classes.txt";
    private static final int MOST_NAMES = 1 << 20;

    private ShardFiles() {}

    /**
     * {@return the archives or tables: those of a range, as in <code>shards/{000..012}.tar</code>, or of a directory
     * that holds some and no folders; none if the place is something else}
     */
    static List<Path> at(Path place) throws IOException {
        Matcher range = RANGE.matcher(place.getFileName() == null ? "" : FileNames.text(place.getFileName()));
        if (range.matches() && !Files.exists(place)) {
            String first = range.group(2);
            return LongStream.rangeClosed(Long.parseLong(first), Long.parseLong(range.group(3)))
                    .mapToObj(number -> String.format("%0" + first.length() + "d", number))
                    .map(number -> place.resolveSibling(range.group(1) + number + range.group(4)))
                    .toList();
        }
        return Files.isDirectory(place) ? in(place) : List.of();
    }

    private static List<Path> in(Path directory) throws IOException {
        try (Stream<Path> children = Files.list(directory)) {
            List<Path> counted = children.filter(child ->
                            FileWalk.passed(FileNames.text(child.getFileName())).isEmpty())
                    .sorted(Comparator.comparing(FileNames::text))
                    .toList();
            return counted.stream().anyMatch(Files::isDirectory)
                    ? List.of()
                    : counted.stream()
                            .filter(child -> SUFFIXES.stream().anyMatch(FileNames.text(child)::endsWith))
                            .toList();
        }
    }

    /** {@return the classes that numbers stand for, as a file beside the archives lists them; none if there is none} */
    static List<String> classNames(Path archive) throws IOException {
        Path file = archive.resolveSibling(NAMES);
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        if (Files.size(file) > MOST_NAMES) {
            throw new BadFileException(file, "expected a line for each class, got " + Files.size(file) + " bytes");
        }
        try {
            return Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .toList();
        } catch (CharacterCodingException e) {
            throw new BadFileException(file, "expected text in UTF-8, got other bytes", e);
        }
    }
}
