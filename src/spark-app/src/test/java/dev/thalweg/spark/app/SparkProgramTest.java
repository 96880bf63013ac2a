package dev.thalweg.spark.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.data.ChannelStatistics;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.spark.HuggingFaceTable;
import dev.thalweg.spark.LocalCluster;
import dev.thalweg.spark.ShapeFolders;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as {@code spark-submit} runs it, in a process of its own. */
class SparkProgramTest {
    @TempDir
    private static Path directory;

    private static LocalCluster cluster;
    private static Path pictures;
    private static int logs;

    @BeforeAll
    static void start() throws Exception {
        pictures = Files.createDirectory(directory.resolve("pictures"));
        try (DataSplit shapes = ShapesDataset.generate(80, 40, 1)) {
            ShapeFolders.write(shapes.train(), pictures.resolve("train"));
            ShapeFolders.write(shapes.test(), pictures.resolve("test"));
            Path whole = directory.resolve("whole");
            ShapeFolders.write(shapes.train(), whole.resolve("train"));
            ShapeFolders.write(shapes.test(), whole.resolve("test"));
            // Those to validate with may lack a class, which folders of one machine may not.
            Path validation = pictures.resolve("val");
            ShapeFolders.write(shapes.test(), validation);
            Path first = validation.resolve(shapes.test().classNames().getFirst());
            try (Stream<Path> files = Files.list(first)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(first);
        }
        writeTables(directory.resolve("whole"), directory.resolve("tables"));
        cluster = LocalCluster.start(Files.createDirectory(directory.resolve("spark")), 2, Map.of());
    }

    /** Writes the pictures of a folder as Hugging Face has them. */
    private static void writeTables(Path folder, Path tables) throws IOException {
        List<String> classNames;
        try (Stream<Path> folders = Files.list(folder.resolve("train"))) {
            classNames =
                    folders.map(each -> each.getFileName().toString()).sorted().toList();
        }
        Files.createDirectories(tables);
        Files.writeString(tables.resolve("README.md"), "What lies beside tables is none.");
        for (String part : List.of("train", "test")) {
            HuggingFaceTable.write(
                    tables.resolve(part + "-00000-of-00001.parquet"),
                    HuggingFaceTable.names("label", classNames),
                    HuggingFaceTable.ofFolder(folder.resolve(part), classNames));
        }
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static String url(String name) {
        return directory.resolve(name).toUri().toString();
    }

    /**
     * A run of the program.
     *
     * @param process that runs it
     * @param log of all that it says
     */
    private record Run(Process process, Path log) {
        static Run begin(String... arguments) throws IOException {
            Path log = directory.resolve("log-" + logs++);
            return new Run(cluster.submit("dev.thalweg.cli.Main", log, arguments), log);
        }

        /** What it said, once it has ended as it should. */
        String ended(int code) throws Exception {
            assertTrue(process.waitFor(120, TimeUnit.SECONDS), "must end");
            String said = Files.readString(log);
            assertEquals(code, process.exitValue(), said);
            return said;
        }
    }

    private static String[] training(String output, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "spark-train",
                "--data",
                url("pictures"),
                "--image-size",
                "32x32",
                "--workers",
                "2",
                "--model",
                "cnn",
                "--batch-size",
                "16",
                "--output",
                directory.resolve(output).toString()));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    @Test
    void trainsTestsAndAnswers() throws Exception {
        String trained = Run.begin(training("out", "--epochs", "2", "--early-stopping", "2", "--standardize"))
                .ended(0);
        assertTrue(trained.contains("Epoch 2/2") && trained.contains("validation accuracy"), trained);
        Path file = directory.resolve("out/model.safetensors");
        assertTrue(Files.exists(directory.resolve("out/history.csv")));
        String accuracy;
        try (Model model = Model.load(file)) {
            accuracy = accuracyOnOneMachine(model);
        }
        assertTrue(trained.contains(accuracy), trained);
        List<Run> answers = new ArrayList<>();
        Run test = Run.begin("spark-evaluate", "--model", file.toString(), "--data", url("pictures"));
        String[] prediction = {"spark-predict", "--model", file.toString(), "--data"};
        answers.add(Run.begin(with(prediction, url("pictures/test"), "--output", url("answers-0"))));
        answers.add(Run.begin(with(prediction, url("tables"), "--output", url("answers-1"))));
        String tested = test.ended(0);
        assertTrue(tested.contains(accuracy), tested);
        for (int i = 0; i < answers.size(); i++) {
            answers.get(i).ended(0);
            try (Stream<Path> written = Files.list(directory.resolve("answers-" + i))) {
                assertTrue(written.anyMatch(each -> each.toString().endsWith(".parquet")));
            }
        }
    }

    private static String[] with(String[] words, String... more) {
        return Stream.of(words, more).flatMap(Arrays::stream).toArray(String[]::new);
    }

    private static String accuracyOnOneMachine(Model model) throws IOException {
        try (DataSplit split = ImageFolder.of(directory.resolve("whole"))
                .imageShape(Shape.of(3, 32, 32))
                .read()) {
            assertEquals(split.test().classNames(), model.targets().names());
            assertEquals(ChannelStatistics.standardization(split.train()), model.normalization());
            return String.format(
                    Locale.ROOT,
                    "Test accuracy: %.4f",
                    model.evaluate(split.test()).accuracy());
        }
    }

    @Test
    void whatCannotBeMeantIsToldInOneLine() throws Exception {
        List<List<String>> mistakes = List.of(
                List.of("--keep-best"),
                List.of("--backend", "java"),
                List.of("--patience", "1"),
                List.of("--gradient-precision", "f16"),
                List.of("--checkpoint-every", "3"));
        List<Run> runs = new ArrayList<>();
        for (List<String> mistake : mistakes) {
            runs.add(Run.begin(training("none", mistake.toArray(String[]::new))));
        }
        for (int i = 0; i < runs.size(); i++) {
            String said = runs.get(i).ended(2);
            String option = "thalweg: " + mistakes.get(i).getFirst();
            assertTrue(said.lines().anyMatch(line -> line.startsWith(option)), said);
        }
        assertFalse(Files.exists(directory.resolve("none")));
    }

    /** As Ctrl-C at a terminal; the same command goes on. Copies of what lies in tables are deleted each time. */
    @Test
    void isInterruptedWithACheckpoint() throws Exception {
        String[] words = with(
                training("long", "--epochs", "400", "--standardize", "--checkpoints", url("checkpoints")),
                "--staging",
                url("staging"));
        words[List.of(words).indexOf(url("pictures"))] = url("tables");
        Run run = Run.begin(words);
        while (!Files.exists(directory.resolve("checkpoints")) && run.process().isAlive()) {
            Thread.sleep(50);
        }
        assertEquals(
                0,
                new ProcessBuilder("kill", "-INT", String.valueOf(run.process().pid()))
                        .start()
                        .waitFor());
        String said = run.ended(130);
        assertTrue(said.contains("Go on by the same command"), said);
        assertNothingIn(directory.resolve("staging"));
        int before = epochs(said);
        words[List.of(words).indexOf("400")] = String.valueOf(before + 2);
        String resumed = Run.begin(words).ended(0);
        assertFalse(resumed.contains("Epoch 1/"), resumed);
        assertEquals(before + 2, epochs(resumed));
        assertNothingIn(directory.resolve("staging"));
        try (Model model = Model.load(directory.resolve("long/model.safetensors"))) {
            assertTrue(resumed.contains(accuracyOnOneMachine(model)), resumed);
        }
    }

    private static void assertNothingIn(Path folder) throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    private static int epochs(String said) {
        return said.lines()
                .filter(line -> line.startsWith("Epoch "))
                .mapToInt(line -> Integer.parseInt(line.replaceAll("Epoch (\\d+)/.*", "$1")))
                .max()
                .orElseThrow();
    }
}
