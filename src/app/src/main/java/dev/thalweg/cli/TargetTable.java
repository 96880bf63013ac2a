package dev.thalweg.cli;

import dev.thalweg.io.BadFileException;
import dev.thalweg.text.Counted;
import dev.thalweg.text.PrintableText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A CSV file (RFC 4180, UTF-8) with a line for each picture: its path from the folder on, then what a model shall say
 * of it. The first line names the columns.
 *
 * @param file where it stands
 * @param columns the names of all but the first
 * @param rows in their order, at least one
 */
record TargetTable(Path file, List<String> columns, List<Row> rows) {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    /**
     * What a line says.
     *
     * @param line in the file, from 1; the last one of a row that takes several
     * @param picture its path, with {@code /} between the elements
     * @param cells as many as there are columns
     */
    record Row(long line, String picture, List<String> cells) {}

    /**
     * Reads a table.
     *
     * @throws BadFileException if it is none: with the line, what is expected there, and what was found
     */
    static TargetTable read(Path file) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            skipMark(reader);
            return read(file, reader);
        } catch (CharacterCodingException e) {
            throw new BadFileException(file, "expected text in UTF-8, got other bytes", e);
        }
    }

    private static void skipMark(BufferedReader reader) throws IOException {
        reader.mark(1);
        if (reader.read() != BYTE_ORDER_MARK) {
            reader.reset();
        }
    }

    private static TargetTable read(Path file, BufferedReader reader) throws IOException {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setIgnoreEmptyLines(true)
                .setIgnoreSurroundingSpaces(true)
                .get();
        try (CSVParser parser =
                CSVParser.builder().setReader(reader).setFormat(format).get()) {
            try {
                return read(file, parser);
            } catch (UncheckedIOException | IllegalStateException e) {
                if (e.getCause() instanceof CharacterCodingException coding) {
                    throw coding;
                }
                throw fault(
                        file,
                        Math.max(1, parser.getCurrentLineNumber()),
                        "expected CSV, got a line of another kind: " + e.getMessage());
            }
        }
    }

    private static TargetTable read(Path file, CSVParser parser) throws BadFileException {
        Iterator<CSVRecord> records = parser.iterator();
        if (!records.hasNext()) {
            throw new BadFileException(file, "expected a line that names the columns, got an empty file");
        }
        List<String> header = records.next().toList();
        if (header.size() < 2) {
            throw fault(
                    file,
                    1,
                    "expected names of at least two columns with a comma between them, the picture's path and its"
                            + " targets, got " + excerpt(String.join(",", header)));
        }
        List<Row> rows = new ArrayList<>();
        Map<String, Long> lines = new HashMap<>();
        while (records.hasNext()) {
            CSVRecord next = records.next();
            long line = parser.getCurrentLineNumber();
            if (next.size() != header.size()) {
                throw fault(
                        file,
                        line,
                        "expected " + Counted.of(header.size(), "cell") + ", as in the first line, got " + next.size());
            }
            Row row = new Row(
                    line, picture(file, line, next.get(0)), next.toList().subList(1, header.size()));
            Long before = lines.putIfAbsent(row.picture(), line);
            if (before != null) {
                throw fault(
                        file,
                        line,
                        "expected each picture once, got " + excerpt(row.picture()) + " again, as in line " + before);
            }
            rows.add(row);
        }
        if (rows.isEmpty()) {
            throw new BadFileException(file, "expected a line for each picture, got the names of the columns alone");
        }
        return new TargetTable(file, header.subList(1, header.size()), rows);
    }

    private static String picture(Path file, long line, String cell) throws BadFileException {
        try {
            Path path = Path.of(cell).normalize();
            if (!path.isAbsolute() && !path.startsWith("..") && !cell.isEmpty()) {
                return path.toString().replace(path.getFileSystem().getSeparator(), "/");
            }
        } catch (InvalidPathException e) {
            // As one that leads elsewhere.
        }
        throw fault(file, line, "expected a picture's path from the folder on, got " + excerpt(cell));
    }

    /** What is wrong with a line of this file. */
    BadFileException fault(long line, String problem) {
        return fault(file, line, problem);
    }

    private static BadFileException fault(Path file, long line, String problem) {
        return new BadFileException(file, "line " + line + ": " + problem);
    }

    /** A cell in a message. */
    static String excerpt(String cell) {
        return "\"" + PrintableText.excerpt(cell) + "\"";
    }
}
