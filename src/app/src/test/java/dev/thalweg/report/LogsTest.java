package dev.thalweg.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.metric.TopKAccuracy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import dev.thalweg.train.LearningRateRange;
import dev.thalweg.train.ModelCheckpoint;
import dev.thalweg.train.Monitor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.Reader;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.HistogramProto;
import org.tensorflow.proto.Summary;
import org.w3c.dom.Document;

/** What is written while a model trains, read back by others' code. */
class LogsTest {
    private static final DataSplit DATA = ShapesDataset.generate(60, 20, 1);

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    private static Model model() {
        return Model.sequential(
                        Shape.of(3, 32, 32),
                        new Conv2D(4, 3, Activation.RELU).stride(2),
                        new Flatten(),
                        new Dense(10, Activation.SOFTMAX))
                .compile(new SGD(0.01), new CategoricalCrossentropy());
    }

    @Test
    void theTableHoldsEveryEpochAlsoAfterResuming() throws Exception {
        Path csv = directory.resolve("history.csv");
        Path checkpoints = directory.resolve("checkpoints");
        Fit fit = Fit.epochs(2)
                .validation(DATA.test())
                .metrics(new TopKAccuracy(3))
                .callbacks(new CsvLog(csv), new ModelCheckpoint(checkpoints, 1));
        try (Model model = model()) {
            model.fit(DATA.train(), fit);
        }
        History history;
        try (Model model = model()) {
            history = model.fit(
                    DATA.train(),
                    new Fit(
                            3,
                            fit.batchSize(),
                            fit.validation(),
                            fit.sampler(),
                            fit.seed(),
                            fit.callbacks(),
                            fit.metrics(),
                            Optional.of(checkpoints),
                            fit.augmentations(),
                            fit.classWeights(),
                            fit.resizing(),
                            fit.replication()));
        }
        try (Reader reader = Files.newBufferedReader(csv)) {
            List<CSVRecord> rows = CSVFormat.RFC4180
                    .builder()
                    .setHeader()
                    .setSkipHeaderRecord(true)
                    .get()
                    .parse(reader)
                    .getRecords();
            assertEquals(3, rows.size());
            for (int i = 0; i < 3; i++) {
                EpochResult epoch = history.epochs().get(i);
                assertEquals(i + 1, Integer.parseInt(rows.get(i).get("epoch")));
                assertEquals(epoch.loss(), Double.parseDouble(rows.get(i).get("loss")));
                assertEquals(
                        epoch.validation().orElseThrow().accuracy(),
                        Double.parseDouble(rows.get(i).get("validation_accuracy")));
                assertEquals(
                        epoch.validation().orElseThrow().metrics().get("top_3_accuracy"),
                        Double.parseDouble(rows.get(i).get("validation_top_3_accuracy")));
            }
        }
    }

    @Test
    void tensorFlowsClassesReadTheEvents() throws Exception {
        History history;
        float[] bias;
        try (Model model = model()) {
            history = model.fit(
                    DATA.train(),
                    Fit.epochs(2)
                            .validation(DATA.test())
                            .metrics(new TopKAccuracy(3))
                            .callbacks(new TensorBoardLog(directory)));
            bias = model.weights().get("dense.bias");
        }
        List<Event> events;
        try (Stream<Path> files = Files.list(directory)) {
            Path file = files.findFirst().orElseThrow();
            assertTrue(file.getFileName().toString().startsWith("events.out.tfevents."), file.toString());
            events = ShownEvents.in(file);
        }
        assertEquals("brain.Event:2", events.getFirst().getFileVersion());
        Map<String, Summary.Value> values = new HashMap<>();
        for (Event event : events) {
            assertEquals(System.currentTimeMillis() / 1000.0, event.getWallTime(), 600);
            event.getSummary().getValueList().forEach(v -> values.put(v.getTag() + "@" + event.getStep(), v));
        }
        for (EpochResult epoch : history.epochs()) {
            assertEquals(
                    (float) epoch.loss(),
                    values.get("loss/training@" + epoch.epoch()).getSimpleValue());
            assertEquals(
                    epoch.learningRate(),
                    values.get("learning rate@" + epoch.epoch()).getSimpleValue());
            assertEquals(
                    (float) epoch.validation().orElseThrow().accuracy(),
                    values.get("accuracy/validation@" + epoch.epoch()).getSimpleValue());
            assertNotNull(values.get("top_3_accuracy/validation@" + epoch.epoch()));
        }
        HistogramProto histogram = values.get("dense.bias@2").getHisto();
        assertEquals(bias.length, histogram.getNum());
        assertEquals(
                bias.length,
                histogram.getBucketList().stream().mapToDouble(d -> d).sum());
        double sum = 0;
        double least = Double.POSITIVE_INFINITY;
        for (float b : bias) {
            sum += b;
            least = Math.min(least, b);
        }
        assertEquals(sum, histogram.getSum(), 1e-12);
        assertEquals(least, histogram.getMin());
        assertEquals(histogram.getMax(), histogram.getBucketLimit(histogram.getBucketLimitCount() - 1), 1e-12);
        Summary.Image picture = values.get("pictures/0 circle@0").getImage();
        BufferedImage decoded = ImageIO.read(
                new ByteArrayInputStream(picture.getEncodedImageString().toByteArray()));
        assertArrayEquals(
                new int[] {32, 32, 3}, new int[] {picture.getWidth(), picture.getHeight(), picture.getColorspace()});
        int rgb = decoded.getRGB(5, 7);
        for (int channel = 0; channel < 3; channel++) {
            assertEquals(DATA.train().pixels(0).get(ValueLayout.JAVA_BYTE, channel * 1024 + 7 * 32 + 5), (byte)
                    (rgb >> 16 - 8 * channel));
        }
    }

