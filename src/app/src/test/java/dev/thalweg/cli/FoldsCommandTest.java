package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.ForkedJvm;
import dev.thalweg.TinyPictures;
import dev.thalweg.cli.MainTest.Result;
import dev.thalweg.data.PictureFolder;
import dev.thalweg.report.ConfidenceInterval;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code thalweg train --folds}. */
class FoldsCommandTest {
    @TempDir
    private Path directory;

    private static String[] words(Path data, Path output, String... more) {
        return Stream.concat(
                        Stream.of(
                                "train",
                                "--model",
                                "cnn",
                                "--data",
                                data.toString(),
                                "--output",
                                output.toString(),
                                "--batch-size",
                                "8",
                                "--backend",
                                "java",
                                "--threads",
                                "1"),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    private static Result train(Path data, Path output, String... more) {
        return MainTest.run(words(data, output, more));
    }

    private static void done(Result result) {
        assertEquals(0, result.exit(), result.err());
    }

    private static List<CSVRecord> rows(Path file) throws IOException {
        try (CSVParser parser = CSVParser.builder()
                .setReader(Files.newBufferedReader(file))
                .setFormat(CSVFormat.RFC4180
                        .builder()
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .get())
                .get()) {
            return parser.getRecords();
        }
    }

    private static double number(CSVRecord row, String column) {
        return Double.parseDouble(row.get(column));
    }

    /** What is told of the folds is what follows from what is told of each picture. */
    @Test
    void everyPictureIsJudgedOnceByAModelThatHasNotLearntFromIt() throws IOException {
        Path data = SomePictures.darkAndLight(directory.resolve("data"));
        Path output = directory.resolve("run");
        // So few steps that not all are right.
        Result result = train(data, output, "--folds", "3", "--epochs", "2", "--learning-rate", "0.002");
        done(result);
        List<CSVRecord> pictures = rows(output.resolve("predictions.csv"));
        Set<String> files =
                pictures.stream().map(row -> row.get("file")).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(40, files.size());
        assertEquals(40, pictures.size());
        List<CSVRecord> folds = rows(output.resolve("folds.csv"));
        assertEquals(3, folds.size());
        List<Double> accuracies = new ArrayList<>();
        for (CSVRecord fold : folds) {
            List<CSVRecord> tested = pictures.stream()
                    .filter(row -> row.get("fold").equals(fold.get("fold")))
                    .toList();
            assertEquals(tested.size(), (int) number(fold, "test"));
            assertEquals(40, number(fold, "train") + number(fold, "test"));
            assertEquals("0", fold.get("validation"));
            assertEquals("2", fold.get("epochs"));
            int right = 0;
            double loss = 0;
            for (CSVRecord row : tested) {
                assertTrue(row.get("file").startsWith(row.get("true") + "/"), row.get("file"));
                boolean isRight = row.get("true").equals(row.get("predicted"));
                right += isRight ? 1 : 0;
                assertEquals(isRight, number(row, "probability") > 0.5);
                loss -= Math.log(number(row, "probability"));
            }
            assertEquals((double) right / tested.size(), number(fold, "accuracy"), 1e-12);
            assertEquals(loss / tested.size(), number(fold, "loss"), 1e-5);
            ConfidenceInterval interval = ConfidenceInterval.ofShare(right, tested.size());
            assertEquals(interval.lower(), number(fold, "lower"));
            assertEquals(interval.upper(), number(fold, "upper"));
            assertTrue(
                    result.out()
                            .contains(String.format(
                                    Locale.ROOT,
                                    "Fold %s accuracy: %.4f (%s)",
                                    fold.get("fold"),
                                    number(fold, "accuracy"),
                                    interval)),
                    result.out());
            accuracies.add(number(fold, "accuracy"));
        }
        double[] all = accuracies.stream().mapToDouble(a -> a).toArray();
        assertTrue(
                result.out()
                        .contains(String.format(
                                Locale.ROOT,
                                "Mean accuracy of 3 folds: %.4f (%s)",
                                accuracies.stream()
                                        .mapToDouble(a -> a)
                                        .average()
                                        .orElseThrow(),
                                ConfidenceInterval.ofMean(all).orElseThrow())),
                result.out());
        assertFalse(Files.exists(output.resolve("model.safetensors")));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    @Test
    void theSameSeedGivesTheSameAndWhatIsDoneIsNotDoneAgain() throws IOException {
        Path data = SomePictures.darkAndLight(directory.resolve("data"));
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        String[] more = {"--folds", "3", "--epochs", "2", "--early-stopping", "1", "--average-weights", "0.9"};
        done(train(data, first, more));
        done(train(data, second, more));
        byte[] predictions = Files.readAllBytes(first.resolve("predictions.csv"));
        assertArrayEquals(predictions, Files.readAllBytes(second.resolve("predictions.csv")));
        assertTrue(number(rows(first.resolve("folds.csv")).getFirst(), "validation") > 0, "early stopping needs some");

        // As one leaves it that was killed in the second fold.
        Files.delete(second.resolve("predictions.csv"));
        delete(second.resolve("fold-2"));
        delete(second.resolve("fold-3"));
        Path history = second.resolve("fold-1/history.csv");
        byte[] before = Files.readAllBytes(history);
        Result again = train(data, second, more);
        assertTrue(again.exit() == 2 && again.err().contains("expected --resume to go on from them"), again.err());
        done(train(
                data,
                second,
                Stream.concat(Stream.of(more), Stream.of("--resume")).toArray(String[]::new)));
        assertArrayEquals(predictions, Files.readAllBytes(second.resolve("predictions.csv")));
        // It tells the seconds of each epoch, which are others each time.
        assertArrayEquals(before, Files.readAllBytes(history), "the first fold was not trained again");

        Result without = train(data, second, "--epochs", "2", "--resume");
        assertTrue(without.exit() == 2 && without.err().contains("expected --folds with it, as before"), without.err());
        Result other = train(data, second, "--folds", "4", "--epochs", "2", "--resume", "--early-stopping", "1");
        assertTrue(other.exit() == 1 && other.err().contains("checkpoint of another training"), other.err());
        Path plain = directory.resolve("plain");
        done(train(data, plain, "--epochs", "1"));
        Result folded = train(data, plain, "--folds", "2", "--epochs", "1", "--resume");
        assertTrue(folded.exit() == 2 && folded.err().contains("expected no --folds"), folded.err());
    }

    /** It ends where it is told to, and goes on to the same. */
    @Test
    void aSignalEndsItCleanly() throws Exception {
        Path data = TinyPictures.write(directory.resolve("data"), 60, 20, 8);
        Path whole = directory.resolve("whole");
        Path stopped = directory.resolve("stopped");
        String[] more = {"--folds", "3", "--epochs", "30"};
        done(train(data, whole, more));
        Process run = new ForkedJvm()
                .with("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                .builder(Main.class, words(data, stopped, more))
                .start();
        try {
            while (run.isAlive() && !new RunFiles(stopped.resolve("fold-2")).isBegun()) {
                Thread.sleep(1);
            }
        } finally {
            // Its handle leaves open what it has said.
            run.toHandle().destroy();
        }
        ForkedJvm.finish(run).expect(143, "Fold 2 of 3", "Go on with: --output " + stopped + " --resume");
        assertFalse(Files.exists(stopped.resolve("predictions.csv")));
        done(train(data, stopped, "--folds", "3", "--epochs", "30", "--resume"));
        assertArrayEquals(
                Files.readAllBytes(whole.resolve("predictions.csv")),
                Files.readAllBytes(stopped.resolve("predictions.csv")));
        List<CSVRecord> rows = rows(whole.resolve("predictions.csv"));
        // Those to learn from alone, by their number: there are no files.
        assertEquals(60, rows.size());
        assertEquals("59", rows.getLast().get("picture"));
    }

    @Test
    void thePartForTheTestIsNotLookedAt() throws IOException {
        PictureFolder folder = new PictureFolder(directory.resolve("data"));
        for (String name : List.of("a", "b")) {
            int colour = name.equals("a") ? 0 : 0xffff00;
            folder.withClass("train/" + name, 8, colour)
                    .withClass("val/" + name, 3, colour)
                    .withDamaged("test/" + name + "/0.png");
        }
        Path output = directory.resolve("run");
        Result result = train(folder.path(), output, "--folds", "4", "--epochs", "1");
        done(result);
        assertTrue(
                result.out().contains("Training on 12 pictures")
                        && result.out().contains("validating on 6, testing on 4"),
                result.out());
        List<CSVRecord> rows = rows(output.resolve("predictions.csv"));
        assertEquals(16, rows.size());
        assertTrue(rows.stream().allMatch(row -> row.get("file").startsWith("train/")), rows::toString);
    }

    @Test
    void numbersAndLabelsHaveTheirColumns() throws IOException {
        Path data = SomePictures.darkAndLight(directory.resolve("data"));
        List<String> numbers = new ArrayList<>(List.of("file,x,y"));
        List<String> labels = new ArrayList<>(List.of("file,labels"));
        for (int i = 0; i < 20; i++) {
            numbers.add("dark/" + i + ".png,0," + i + "\nlight/" + i + ".png,1,-0.5");
            labels.add("dark/" + i + ".png,\nlight/" + i + ".png,bright;new");
        }
        Path table = Files.write(directory.resolve("numbers.csv"), numbers);
        Path output = directory.resolve("numbers");
        done(train(
                data,
                output,
                "--targets",
                table.toString(),
                "--folds",
                "2",
                "--epochs",
                "1",
                "--learning-rate",
                "0.0001"));
        CSVRecord first = rows(output.resolve("predictions.csv")).getFirst();
        assertEquals(
                List.of("file", "fold", "true x", "true y", "predicted x", "predicted y"),
                first.getParser().getHeaderNames());
        assertEquals("dark/0.png", first.get("file"));
        assertEquals(0, number(first, "true y"));
        assertTrue(Double.isFinite(number(first, "predicted y")));

        table = Files.write(directory.resolve("labels.csv"), labels);
        output = directory.resolve("labels");
        done(train(data, output, "--targets", table.toString(), "--folds", "2", "--epochs", "1"));
        CSVRecord last = rows(output.resolve("predictions.csv")).getLast();
        assertEquals(
                List.of("file", "fold", "true", "predicted", "probability bright", "probability new"),
                last.getParser().getHeaderNames());
        assertEquals("bright;new", last.get("true"));
        assertEquals(
                number(last, "probability new") > 0.5,
                List.of(last.get("predicted").split(";")).contains("new"));
    }
}
