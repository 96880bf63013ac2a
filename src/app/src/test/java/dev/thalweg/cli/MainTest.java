package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    @TempDir
    private Path directory;

    record Result(int exit, String out, String err) {}

    static Result run(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            if (arguments.length > 0 && arguments[0].equals("train")) {
                arguments = train(arguments);
            }
            CommandLine line = Main.commandLine(arguments)
                    .setErr(new PrintWriter(err, true))
                    .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
            int exit = line.execute(arguments);
            return new Result(exit, out.toString(StandardCharsets.UTF_8), err.toString());
        } finally {
            System.setOut(before);
        }
    }

    /** The options that a test names are all there are, but for a place: else the folder would be in the project. */
    private static String[] train(String... arguments) {
        List<String> words = new ArrayList<>(List.of(arguments));
        if (!words.contains("--output")) {
            words.addAll(List.of("--output", "target/test-runs/" + System.nanoTime()));
        }
        if (!words.contains("--preset")) {
            words.addAll(List.of("--preset", "none"));
        }
        return words.toArray(String[]::new);
    }

    private Path folder() throws IOException {
        return SomePictures.darkAndLight(directory.resolve("pictures"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"onednn", "java"})
    void trainsOnAFolderSavesEvaluatesAndPredicts(String backend) throws IOException {
        Path folder = folder();
        Path model = directory.resolve("model.safetensors");
        Result trained = run(
                "train",
                "--data",
                folder.toString(),
                "--epochs",
                "8",
                "--batch-size",
                "8",
                "--learning-rate",
                "0.05",
                "--backend",
                backend,
                "--threads",
                "2",
                "--seed",
                "3",
                "--save",
                model.toString());
        assertEquals(0, trained.exit(), trained.err());
        assertTrue(trained.out().contains("Test accuracy: 1.0000"), trained.out());
        assertTrue(trained.out().contains("Backend " + backend + ", 2 threads"), trained.out());
        assertTrue(trained.out().contains("Epoch 8/8"), trained.out());
        assertTrue(trained.out().contains("images/s"), trained.out());

        Result evaluated =
                run("evaluate", model.toString(), "--data", folder.toString(), "--seed", "3", "--backend", backend);
        assertEquals(0, evaluated.exit(), evaluated.err());
        assertTrue(evaluated.out().contains("Test accuracy: 1.0000"), evaluated.out());

        Result predicted = run(
                "predict",
                model.toString(),
                folder.resolve("dark/1.png").toString(),
                folder.resolve("light/2.png").toString());
        assertEquals(0, predicted.exit(), predicted.err());
        List<String> lines = predicted.out().lines().toList();
        assertTrue(lines.get(0).matches(".*dark/1\\.png: +dark [01]\\.\\d{4}  light [01]\\.\\d{4}"), predicted.out());
        Result json = run(
                "predict",
                "--json",
                "--top",
                "1",
                model.toString(),
                folder.resolve("dark/1.png").toString());
        assertEquals(
                "dark",
                new ObjectMapper()
                        .readTree(json.out())
                        .get(0)
                        .get("classes")
                        .get(0)
                        .get("name")
                        .asText(),
                json.out());
        assertEquals(
                1, new ObjectMapper().readTree(json.out()).get(0).get("classes").size());
        assertTrue(lines.get(1).matches(".*light/2\\.png: +light [01]\\.\\d{4}  dark [01]\\.\\d{4}"), predicted.out());
    }

    @Test
    void theSameSeedPrintsTheSameResult() throws IOException {
        String[] command = {"train", "--data", folder().toString(), "--epochs", "2", "--seed", "9"};
        assertEquals(numbers(run(command)), numbers(run(command)));
    }

    /** What was printed but for the speed. */
    private static String numbers(Result result) {
        assertTrue(result.out().contains("Test loss"), result.err());
        return result.out().replaceAll("[0-9,]+ images/s|target/test-runs/\\d+", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | expected a command | ",
                "2 | Unknown option: '--lerning-rate | train --lerning-rate=3",
                "2 | Invalid value for option '--epochs' | train --epochs many",
                "2 | Missing required parameter: 'MODEL' | evaluate",
                "2 | expected HEIGHTxWIDTH | train --image-size big --data .",
                "1 | there is no such file or directory | train --data /nowhere",
                "2 | Invalid value for option '--optimizer' | train --optimizer sdg",
                "2 | Invalid value for option '--schedule' | train --schedule zigzag",
                "1 | there is no such file or directory | evaluate /nowhere/model.safetensors",
                "1 | is a folder, expected a safetensors file | evaluate src",
            })
    void aMistakeIsOneHelpfulLineAndAnExitCode(int exit, String part, String arguments) {
        Result result = run(arguments == null ? new String[0] : arguments.split(" "));
        assertEquals(exit, result.exit(), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().startsWith("thalweg: ") && result.err().contains(part), result.err());
        assertFalse(result.err().contains("Exception"), result.err());
    }

    @Test
    void anArgumentThatIsNoPathIsExplained() {
        Result result = run("predict", "a\0b.safetensors", "x.png");
        assertEquals(2, result.exit());
        assertTrue(result.err().contains("no path here") && result.err().contains("C.UTF-8"), result.err());
        assertFalse(result.err().contains("Exception"), result.err());
    }

    @Test
    void aFileThatIsNoModelIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("notes.txt"), "dear diary, today I trained a network");
        Result result = run("predict", file.toString(), "x.png");
        assertEquals(1, result.exit());
        assertTrue(
                result.err().contains("notes.txt at byte 0") && result.err().contains("not a safetensors file"),
                result.err());
    }

    @Test
    void everyOptimizerAndScheduleTrains() throws IOException {
        String folder = folder().toString();
        for (String choice :
                List.of("sgd", "adagrad", "rmsprop", "adam", "adamw", "adadelta", "nadam", "lion", "lars", "lamb")) {
            for (String schedule : choice.equals("sgd")
                    ? List.of("constant", "linear", "cosine", "one-cycle", "step")
                    : List.of("constant")) {
                Result result = run(
                        "train",
                        "--data",
                        folder,
                        "--epochs",
                        "1",
                        "--optimizer",
                        choice,
                        "--schedule",
                        schedule,
                        "--warm-up",
                        "1",
                        "--clip-global-norm",
                        "1",
                        "--l2",
                        "1e-4",
                        "--average-weights",
                        "0.9",
                        "--label-smoothing",
                        "0.1",
                        "--accumulate",
                        "2");
                assertEquals(0, result.exit(), choice + result.err());
                assertTrue(result.out().contains("Test accuracy"), choice);
            }
        }
    }

    /** Beside what every rule takes; what they compute, the library's tests compare. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--optimizer lamb --average-weights 0.9",
                "--optimizer muon --momentum 0.9 --weight-decay 0.01 --schedule linear",
                "--optimizer muon --sam 0.05 --lookahead 2",
                "--optimizer schedule-free-adamw --warm-up 3 --weight-decay 0.1 --l2 0.001 --accumulate 2",
                "--optimizer schedule-free-adamw --sam 0.05",
                "--sam 0.05 --lookahead 2 --focal 2 --balance"
            })
    void rulesGoTogetherWithTheirOptions(String options) throws IOException {
        Result result = run(("train --data " + folder() + " --epochs 2 --validation 0.2 " + options).split(" ", -1));
        assertEquals(0, result.exit(), result.err());
        assertTrue(result.out().contains("Test accuracy"), result.out());
    }

    @Test
    void aRunLeavesAFolderAndGoesOn() throws IOException {
        Path run = directory.resolve("run");
        String[] three = {
            "train", "--data", folder().toString(), "--epochs", "3", "--output", run.toString(), "--seed", "3"
        };
        assertEquals(0, run(three).exit());
        for (String file : List.of("model.safetensors", "report.html", "history.csv", "checkpoints", "tensorboard")) {
            assertTrue(Files.exists(run.resolve(file)), file);
        }
        Result five = run(
                "train",
                "--data",
                folder().toString(),
                "--epochs",
                "5",
                "--output",
                run.toString(),
                "--seed",
                "3",
                "--resume");
        assertEquals(0, five.exit(), five.err());
        assertFalse(five.out().contains("Epoch 3/5"), five.out());
        assertTrue(five.out().contains("Epoch 4/5"), five.out());
        assertEquals(6, Files.readAllLines(run.resolve("history.csv")).size());
        Result again = run(three);
        assertEquals(2, again.exit());
        assertTrue(again.err().contains("holds checkpoints of an earlier training"), again.err());
    }

    @Test
    void aRateOf100IsDiagnosed() throws IOException {
        Path run = directory.resolve("run");
        Result result = run("train", "--epochs", "3", "--learning-rate", "100", "--output", run.toString());
        assertEquals(1, result.exit(), result.out());
        assertTrue(
                result.err().contains("lower learning rate") && result.err().contains("learning rate 100"),
                result.err());
        assertFalse(Files.exists(run.resolve("model.safetensors")));
    }

    @Test
    void aRateIsFoundAndDrawn() throws IOException {
        Path plot = directory.resolve("rates.png");
        Result result = run(
                "find-rate",
                "--data",
                folder().toString(),
                "--batch-size",
                "8",
                "--steps",
                "40",
                "--plot",
                plot.toString());
        assertEquals(0, result.exit(), result.err());
        assertTrue(result.out().matches("(?s)Learning rate: \\d\\.\\d\\de[-+]\\d\\d.*"), result.out());
        assertTrue(ImageIO.read(plot.toFile()).getWidth() > 100);
    }

    @Test
    void helpListsEveryOption() {
        List<String> options = new ArrayList<>(List.of(
                "--data",
                "--epochs",
                "--batch-size",
                "--learning-rate",
                "--momentum",
                "--seed",
                "--backend",
                "--threads",
                "--save"));
        Result help = run("train", "--help");
        assertEquals(0, help.exit());
        options.forEach(option -> assertTrue(help.out().contains(option), help.out()));
        assertTrue(run("--help").out().contains("predict"), "the commands are listed");
        assertTrue(run("--version").out().startsWith("thalweg"));
    }

    @Test
    void infoTellsWhatComputes() {
        Result info = run("info", "--threads", "1");
        for (String part : List.of("Java ", "Backend ", "Threads   1", "oneDNN ")) {
            assertTrue(info.out().contains(part), info.out());
        }
    }
}
