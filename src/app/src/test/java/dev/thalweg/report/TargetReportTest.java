package dev.thalweg.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Targets;
import dev.thalweg.loss.BinaryCrossentropy;
import dev.thalweg.loss.MeanSquaredError;
import dev.thalweg.metric.MultiLabelConfusionMatrix;
import dev.thalweg.metric.R2Score;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.optim.Adam;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports of models of labels and of numbers: what stands there is what the metrics say. */
class TargetReportTest {
    private static final int COUNT = 24;

    @TempDir
    private Path directory;

    /** Pictures of one grey each, the brighter the greater their number. */
    private static ImageDataset greys(Targets targets) {
        return ImageDataset.of(
                "greys", Shape.of(1, 8, 8), targets, (i, pixels) -> pixels.fill((byte) (i * 255 / COUNT)));
    }

    private static Model model(int outputs, Activation last) {
        return Model.sequential(
                        Shape.of(1, 8, 8),
                        new Conv2D(4, 3, Activation.RELU),
                        new GlobalAveragePooling2D(),
                        new Dense(outputs, last))
                .backend(BackendChoice.JAVA, Threads.of(1));
    }

    private String report(Model model, History history, ImageDataset data) throws IOException {
        Path file = directory.resolve("report.html");
        HtmlReport.write(
                model,
                history,
                new DataSplit(data.take(COUNT), data.take(COUNT)),
                new HtmlReport.Origin(Map.of("Seed", "0"), List.of()),
                file);
        return Files.readString(file);
    }

    private static void assertContains(String page, String part) {
        assertTrue(page.contains(part), part + " in " + page.replaceAll("(?s)<svg.*?</svg>|data:[^\"]*", "…"));
    }

    @Test
    void labels() throws IOException {
        float[][] rows = new float[COUNT][];
        for (int i = 0; i < COUNT; i++) {
            rows[i] = new float[] {i % 2, i < COUNT / 3 ? 1 : 0};
        }
        try (ImageDataset data = greys(Targets.ofMultiLabels(List.of("odd", "dark"), rows));
                Model model = model(2, Activation.SIGMOID).compile(new Adam(0.05), new BinaryCrossentropy())) {
            History history = model.fit(data, Fit.epochs(5));
            MultiLabelConfusionMatrix counts = new MultiLabelConfusionMatrix(0.5);
            model.evaluate(data, counts);
            String page = report(model, history, data);
            assertContains(page, "% of the labels of 24 test pictures");
            for (int label = 0; label < 2; label++) {
                assertContains(
                        page,
                        String.format(
                                Locale.ROOT,
                                "<th>%s</th><td>%d</td><td>%d</td><td>%.3f</td><td>%.3f</td><td>%.3f</td>",
                                label == 0 ? "odd" : "dark",
                                label == 0 ? 12 : 8,
                                counts.truePositives(label) + counts.falsePositives(label),
                                counts.precision(label),
                                counts.recall(label),
                                counts.f1(label)));
            }
            assertContains(page, "<th>odd</th><td>12</td><td>12</td></tr>");
            assertContains(page, "id=\"binary_accuracy\"");
            assertContains(page, "id=\"parts\"");
            assertFalse(page.contains("Calibration") || page.contains("likely wrong"), "these are of classes alone");
            assertEquals(12 + 6, page.split("<figure>", -1).length - 1, "the worst and the first pictures");
        }
    }

    @Test
    void numbers() throws IOException {
        float[][] rows = new float[COUNT][];
        for (int i = 0; i < COUNT; i++) {
            rows[i] = new float[] {(float) i / COUNT};
        }
        try (ImageDataset data = greys(Targets.ofRegression(List.of("grey"), rows));
                Model model = model(1, Activation.LINEAR).compile(new Adam(0.05), new MeanSquaredError())) {
            History history = model.fit(data, Fit.epochs(5));
            R2Score score = new R2Score();
            double error = model.evaluate(data, score).metric("mean_absolute_error");
            String page = report(model, history, data);
            assertContains(page, String.format(Locale.ROOT, "R² %.4f.", score.value()));
            assertContains(
                    page, String.format(Locale.ROOT, "<th>grey</th><td>%.4g</td><td>%.4f</td>", error, score.value()));
            assertContains(page, "id=\"number-0\"");
            assertContains(page, "mean of");
            assertFalse(page.contains("Calibration") || page.contains("likely wrong"), "these are of classes alone");
            assertFalse(Files.readString(directory.resolve("results.json")).contains("calibration"), "nor in the file");
            assertContains(page, "grey 0.000, taken for grey ");
        }
    }
}
