package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thalweg.Model;
import dev.thalweg.cli.MainTest.Result;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.PictureFolder;
import dev.thalweg.data.Targets;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels and numbers from the table to the report: trained, tested, asked. */
class TargetCommandsTest {
    private static final int COUNT = 40;

    @TempDir
    private Path directory;

    private PictureFolder pictures;

    /** Pictures of red and blue, each from dark to light. */
    @BeforeEach
    void draw() throws IOException {
        pictures = new PictureFolder(directory.resolve("pictures"));
        for (int i = 0; i < COUNT; i++) {
            pictures.with(i + ".png", 8, 8, red(i) << 16 | blue(i));
        }
    }

    private static int red(int picture) {
        return picture % 2 * 200;
    }

    private static int blue(int picture) {
        return picture * 6;
    }

    private Path table(String header, IntFunction<String> cells) throws IOException {
        return Files.writeString(
                directory.resolve("targets.csv"),
                IntStream.range(0, COUNT)
                        .mapToObj(i -> i + ".png," + cells.apply(i))
                        .collect(Collectors.joining("\n", "file," + header + "\n", "\n")));
    }

    private Result run(String... arguments) {
        return MainTest.run(Stream.concat(Stream.of(arguments), Stream.of("--backend", "java", "--threads", "1"))
                .toArray(String[]::new));
    }

    private Result train(Path table, String... more) {
        Stream<String> command = Stream.of(
                "train",
                "--data",
                pictures.path().toString(),
                "--targets",
                table.toString(),
                "--output",
                directory.resolve("run").toString(),
                "--optimizer",
                "adam",
                "--learning-rate",
                "0.01");
        return run(Stream.concat(command, Stream.of(more)).toArray(String[]::new));
    }

    private String model() {
        return directory.resolve("run/model.safetensors").toString();
    }

    private static List<String> measures(Result result) {
        assertEquals(0, result.exit(), result.err());
        return result.out().lines().filter(line -> line.startsWith("Test ")).toList();
    }

    private JsonNode asked(String picture) throws IOException {
        Result json = run("predict", model(), pictures.path().resolve(picture).toString(), "--json");
        assertEquals(0, json.exit(), json.err());
        return new ObjectMapper().readTree(json.out()).get(0);
    }

    /** A table beside its pictures is the data, streamed or held, with the same result as beside a folder. */
    @Test
    void aTableIsTheData() throws IOException {
        Path table = table("label", i -> red(i) > 0 ? "red" : "blue");
        Result beside = train(table, "--epochs", "1");
        assertEquals(0, beside.exit(), beside.err());
        Path inside = Files.copy(table, pictures.path().resolve("all.CSV"));
        for (List<String> more : List.of(List.<String>of(), List.of("--stream"), List.of("--task", "classes"))) {
            Result itself = run(Stream.concat(
                            Stream.of(
                                    "train",
                                    "--data",
                                    inside.toString(),
                                    "--output",
                                    directory
                                            .resolve("run" + more.size() + more.hashCode())
                                            .toString(),
                                    "--optimizer",
                                    "adam",
                                    "--learning-rate",
                                    "0.01",
                                    "--epochs",
                                    "1"),
                            more.stream())
                    .toArray(String[]::new));
            assertEquals(0, itself.exit(), itself.err());
            assertEquals(measures(beside), measures(itself));
        }
        assertEquals(measures(beside), measures(run("evaluate", model(), "--data", inside.toString())));
    }