    /** Killed after the third epoch was logged and before it was kept, while something was being written. */
    @Test
    void afterAKillAndResumingEachEpochIsThereOnce() throws Exception {
        Path log = directory.resolve("log");
        Path checkpoints = directory.resolve("checkpoints");
        try (Model model = model()) {
            model.fit(
                    DATA.train(),
                    Fit.epochs(3)
                            .validation(DATA.test())
                            .callbacks(new TensorBoardLog(log), new ModelCheckpoint(checkpoints, 5)));
        }
        Files.delete(ModelCheckpoint.last(checkpoints).orElseThrow());
        Path first;
        try (Stream<Path> files = Files.list(log)) {
            first = files.findFirst().orElseThrow();
        }
        byte[] whole = Files.readAllBytes(first);
        Files.write(first, Arrays.copyOf(whole, whole.length - 5));
        Path foreign = Files.copy(first, log.resolve("events.out.tfevents.1.other"));
        byte[] before = Files.readAllBytes(foreign);
        try (Model model = model()) {
            model.fit(
                    DATA.train(),
                    Fit.epochs(4)
                            .validation(DATA.test())
                            .callbacks(new TensorBoardLog(log), new ModelCheckpoint(checkpoints, 5))
                            .resume(checkpoints));
        }
        assertArrayEquals(before, Files.readAllBytes(foreign), "another's file is left alone");
        Files.delete(foreign);
        List<String> shown = ShownEvents.of(log);
        assertEquals(shown.stream().distinct().toList(), shown);
        for (int epoch = 1; epoch <= 4; epoch++) {
            for (String tag : List.of("loss/training", "accuracy/validation", "learning rate", "dense.kernel")) {
                assertTrue(shown.contains(tag + "@" + epoch), tag + "@" + epoch + " is not in " + shown);
            }
        }
        assertTrue(shown.contains("pictures/0 circle@0"), shown.toString());
        // Also for what does not know of sessions, each epoch is there once.
        List<String> raw = ShownEvents.all(log).stream()
                .flatMap(e -> ShownEvents.values(e).stream())
                .toList();
        assertEquals(raw.size(), raw.stream().distinct().count(), raw.toString());
    }

    @Test
    void filesOfTheSameSecondDiffer() throws Exception {
        for (int i = 0; i < 20; i++) {
            EventFile.in(directory).close();
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(20, files.count());
        }
    }

    @Test
    void numbersThatAreAllAlikeHaveAHistogram() {
        Histogram histogram = Histogram.of(new float[] {2, 2, 2});
        assertEquals(3, histogram.counts()[0]);
        assertTrue(histogram.limits()[0] > 2);
    }

    @Test
    void chartsAreDrawn() throws Exception {
        LearningRateRange range = new LearningRateRange(
                List.of(
                        new LearningRateRange.Point(0.001, 2.3, 2.3),
                        new LearningRateRange.Point(0.01, 2, 2.2),
                        new LearningRateRange.Point(0.1, 5, 2.9)),
                0.01);
        Path svg = directory.resolve("range.svg");
        Charts.learningRateRange(range, svg);
        DocumentBuilderFactory parsers = DocumentBuilderFactory.newInstance();
        // The type definition stands on a server.
        parsers.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        Document document = parsers.newDocumentBuilder().parse(svg.toFile());
        assertEquals("svg", document.getDocumentElement().getNodeName());
        // Words are drawn as outlines too: title, labels, legend.
        assertTrue(document.getElementsByTagName("path").getLength() > 15, Files.readString(svg));
        Path png = directory.resolve("losses.png");
        try (Model model = model()) {
            History history = model.fit(DATA.train(), Fit.epochs(3));
            Charts.compare("side by side", Monitor.LOSS, Map.of("one", history), png);
        }
        BufferedImage image = ImageIO.read(png.toFile());
        assertTrue(image.getWidth() > 500, image.toString());
    }
}
