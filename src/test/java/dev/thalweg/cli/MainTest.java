package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
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
import java.util.Random;
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

    private record Result(int exit, String out, String err) {
    }

    private static Result run(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            CommandLine line = Main.commandLine().setErr(new PrintWriter(err, true)).setOut(new PrintWriter(System.out, true));
            int exit = line.execute(arguments);
            return new Result(exit, out.toString(StandardCharsets.UTF_8), err.toString());
        } finally {
            System.setOut(before);
        }
    }

    /** Twenty dark and twenty light pictures. */
    private Path folder() throws IOException {
        Random random = new Random(1);
        for (String name : List.of("dark", "light")) {
            Path folder = Files.createDirectories(directory.resolve("pictures").resolve(name));
            for (int i = 0; i < 20; i++) {
                BufferedImage image = new BufferedImage(12, 10, BufferedImage.TYPE_INT_RGB);
                Graphics2D graphics = image.createGraphics();
                int level = (name.equals("dark") ? 20 : 180) + random.nextInt(50);
                graphics.setColor(new Color(level, level, level));
                graphics.fillRect(0, 0, 12, 10);
                graphics.dispose();
                ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
            }
        }
        return directory.resolve("pictures");
    }

    @ParameterizedTest
    @ValueSource(strings = {"onednn", "java"})
    void trainsOnAFolderSavesEvaluatesAndPredicts(String backend) throws IOException {
        Path folder = folder();
        Path model = directory.resolve("model.safetensors");
        Result trained = run("train", "--data", folder.toString(), "--epochs", "8", "--batch-size", "8", "--learning-rate", "0.05", "--backend", backend,
                "--threads", "2", "--seed", "3", "--save", model.toString());
        assertEquals(0, trained.exit(), trained.err());
        assertTrue(trained.out().contains("Test accuracy: 1.0000"), trained.out());
        assertTrue(trained.out().contains("Backend " + backend + ", 2 threads"), trained.out());
        assertTrue(trained.out().contains("Epoch 8/8"), trained.out());
        assertTrue(trained.out().contains("images/s"), trained.out());

        Result evaluated = run("evaluate", model.toString(), "--data", folder.toString(), "--seed", "3", "--backend", backend);
        assertEquals(0, evaluated.exit(), evaluated.err());
        assertTrue(evaluated.out().contains("Test accuracy: 1.0000"), evaluated.out());

        Result predicted = run("predict", model.toString(), folder.resolve("dark/1.png").toString(), folder.resolve("light/2.png").toString());
        assertEquals(0, predicted.exit(), predicted.err());
        List<String> lines = predicted.out().lines().toList();
        assertTrue(lines.get(0).matches(".*dark/1\\.png: dark [01]\\.\\d{4}"), predicted.out());
        assertTrue(lines.get(1).matches(".*light/2\\.png: light [01]\\.\\d{4}"), predicted.out());
    }

    @Test
    void theSameSeedPrintsTheSameResult() throws IOException {
        String[] command = {"train", "--data", folder().toString(), "--epochs", "2", "--seed", "9"};
        assertEquals(numbers(run(command)), numbers(run(command)));
    }

    /** What was printed but for the speed. */
    private static String numbers(Result result) {
        assertTrue(result.out().contains("Test loss"), result.err());
        return result.out().replaceAll("[0-9,]+ images/s", "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "2 | expected a command | ",
        "2 | Unknown option: '--lerning-rate | train --lerning-rate=3",
        "2 | Invalid value for option '--epochs' | train --epochs many",
        "2 | Missing required parameter: 'MODEL' | evaluate",
        "2 | expected HEIGHTxWIDTH | train --image-size big --data .",
        "1 | learning rate must be greater than 0 | train --learning-rate 0",
        "1 | epochs must be at least 1 | train --epochs 0",
        "1 | batch size must be at least 1 | train --batch-size -3",
        "1 | momentum must be at least 0 | train --momentum 1.5",
        "1 | there is no such file or directory | train --data /nowhere",
        "1 | directory that exists | train --save /nowhere/at/all/m.safetensors",
        "1 | there is no such file or directory | evaluate /nowhere/model.safetensors",
        "1 | there is no backend \"cuda\" | info --backend cuda",
        "1 | number of threads must be from 1 | info --threads 0"})
    void aMistakeIsOneHelpfulLineAndAnExitCode(int exit, String part, String arguments) {
        Result result = run(arguments == null ? new String[0] : arguments.split(" "));
        assertEquals(exit, result.exit(), result.err());
        assertEquals(1, result.err().lines().count(), result.err());
        assertTrue(result.err().startsWith("thalweg: ") && result.err().contains(part), result.err());
        assertFalse(result.err().contains("Exception"), result.err());
    }

    @Test
    void aFileThatIsNoModelIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("notes.txt"), "dear diary, today I trained a network");
        Result result = run("predict", file.toString(), "x.png");
        assertEquals(1, result.exit());
        assertTrue(result.err().contains("notes.txt at byte 0") && result.err().contains("not a safetensors file"), result.err());
    }

    @Test
    void helpListsEveryOption() {
        List<String> options = new ArrayList<>(List.of("--data", "--epochs", "--batch-size", "--learning-rate", "--momentum", "--seed", "--backend",
                "--threads", "--save"));
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
