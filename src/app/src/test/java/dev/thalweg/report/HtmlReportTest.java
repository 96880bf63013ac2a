package dev.thalweg.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Reading;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.metric.ExpectedCalibrationError;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Networks;
import dev.thalweg.model.Padding;
import dev.thalweg.optim.Adam;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.Fit;
import dev.thalweg.train.GradientWatch;
import dev.thalweg.train.History;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a real browser draws it. */
class HtmlReportTest {
    /** Measures what is drawn and leaves it in the page for the test to read. */
    private static final String MEASURE = """
        <script>addEventListener('load', () => {
          const box = e => { const r = e.getBoundingClientRect();
                return [Math.round(r.width), Math.round(r.height)]; };
          const sized = id => box(document.getElementById(id));
          const out = { images: [...document.images].map(i => [i.naturalWidth, i.naturalHeight, ...box(i)]),
            curves: ['loss', 'accuracy', 'rate', 'gradients', 'calibration']
                        .map(id => [...document.querySelectorAll('#' + id + ' svg path')]
              .map(p => p.getBBox()).filter(b => b.width > 100).length),
            cells: [...document.querySelectorAll('#confusion td')].map(t => t.textContent),
            sizes: ['parts', 'confusion', 'worst', 'looks', 'filters', 'summary', 'origin'].map(sized),
            suspects: [...document.querySelectorAll('#suspects figcaption')].map(c => c.innerText),
            duplicates: document.querySelectorAll('.duplicates figure').length,
            parts: document.getElementById('parts').innerText,
            said: document.body.innerText,
            requests: performance.getEntriesByType('resource').filter(r => !r.name.startsWith('data:')).length,
            origin: document.getElementById('origin').innerText };
          const e = document.createElement('pre'); e.id = 'measured';
              e.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(out))));
          document.body.append(e); });</script></body>\
        """;

    @TempDir
    private Path directory;

    private static Path browser() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(p -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(Path.of(p)::resolve))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private JsonNode measure(Path report) throws Exception {
        Path measured = directory.resolve("measured.html");
        Files.writeString(measured, Files.readString(report).replace("</body>", MEASURE));
        Path dom = directory.resolve("dom.html");
        Process chromium = new ProcessBuilder(
                        browser().toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--no-first-run",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--user-data-dir=" + directory.resolve("profile"),
                        "--window-size=1100,3000",
                        "--dump-dom",
                        measured.toUri().toString())
                .redirectOutput(dom.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertTrue(chromium.waitFor(120, TimeUnit.SECONDS), "the browser answers");
        } finally {
            chromium.destroyForcibly();
        }
        Matcher found = Pattern.compile("<pre id=\"measured\">([^<]*)</pre>").matcher(Files.readString(dom));
        assertTrue(found.find(), "the page was drawn");
        return new ObjectMapper()
                .readTree(new String(Base64.getDecoder().decode(found.group(1)), StandardCharsets.UTF_8));
    }

    @Test
    void theReportIsDrawnByABrowser() throws Exception {
        assumeTrue(browser() != null, "skipped: no chromium on the PATH");
        Path report = directory.resolve("report.html");
        long right;
        List<ConfidentLearning.Suspect> suspects;
        ExpectedCalibrationError calibration;
        try (DataSplit data = ShapesDataset.generate(300, 100, 1);
                Model model = Model.of(Networks.cnn2(Shape.of(3, 32, 32), 10))
                        .compile(new Adam(0.001), new CategoricalCrossentropy())) {
            GradientWatch watch = new GradientWatch(2);
            History history = model.fit(
                    data.train(), Fit.epochs(3).validation(data.test()).callbacks(watch));
            // A picture that was learnt from stands among those to validate with.
            ImageDataset validation = data.train().select(5);
            suspects = suspects(model, validation, data.test());
            calibration = new ExpectedCalibrationError(15);
            model.evaluate(data.test(), calibration);
            HtmlReport.write(
                    model,
                    history,
                    new DataSplit(data.train(), Optional.of(validation), data.test(), Reading.NOTHING),
                    new HtmlReport.Origin(Map.of("Command", "thalweg train --data \"a <b> & c\""), watch.samples()),
                    report);
            right = Math.round(model.evaluate(data.test()).accuracy() * 100);
        }
        assertTold(suspects, calibration);
        assertFalse(
                Pattern.compile("(src|href)=\"(?!data:)")
                        .matcher(Files.readString(report))
                        .find(),
                "everything is in the page");
        JsonNode drawn = measure(report);
        assertEquals(0, drawn.get("requests").asInt(), "nothing was fetched");
        // Twelve pictures and six, each with its map, suspects, a pair of duplicates, and the sheet of filters.
        int named = Math.min(24, suspects.size());
        assertEquals(1, drawn.get("duplicates").asInt(), "the planted one");
        assertEquals(37 + named + 2, drawn.get("images").size());
        assertEquals(named, drawn.get("suspects").size());
        for (int i = 0; i < named; i++) {
            assertTrue(
                    drawn.get("suspects")
                            .get(i)
                            .asText()
                            .endsWith("picture " + (suspects.get(i).picture() - 1)),
                    "behind the one to validate with: " + drawn.get("suspects").get(i));
        }
        assertTrue(
                drawn.get("said").asText().contains(String.format(Locale.ROOT, "%.4f", calibration.value())),
                "the calibration error");
        assertTrue(
                drawn.get("parts").asText().contains("100"), drawn.get("parts").asText());
        for (JsonNode image : drawn.get("images")) {
            assertTrue(
                    image.get(0).asInt() >= 32
                            && image.get(2).asInt() > 90
                            && image.get(3).asInt() > 20,
                    image.toString());
        }
        for (JsonNode curves : drawn.get("curves")) {
            assertTrue(curves.asInt() >= 1, "a curve as wide as the chart: " + drawn.get("curves"));
        }
        for (JsonNode size : drawn.get("sizes")) {
            assertTrue(
                    size.get(0).asInt() > 200 && size.get(1).asInt() > 20,
                    drawn.get("sizes").toString());
        }
        // Ten rows of ten counts, their sum, precision, recall and F1, and nothing below the counts.
        assertEquals(140, drawn.get("cells").size());
        long diagonal = 0;
        for (int label = 0; label < 10; label++) {
            diagonal += drawn.get("cells").get(14 * label + label).asLong();
        }
        assertEquals(right, diagonal, "the matrix' diagonal is the accuracy");
        assertTrue(
                drawn.get("origin").asText().contains("a <b> & c"),
                drawn.get("origin").asText());
    }

