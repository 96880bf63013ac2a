package dev.thalweg.report;

import dev.thalweg.files.AtomicFile;
import dev.thalweg.train.Callback;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.History;
import dev.thalweg.train.Training;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Keeps a table of the epochs in a CSV file (RFC 4180): a header, then a row for each. The file is replaced as a whole
 * after every epoch, so that it is always complete, also when a training goes on from a checkpoint. Cells of what was
 * not measured are empty.
 */
public final class CsvLog implements Callback {
    private static final List<String> COLUMNS =
            List.of("learning_rate", "seconds", "skipped_steps", "heap_bytes", "off_heap_bytes");
    private static final String VALIDATION = "validation_";

    private final Path file;

    /**
     * Writes a table.
     *
     * @param file where
     */
    public CsvLog(Path file) {
        this.file = file;
    }

    @Override
    public void onEpochEnd(Training training, EpochResult result) {
        try {
            write(training.history(), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes the table of a history.
     *
     * @param history the epochs
     * @param file where; what stood there is replaced in one move
     * @throws IOException if it cannot be written
     */
    public static void write(History history, Path file) throws IOException {
        Set<String> trained = names(history.epochs().stream().map(EpochResult::metrics));
        // Of an epoch that was not validated the columns are there and empty.
        Set<String> validated = new LinkedHashSet<>(trained);
        validated.addAll(names(
                history.epochs().stream().flatMap(e -> e.validation().stream()).map(Evaluation::metrics)));
        List<String> header = new ArrayList<>(List.of("epoch", "loss"));
        header.addAll(trained);
        header.addAll(COLUMNS);
        header.add(VALIDATION + "loss");
        validated.forEach(name -> header.add(VALIDATION + name));
        AtomicFile.write(file, out -> {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            CSVPrinter printer = new CSVPrinter(
                    writer,
                    CSVFormat.RFC4180
                            .builder()
                            .setHeader(header.toArray(String[]::new))
                            .get());
            for (EpochResult epoch : history.epochs()) {
                printer.printRecord(row(epoch, trained, validated));
            }
            printer.flush();
        });
    }

    private static Set<String> names(Stream<Map<String, Double>> metrics) {
        return metrics.flatMap(m -> m.keySet().stream()).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static List<Object> row(EpochResult epoch, Set<String> trained, Set<String> validated) {
        List<Object> cells = new ArrayList<>(List.of(epoch.epoch(), epoch.loss()));
        trained.forEach(name -> cells.add(epoch.metrics().get(name)));
        cells.addAll(List.of(
                epoch.learningRate(),
                epoch.seconds(),
                epoch.skippedSteps(),
                epoch.memory().heapBytes(),
                epoch.memory().offHeapBytes()));
        Evaluation validation = epoch.validation().orElse(null);
        cells.add(validation == null ? null : validation.loss());
        validated.forEach(name ->
                cells.add(validation == null ? null : validation.metrics().get(name)));
        return cells;
    }
}
