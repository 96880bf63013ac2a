package dev.thalweg.cli;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Folds;
import dev.thalweg.data.Targets;
import dev.thalweg.files.AtomicFile;
import dev.thalweg.inference.Predictions;
import dev.thalweg.report.ConfidenceInterval;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.History;
import dev.thalweg.train.Tested;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.statistics.descriptive.Mean;

/** What the trainings of a cross-validation came to, each tested on the fold that it did not learn from. */
final class FoldResults {
    private final Folds folds;
    private final List<Result> results = new ArrayList<>();

    private record Result(int learnt, int validated, int tested, int epochs, Tested test) {
        Evaluation evaluation() {
            return test.evaluation();
        }
    }

    /** Where a picture was tested on: in which fold, and at which place there. */
    private record Spot(int fold, int place) {}

    FoldResults(Folds folds) {
        this.folds = folds;
    }

    /** Takes in the next fold. */
    void add(DataSplit pictures, History history, Tested test) {
        results.add(new Result(
                pictures.train().size(),
                pictures.validation().map(part -> part.size()).orElse(0),
                pictures.test().size(),
                history.epochs().size(),
                test));
    }

    /** The metrics of all folds, which are the same. */
    private List<String> metrics() {
        return List.copyOf(results.getFirst().evaluation().metrics().keySet());
    }

    /** Says what the folds come to on average. */
    void print(PrintStream out) {
        print("loss", Evaluation::loss, out);
        metrics().forEach(name -> print(name.replace('_', ' '), evaluation -> evaluation.metric(name), out));
    }

    private void print(String name, ToDoubleFunction<Evaluation> number, PrintStream out) {
        double[] values = results.stream()
                .mapToDouble(result -> number.applyAsDouble(result.evaluation()))
                .toArray();
        String interval = ConfidenceInterval.ofMean(values)
                .map(known -> " (" + known + ")")
                .orElse("");
        out.printf(
                Locale.ROOT,
                "Mean %s of %d folds: %.4f%s%n",
                name,
                values.length,
                Mean.of(values).getAsDouble(),
                interval);
    }

    /** Writes a row for each fold. */
    void writeFolds(Path file) throws IOException {
        List<Object> header = new ArrayList<>(List.of("fold", "train", "validation", "test", "epochs", "loss"));
        header.addAll(metrics());
        header.addAll(List.of("lower", "upper"));
        List<List<Object>> rows = new ArrayList<>();
        for (int fold = 0; fold < results.size(); fold++) {
            Result result = results.get(fold);
            List<Object> row = new ArrayList<>(List.of(
                    fold + 1,
                    result.learnt(),
                    result.validated(),
                    result.tested(),
                    result.epochs(),
                    result.evaluation().loss()));
            row.addAll(result.evaluation().metrics().values());
            Optional<ConfidenceInterval> interval = ConfidenceInterval.of(
                    folds.pictures().targets().select(folds.indices(fold)),
                    result.test().predictions());
            row.add(interval.<Object>map(ConfidenceInterval::lower).orElse(""));
            row.add(interval.<Object>map(ConfidenceInterval::upper).orElse(""));
            rows.add(row);
        }
        write(file, header, rows);
    }

    /** Writes a row for each picture, in their order, with what the model said that had not learnt from it. */
    void writePredictions(Path file) throws IOException {
        Spot[] spots = new Spot[folds.pictures().size()];
        for (int fold = 0; fold < results.size(); fold++) {
            int[] indices = folds.indices(fold);
            for (int place = 0; place < indices.length; place++) {
                spots[indices[place]] = new Spot(fold, place);
            }
        }
        Targets targets = folds.pictures().targets();
        List<Predictions> said = results.stream()
                .map(result -> result.test().predictions().probabilities())
                .toList();
        List<Object> header = new ArrayList<>(List.of(folds.name(0).isPresent() ? "file" : "picture", "fold"));
        header.addAll(AnswerCells.columns(targets.spec(), targets.outputs()));
        List<List<Object>> rows = new ArrayList<>();
        for (int picture = 0; picture < spots.length; picture++) {
            Spot spot = spots[picture];
            List<Object> row = new ArrayList<>();
            row.add(folds.name(picture).<Object>map(name -> name).orElse(picture));
            row.add(spot.fold() + 1);
            row.addAll(AnswerCells.of(targets, picture, said.get(spot.fold()), spot.place()));
            rows.add(row);
        }
        write(file, header, rows);
    }

    private static void write(Path file, List<Object> header, List<List<Object>> rows) throws IOException {
        AtomicFile.write(file, out -> {
            Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
            CSVPrinter printer = new CSVPrinter(writer, CSVFormat.RFC4180);
            printer.printRecord(header);
            printer.printRecords(rows);
            printer.flush();
        });
    }
}
