package dev.thalweg.cli;

import dev.thalweg.files.AtomicFile;
import dev.thalweg.metric.Metric;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * All trials of a tune, the best first: those that were trained longest, and of these the better ones. What a clock
 * measured is not in it, so that it is the same wherever the trials are.
 *
 * @param metric by which they are compared
 * @param axes in what they differ
 */
record TrialTable(Metric metric, List<Axis> axes) {
    /** Trials with one that is new, or takes the place of an earlier one of its number. */
    static List<Trial> with(List<Trial> trials, Trial trial) {
        List<Trial> all = new ArrayList<>(trials);
        if (trial.number() > all.size()) {
            all.add(trial);
        } else {
            all.set(trial.number() - 1, trial);
        }
        return all;
    }

    private List<Trial> ranked(List<Trial> trials) {
        Comparator<Trial> alike = (one, other) -> one.epochs().isEmpty()
                ? Integer.compare(one.number(), other.number())
                : Trial.better(metric.greaterIsBetter(), one.epochs().size()).compare(one, other);
        return trials.stream()
                .sorted(Comparator.comparing((Trial trial) -> trial.failure() != null)
                        .thenComparing(Comparator.comparingInt(
                                        (Trial trial) -> trial.epochs().size())
                                .reversed())
                        .thenComparing(alike))
                .toList();
    }

    /** {@return the best trial of those that have not failed and had an epoch} */
    Optional<Trial> best(List<Trial> trials) {
        return ranked(trials).stream()
                .filter(trial -> trial.failure() == null && !trial.epochs().isEmpty())
                .findFirst();
    }

    private List<String> header() {
        return Stream.concat(
                        Stream.of("trial", "bracket", "epochs", "validation_" + metric.name(), "validation_loss"),
                        Stream.concat(axes.stream().map(axis -> axis.option().substring(2)), Stream.of("failure")))
                .toList();
    }

    private List<String> row(Trial trial, String format) {
        List<String> row = new ArrayList<>();
        row.add(Integer.toString(trial.number()));
        row.add(Integer.toString(trial.bracket() + 1));
        row.add(Integer.toString(trial.epochs().size()));
        if (trial.epochs().isEmpty()) {
            row.addAll(List.of("", ""));
        } else {
            Trial.Score last = trial.epochs().getLast();
            row.add(String.format(Locale.ROOT, format, last.metric()));
            row.add(String.format(Locale.ROOT, format, last.loss()));
        }
        axes.forEach(axis -> row.add(Objects.requireNonNull(trial.options().get(axis.option()))));
        row.add(Objects.requireNonNullElse(trial.failure(), ""));
        return row;
    }

    /** Writes it as CSV, with all digits. */
    void write(List<Trial> trials, Path file) throws IOException {
        AtomicFile.write(file, out -> {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            CSVPrinter printer = new CSVPrinter(writer, CSVFormat.RFC4180);
            printer.printRecord(header());
            for (Trial trial : ranked(trials)) {
                printer.printRecord(row(trial, "%s"));
            }
            printer.flush();
        });
    }

    /** Prints it for people. */
    void print(List<Trial> trials, PrintStream out) {
        List<List<String>> rows = new ArrayList<>(List.of(header()));
        ranked(trials).forEach(trial -> rows.add(row(trial, "%.4f")));
        int columns = header().size() - 1;
        List<Integer> widths = IntStream.range(0, columns)
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .boxed()
                .toList();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                line.append(row.get(column))
                        .repeat(" ", widths.get(column) - row.get(column).length() + 2);
            }
            out.println(line.append(row.get(columns)).toString().stripTrailing());
        }
    }
}
