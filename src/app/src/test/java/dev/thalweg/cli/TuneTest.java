package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.ForkedJvm;
import dev.thalweg.TinyPictures;
import dev.thalweg.format.SafetensorsReader;
import dev.thalweg.metric.Accuracy;
import dev.thalweg.metric.MeanAbsoluteError;
import dev.thalweg.metric.Metric;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.train.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuneTest {
    /** Epochs of a whole round of trainings of three epochs. */
    private static final int ROUND = 11;

    @TempDir
    private Path directory;

    private Path pictures() throws IOException {
        return TinyPictures.write(directory.resolve("data"), 100, 20, 8);
    }

    private List<String> words(Path output, String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                "tune",
                "--data",
                pictures().toString(),
                "--preset",
                "essay",
                "--output",
                output.toString(),
                "--seed",
                "5",
                "--batch-size",
                "16",
                "--backend",
                "java",
                "--threads",
                "1",
                "--validation",
                "0.3"));
        words.addAll(List.of(more));
        return words;
    }

    private MainTest.Result tune(Path output, String... more) throws IOException {
        return MainTest.run(words(output, more).toArray(String[]::new));
    }

    private static void assertEnds(int exit, MainTest.Result result) {
        assertEquals(exit, result.exit(), result.err() + result.out());
    }

    private static List<String> table(Path output) throws IOException {
        return Files.readAllLines(output.resolve("trials.csv"));
    }

    private static Map<String, List<Integer>> weights(Path folder) throws IOException {
        Map<String, List<Integer>> weights = new LinkedHashMap<>();
        try (SafetensorsReader reader = SafetensorsReader.open(folder.resolve("model.safetensors"))) {
            for (String name : reader.names()) {
                List<Integer> bits = new ArrayList<>();
                for (float value : reader.values(name)) {
                    bits.add(Float.floatToIntBits(value));
                }
                weights.put(name, bits);
            }
        }
        return weights;
    }

    private static String line(String out, String begin) {
        return out.lines()
                .filter(line -> line.startsWith(begin))
                .findFirst()
                .orElseThrow(() -> new AssertionError(out));
    }

    /** A round with its brackets: the trials and how long each was trained, and what is left behind. */
    @Test
    void triesARoundAndKeepsTheBest() throws IOException {
        Path output = directory.resolve("tune");
        MainTest.Result result = tune(output, "--budget", ROUND + "epochs");
        assertEnds(0, result);
        List<String> table = table(output);
        assertEquals(
                "trial,bracket,epochs,validation_accuracy,validation_loss,learning-rate,weight-decay,augment,model,"
                        + "failure",
                table.getFirst());
        List<String[]> rows = table.stream()
                .skip(1)
                .map(row -> row.replaceAll("\"[^\"]*\"", "quoted").split(",", -1))
                .toList();
        assertEquals(5, rows.size());
        assertEquals(
                ROUND, rows.stream().mapToInt(row -> Integer.parseInt(row[2])).sum());
        assertEquals(3, rows.stream().filter(row -> row[2].equals("3")).count());
        double best = Double.parseDouble(rows.getFirst()[3]);
        assertTrue(rows.stream().filter(row -> row[2].equals("3")).allMatch(row -> Double.parseDouble(row[3]) <= best));
        assertTrue(
                line(result.out(), "Best: trial ").startsWith("Best: trial " + rows.getFirst()[0] + ", after 3 of 3"));
        line(result.out(), "Test accuracy: ");
        assertTrue(Files.exists(output.resolve("report.html")));
        try (Stream<Path> runs = Files.list(output.resolve("tensorboard"))) {
            assertEquals(5, runs.count(), "a run for each trial");
        }
        long checkpoints = 0;
        for (int trial = 1; trial <= 5; trial++) {
            Path folder = output.resolve(String.format("trials/trial-%04d", trial));
            assertTrue(Files.exists(folder.resolve("history.csv")), folder::toString);
            checkpoints += ModelCheckpoint.last(folder.resolve("checkpoints")).isPresent() ? 1 : 0;
        }
        assertEquals(1, checkpoints, "the best one's");

        Path again = directory.resolve("again");
        assertEnds(0, tune(again, "--budget", ROUND + "epochs", "--no-test"));
        assertEquals(table, table(again), "the seed alone says what comes out");
        assertEquals(weights(output), weights(again));
        assertFalse(Files.exists(again.resolve("report.html")));

        String command = line(result.out(), "thalweg train ");
        Path trained = directory.resolve("trained");
        MainTest.Result train = MainTest.run(Stream.concat(
                        Stream.of(command.substring("thalweg ".length()).split(" ")),
                        Stream.of("--output", trained.toString()))
                .toArray(String[]::new));
        assertEnds(0, train);
        assertEquals(weights(output), weights(trained), "the long command gives the same model");
        assertEquals(line(result.out(), "Test accuracy: "), line(train.out(), "Test accuracy: "));
    }

    /** Ended by its budget again and again, within rungs and between them, it comes to the same. */
    @Test
    void aGreaterBudgetGoesOn() throws IOException {
        Path whole = directory.resolve("whole");
        assertEnds(0, tune(whole, "--budget", "23epochs", "--epochs", "9"));
        Path broken = directory.resolve("broken");
        assertEnds(0, tune(broken, "--budget", "5epochs", "--epochs", "9", "--no-test"));
        for (String budget : List.of("5", "11", "17", "23")) {
            assertEnds(
                    0, MainTest.run("tune", "--output", broken.toString(), "--resume", "--budget", budget + "epochs"));
        }
        assertEquals(table(whole), table(broken));
        assertEquals(weights(whole), weights(broken));
        MainTest.Result other = tune(broken, "--resume", "--epochs", "27");
        assertEnds(2, other);
        assertTrue(other.err().contains("--epochs: expected '9', as this tune began with"), other.err());
        assertTrue(tune(broken, "--resume", "--epochs", "9", "--optimizer", "adam")
                .err()
                .contains("--optimizer: expected nothing, as this tune began without it, got 'adam'"));
        assertTrue(tune(broken).err().contains("holds an earlier tune: expected --resume"));
    }

    @Test
    void killedItGoesOnToTheSame() throws Exception {
        String[] limits = {"--trials", "5", "--epochs", "9"};
        Path whole = directory.resolve("whole");
        assertEnds(0, tune(whole, limits));
        Path killed = directory.resolve("killed");
        boolean resumed = false;
        for (int kill = 0; kill < 3; kill++) {
            List<String> words = words(killed, limits);
            if (resumed) {
                words.add("--resume");
            }
            int before = progress(killed);
            Process run = new ForkedJvm()
                    .with("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
                    .builder(Main.class, words.toArray(String[]::new))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                while (run.isAlive() && (!resumed(killed) || progress(killed) < before + 4)) {
                    Thread.sleep(1);
                }
                if (kill == 1) {
                    // As Ctrl-C does: it ends by itself.
                    run.destroy();
                    assertTrue(run.waitFor(60, TimeUnit.SECONDS));
                }
            } finally {
                run.destroyForcibly();
                assertTrue(run.waitFor(30, TimeUnit.SECONDS));
            }
            resumed = resumed(killed);
            assertTrue(resumed);
        }
        assertEnds(0, tune(killed, "--trials", "5", "--epochs", "9", "--resume"));
        assertEquals(table(whole), table(killed));
        assertEquals(weights(whole), weights(killed));
    }

    private static boolean resumed(Path folder) {
        return Files.exists(folder.resolve("tune.json"));
    }

    /** How many rows the tables of its trials have. */
    private static int progress(Path folder) throws IOException {
        int rows = 0;
        for (int trial = 1; trial <= 5; trial++) {
            Path history = folder.resolve(String.format("trials/trial-%04d/history.csv", trial));
            rows += Files.exists(history) ? Files.readAllLines(history).size() : 0;
        }
        return rows;
    }

    /** A trial that diverges is one of the table, and the others go on. */
    @Test
    void whatDivergesIsNotTheEnd() throws IOException {
        Path output = directory.resolve("tune");
        MainTest.Result result =
                tune(output, "--budget", "12epochs", "--epochs", "3", "--momentum", "0", "--l1", "1e30");
        assertEnds(1, result);
        assertTrue(result.err().contains("all trials failed, the first one so: the training diverged"), result.err());
        List<String> table = table(output);
        assertEquals(13, table.size(), "an epoch that failed is one of the budget");
        assertTrue(table.stream().skip(1).allMatch(row -> row.contains("the training diverged")), table::toString);
    }

    /** A time is a limit of what is begun, and what was begun within it can go on. */
    @Test
    void aTimeEndsIt() throws IOException {
        Path output = directory.resolve("tune");
        MainTest.Result result = tune(output, "--budget", "3s", "--no-test");
        assertTrue(result.exit() == 0 || result.err().contains("no trial came through its first epoch"), result.err());
        long trials = table(output).size();
        assertTrue(trials > 1);
        assertEnds(0, tune(output, "--resume", "--budget", "10s"));
        assertTrue(table(output).size() >= trials);
    }

    private static Trial trial(int number, String failure, double... metrics) {
        return new Trial(
                number,
                0,
                Map.of(),
                Arrays.stream(metrics).mapToObj(m -> new Trial.Score(m, 1 - m)).toList(),
                failure);
    }

    /** Longer ones first, of these the better ones, by the loss where the metric is the same; failed ones last. */
    @Test
    void theBestIsOneThatWasTrainedLongest() throws IOException {
        List<Trial> trials = List.of(
                trial(1, null, 0.9),
                trial(2, null, 0.9, 0.5),
                trial(3, null, 0.1, 0.6),
                trial(4, "too much memory", 0.9, 0.8),
                trial(5, null),
                new Trial(6, 0, Map.of(), List.of(new Trial.Score(0, 0), new Trial.Score(0.6, 0.1)), null));
        assertEquals(List.of("6", "3", "2", "1", "5", "4"), order(new Accuracy(), trials));
        assertEquals(List.of("2", "6", "3", "1", "5", "4"), order(new MeanAbsoluteError(), trials));
        assertTrue(new TrialTable(new Accuracy(), List.of())
                .best(List.of(trials.get(3), trials.get(4)))
                .isEmpty());
    }

    private List<String> order(Metric metric, List<Trial> trials) throws IOException {
        Path file = directory.resolve("order.csv");
        TrialTable table = new TrialTable(metric, List.of());
        table.write(trials, file);
        List<String> numbers = Files.readAllLines(file).stream()
                .skip(1)
                .map(row -> row.split(",", -1)[0])
                .toList();
        assertEquals(
                numbers.getFirst(),
                Integer.toString(table.best(trials).orElseThrow().number()));
        return numbers;
    }

    @Test
    void searchesWhatIsLeftOpen() {
        PresetFacts facts = new PresetFacts(32, 3, 50_000, 10, TargetKind.CLASSES, false, false, false, false, false);
        SearchSpace space = SearchSpace.read();
        Map<String, String> chosen = new LinkedHashMap<>(Map.of("--learning-rate", "0.2", "--l2", "0.001"));
        chosen.put("--model", "resnet20");
        List<Axis> all = space.axes(facts, chosen, _ -> false);
        assertEquals(
                List.of("--learning-rate", "--l2", "--augment", "--model"),
                all.stream().map(Axis::option).toList());
        assertEquals(0.02, all.getFirst().from(), 1e-12);
        assertEquals(2, all.getFirst().to(), 1e-12);
        assertEquals(List.of("resnet20", "resnet32", "resnet56"), all.getLast().values());
        assertEquals(
                List.of("--learning-rate"),
                space.axes(facts, chosen, List.of("--l2", "--augment", "--model")::contains).stream()
                        .map(Axis::option)
                        .toList());
        chosen.put("--model", "vit-tiny");
        assertTrue(space.axes(facts, chosen, _ -> false).stream()
                .noneMatch(axis -> axis.option().equals("--model")));
    }

    /** Each order of magnitude as often as the others, and always the same for a seed. */
    @Test
    void drawsLogUniformly() {
        Axis axis = Axis.between("--learning-rate", 0.001, 1);
        int draws = 3000;
        int[] magnitudes = new int[3];
        for (int trial = 0; trial < draws; trial++) {
            double rate = Double.parseDouble(axis.draw(Axis.random(7, trial)));
            assertTrue(rate >= 0.001 && rate <= 1, () -> "drew " + rate);
            assertEquals(rate, Double.parseDouble(axis.draw(Axis.random(7, trial))));
            magnitudes[Math.min(2, (int) Math.floor(Math.log10(rate) + 3 + 1e-9))]++;
        }
        for (int count : magnitudes) {
            // Five deviations of a binomial distribution.
            assertEquals(draws / 3.0, count, 5 * Math.sqrt(draws * 2 / 9.0), Arrays.toString(magnitudes));
        }
    }

    /** All words of the space are options that the program understands. */
    @Test
    void everyWordOfTheSpaceIsUnderstood() {
        for (SearchSpace.Dimension dimension : SearchSpace.read().dimensions()) {
            List<String> values = dimension.factors() == null ? List.copyOf(dimension.values()) : List.of("0.001");
            for (String value : values) {
                if (!value.isEmpty()) {
                    dimension.options().forEach(option -> TuneCommand.parsed(Map.of(option, value)));
                }
            }
        }
    }
}