    /** The file beside the report says the same. */
    private void assertTold(List<ConfidentLearning.Suspect> suspects, ExpectedCalibrationError calibration)
            throws IOException {
        JsonNode told =
                new ObjectMapper().readTree(directory.resolve("results.json").toFile());
        assertEquals(3, told.get("epochs").asInt());
        assertEquals(300, told.get("parts").get(0).get("pictures").asInt());
        assertEquals(
                calibration.value(),
                told.get("calibration").get("expected_calibration_error").asDouble(),
                1e-9);
        assertEquals(15, told.get("calibration").get("bins").size());
        assertTrue(told.get("test").get("accuracy").asDouble() > 0.1);
        assertEquals(suspects.size(), told.get("likely_wrong_classes").size());
        assertEquals(
                suspects.getFirst().margin(),
                told.get("likely_wrong_classes").get(0).get("margin").asDouble(),
                1e-9);
        JsonNode validation = told.get("near_duplicates").get(1);
        assertEquals("validation", validation.get("found").asText());
        assertEquals(5, validation.get("pairs").get(0).get("known_picture").asInt());
    }

    /** As the report looks for them, by a test of its own: in both parts together. */
    private static List<ConfidentLearning.Suspect> suspects(Model model, ImageDataset... parts) {
        return ConfidentLearning.suspects(
                Stream.of(parts)
                        .flatMapToInt(part -> IntStream.range(0, part.size()).map(part::label))
                        .toArray(),
                Stream.of(parts)
                        .flatMap(part -> model.predict(part).probabilities().outputs().stream())
                        .toList());
    }

    /** A network that answers "is the upper left corner bright" must look at the upper left corner. */
    @Test
    void activationsAreWhereTheClassIs() {
        int[] labels = new int[200];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 2;
        }
        Random random = new Random(1);
        int[] corners = random.ints(200, 0, 4).toArray();
        ImageDataset data =
                ImageDataset.of("corners", Shape.of(1, 16, 16), List.of("dark", "bright"), labels, (i, target) -> {
                    for (int p = 0; p < 256; p++) {
                        boolean inside = p / 16 / 8 == corners[i] / 2 && p % 16 / 8 == corners[i] % 2;
                        target.set(p, (byte) (random.nextInt(40) + (inside && labels[i] == 1 ? 180 : 0)));
                    }
                });
        try (data;
                Model model = Model.sequential(
                                Shape.of(1, 16, 16),
                                new Conv2D(8, 3, Activation.RELU).padding(Padding.SAME),
                                new GlobalAveragePooling2D(),
                                new Dense(2, Activation.SOFTMAX))
                        .compile(new Adam(0.02), new CategoricalCrossentropy())) {
            model.fit(data, Fit.epochs(15));
            assertTrue(model.evaluate(data).accuracy() > 0.95);
            List<float[][]> maps = model.classActivations(data, labels);
            for (int i = 1; i < 40; i += 2) {
                double inside = 0;
                double all = 0;
                for (int p = 0; p < 256; p++) {
                    float heat = maps.get(i)[p / 16][p % 16];
                    assertTrue(heat >= 0 && heat <= 1);
                    all += heat;
                    inside += p / 16 / 8 == corners[i] / 2 && p % 16 / 8 == corners[i] % 2 ? heat : 0;
                }
                assertTrue(inside > 0.6 * all, "picture " + i + ": " + inside + " of " + all);
            }
        }
    }
}