    @Test
    void labels() throws IOException {
        Path table = table("labels", i -> (red(i) > 0 ? "red" : "") + ";" + (blue(i) > 120 ? "blue" : ""));
        Result trained = train(
                table,
                "--epochs",
                "25",
                "--keep-best",
                "--monitor",
                "validation_mean_average_precision",
                "--keep",
                "1");
        assertEquals(0, trained.exit(), trained.err());
        assertTrue(trained.out().contains("Task multi-label, as "), trained.out());
        assertTrue(trained.out().contains("Best epoch's checkpoint in "), trained.out());
        assertTrue(trained.out().contains("Test binary accuracy: 1.0000"), trained.out());
        String report = Files.readString(directory.resolve("run/report.html"));
        assertTrue(report.contains("id=\"labels\""), "the report has a table of labels");
        assertTrue(
                Files.readString(directory.resolve("run/history.csv")).contains("validation_mean_average_precision"));
        assertEquals(
                measures(trained),
                measures(
                        run("evaluate", model(), "--data", pictures.path().toString(), "--targets", table.toString())));
        JsonNode answer = asked("1.png");
        assertEquals("red", answer.get("labels").get(0).get("name").asText(), answer.toString());
        assertTrue(answer.get("labels").get(0).get("probability").asDouble() > 0.5, answer.toString());
        assertTrue(answer.get("labels").get(1).get("probability").asDouble() < 0.5, answer.toString());
    }

    @Test
    void numbers() throws IOException {
        Path table = table("blue,red", i -> blue(i) / 255.0 + "," + red(i) / 255.0);
        Result trained = train(table, "--epochs", "120", "--loss", "huber", "--validation", "0.1");
        assertEquals(0, trained.exit(), trained.err());
        assertTrue(trained.out().contains("Task regression, as "), trained.out());
        assertTrue(trained.out().contains("  red: 0.000 to 0.7843, mean "), trained.out());
        assertTrue(
                Files.readString(directory.resolve("run/report.html")).contains("id=\"numbers\""),
                "the report has a table of errors");
        assertEquals(
                measures(trained),
                measures(
                        run("evaluate", model(), "--data", pictures.path().toString(), "--targets", table.toString())));
        JsonNode values = asked("39.png").get("values");
        assertEquals("blue", values.get(0).get("name").asText());
        assertEquals(blue(39) / 255.0, values.get(0).get("value").asDouble(), 0.15);
        assertEquals(red(39) / 255.0, values.get(1).get("value").asDouble(), 0.15);
        Result line = run("predict", model(), pictures.path().resolve("0.png").toString());
        assertTrue(line.out().matches("(?s).*0\\.png: +blue \\S+  red \\S+\\s*"), line.out());
    }

    @Test
    void whatDoesNotFitTheTargetsIsRefused() throws IOException {
        Path classes = table("labels", i -> i % 2 == 0 ? "even" : "odd");
        for (List<String> wrong : List.of(
                List.of("--loss", "mse"),
                List.of("--keep-best", "--monitor", "validation_r2_score"),
                List.of("--task", "multi-label", "--label-smoothing", "0.1"))) {
            Result refused = train(classes, wrong.toArray(String[]::new));
            assertEquals(2, refused.exit(), wrong + refused.err());
            assertTrue(refused.err().contains(wrong.get(wrong.size() - 2)), refused.err());
        }
        Result regression = train(classes, "--task", "regression");
        assertTrue(regression.exit() == 1 && regression.err().contains("targets.csv: line 1"), regression.err());
    }

    /** Whatever layers a ready-made network ends in, labels and numbers get outputs of their own. */
    @Test
    void everyNetworkHasAHeadForEachTask() {
        for (String name : Networks.names()) {
            for (Targets targets : List.of(
                    Targets.ofMultiLabels(List.of("a", "b", "c"), new float[1][3]),
                    Targets.ofRegression(List.of("x"), new float[1][1]))) {
                try (ImageDataset data =
                        ImageDataset.of("one", Shape.of(3, 32, 32), targets, (i, pixels) -> pixels.fill((byte) 0))) {
                    assertEquals(
                            Shape.of(targets.outputs()),
                            ModelOptions.network(name, data).output(),
                            name);
                    assertTrue(
                            Model.of(ModelOptions.network(name, data)).summary().contains("head1"), name);
                }
            }
        }
    }
}
