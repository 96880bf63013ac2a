package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.codahale.metrics.Gauge;
import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.FileTargets;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.RandomCrop;
import dev.thalweg.data.Resize;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.data.Targets;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.MeanSquaredError;
import dev.thalweg.metric.Accuracy;
import dev.thalweg.metric.MeanAbsoluteError;
import dev.thalweg.metric.Metric;
import dev.thalweg.metric.TopKAccuracy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Callback;
import dev.thalweg.train.EarlyStopping;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import dev.thalweg.train.ModelCheckpoint;
import dev.thalweg.train.Monitor;
import dev.thalweg.train.ReduceLROnPlateau;
import dev.thalweg.train.Training;
import dev.thalweg.train.TrainingDivergedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkEnv;
import org.apache.spark.metrics.MetricsSystem;
import org.apache.spark.metrics.source.Source;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

/** A cluster trains the model that one machine trains. */
class SparkFitTest {
    private static final Shape SHAPE = Shape.of(3, 32, 32);
    private static final double TOLERANCE = 1e-5;
    /** By which the first epoch is the best. */
    private static final Monitor GREATEST_LOSS = new Monitor("loss", false, true);

    @TempDir
    private static Path directory;

    private static LocalCluster cluster;
    private static SparkSession spark;
    private static Path pictures;

    @BeforeAll
    static void start() throws Exception {
        pictures = Files.createDirectory(directory.resolve("pictures"));
        try (DataSplit shapes = ShapesDataset.generate(82, 40, 1)) {
            ShapeFolders.write(shapes.train(), pictures.resolve("train"));
            ShapeFolders.write(shapes.test(), pictures.resolve("test"));
        }
        cluster = LocalCluster.start(Files.createDirectory(directory.resolve("spark")), 2, Map.of());
        spark = cluster.session();
    }

    @AfterAll
    static void stop() {
        spark.stop();
        cluster.close();
    }

    private static Model model() {
        return Model.sequential(
                        SHAPE,
                        new Conv2D(4, 3).stride(2),
                        new BatchNormalization(),
                        new ActivationLayer(Activation.RELU),
                        new MaxPooling2D(2),
                        new Dropout(0.2),
                        new Flatten(),
                        new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.AUTO, Threads.of(1))
                .seed(5)
                .compile(new SGD(0.05).momentum(0.9), new CategoricalCrossentropy());
    }

    private static Fit fit() {
        return Fit.epochs(3)
                .batchSize(16)
                .seed(3)
                .augmentations(new RandomCrop(2))
                .synchronizedBatchNormalization(true);
    }

    private static SparkImages images(String part) throws IOException {
        return SparkImages.folder(spark, pictures.resolve(part).toUri().toString())
                .size(32, 32);
    }

    private record Trained(Map<String, float[]> weights, History history) {
        static Trained onSpark(SparkFit how) throws IOException {
            return onSpark(how, fit());
        }

        static Trained onSpark(SparkFit how, Fit fit) throws IOException {
            try (Model model = model()) {
                return of(model, how, fit);
            }
        }

        static Trained of(Model model, SparkFit how, Fit fit) throws IOException {
            History history = how.fit(model, images("train"), fit);
            return new Trained(model.weights(), history);
        }

        void assertSame(Trained other) {
            weights.forEach((name, values) -> assertArrayEquals(values, other.weights.get(name), name));
            assertEquals(
                    history.epochs().stream().map(EpochResult::loss).toList(),
                    other.history.epochs().stream().map(EpochResult::loss).toList());
        }
    }

    @Test
    void twoExecutorsTrainAsOneMachine() throws Exception {
        Fit measured = fit().metrics(
                        new TopKAccuracy(3), Metric.mean("said", false, (outputs, _) -> Accuracy.argmax(outputs)));
        Trained together = Trained.onSpark(SparkFit.on(spark).workers(2).validation(images("test")), measured);
        try (Model model = model();
                DataSplit split = ImageFolder.of(pictures).imageShape(SHAPE).read()) {
            History alone = model.fit(split.train(), measured.validation(split.test()));
            model.weights()
                    .forEach((name, values) ->
                            assertArrayEquals(values, together.weights().get(name), (float) TOLERANCE, name));
            assertEquals(
                    alone.last().validation().orElseThrow().metrics(),
                    together.history().last().validation().orElseThrow().metrics());
        }
        Trained.onSpark(SparkFit.on(spark).workers(2)).assertSame(together);
    }

    /**
     * A gradient is wrong by at most 2^-8 of itself then, and 18 steps of rate 0.02 move a weight by less than 0.1: the
     * weights differ, by less than 0.1 · 2^-8 and what later steps make of it.
     */
    @Test
    void gradientsMayTravelRounded() throws Exception {
        Map<Precision, Map<String, float[]>> weights = new EnumMap<>(Precision.class);
        for (Precision precision : List.of(Precision.F32, Precision.BF16)) {
            try (Model model = Model.sequential(
                            SHAPE, new Flatten(), new Dense(100, Activation.RELU), new Dense(10, Activation.SOFTMAX))
                    .backend(BackendChoice.AUTO, Threads.of(1))
                    .seed(5)
                    .compile(new SGD(0.02), new CategoricalCrossentropy())) {
                Trained trained =
                        Trained.of(model, SparkFit.on(spark).workers(2).gradientPrecision(precision), fit());
                weights.put(precision, trained.weights());
            }
        }
        float greatest = 0;
        for (Map.Entry<String, float[]> each : weights.get(Precision.F32).entrySet()) {
            float[] rounded = weights.get(Precision.BF16).get(each.getKey());
            for (int i = 0; i < rounded.length; i++) {
                greatest = Math.max(greatest, Math.abs(rounded[i] - each.getValue()[i]));
            }
        }
        assertTrue(greatest > 0 && greatest < 1e-3, "differ by " + greatest);
    }

    /** The same pictures in the same order give the same bits, whether they come from files or from columns. */
    @Test
    void columnsOfPicturesTrainAsTheirFiles() throws Exception {
        Trained ofFiles = Trained.onSpark(SparkFit.on(spark).workers(2));
        Dataset<Row> rows = spark.read()
                .format("binaryFile")
                .option("recursiveFileLookup", "true")
                .load(pictures.resolve("train").toUri().toString())
                .selectExpr(
                        "named_struct('bytes', content) AS image",
                        "element_at(split(path, '/'), -2) AS label",
                        "concat_ws('/', slice(split(path, '/'), -2, 2)) AS name")
                .orderBy("name");
        String staged = directory.resolve("staged").toUri().toString();
        Path table = tables();
        for (SparkImages copied : List.of(
                SparkImages.dataFrame(rows, "image.bytes", "label", staged),
                SparkImages.parquet(spark, table.toUri().toString(), staged))) {
            assertEquals(82, copied.count());
            try (Model model = model()) {
                SparkImages sized = copied.size(32, 32).resize(Resize.PAD);
                History history = SparkFit.on(spark).workers(2).fit(model, sized, fit());
                ofFiles.assertSame(new Trained(model.weights(), history));
                assertEquals(
                        images("train").index().targets().names(),
                        model.targets().names());
                assertEquals(Resize.PAD, model.provenance().resize());
            }
        }
        SparkImages numbers = SparkImages.dataFrame(
                rows.selectExpr("image.bytes AS content", "length(label) AS label"),
                "content",
                "label",
                directory.resolve("numbers").toUri().toString());
        assertEquals("0", numbers.size(32, 32).index().targets().names().getFirst());
        Dataset<Row> nothing = rows.selectExpr("CAST(NULL AS BINARY) AS content", "label");
        Path none = directory.resolve("none");
        String place = none.toUri().toString();
        assertThrows(IllegalArgumentException.class, () -> SparkImages.dataFrame(nothing, "content", "label", place));
        try (Stream<Path> left = Files.list(none)) {
            assertEquals(List.of(), left.toList());
        }
    }

    /** {@return the pictures to train with as Hugging Face has them, in two files, of which the latter is larger} */
    private static Path tables() throws IOException {
        List<String> classNames = images("train").index().targets().names();
        List<HuggingFaceTable.Picture> all = HuggingFaceTable.ofFolder(pictures.resolve("train"), classNames);
        Map<String, String> names = HuggingFaceTable.names("label", classNames);
        Path folder = directory.resolve("tables");
        HuggingFaceTable.write(folder.resolve("train-0.parquet"), names, all.subList(0, 30));
        HuggingFaceTable.write(folder.resolve("train-1.parquet"), names, all.subList(30, all.size()));
        return folder;
    }

    /** A table of numbers for files, read by one machine, and the same numbers in columns. */
    @Test
    void numbersAreLearntAsOnOneMachine() throws Exception {
        Dataset<Row> rows = spark.read()
                .format("binaryFile")
                .option("recursiveFileLookup", "true")
                .load(pictures.toUri().toString())
                .selectExpr(
                        "content",
                        "concat_ws('/', slice(split(path, '/'), -3, 3)) AS name",
                        "length / 1000.0D AS size",
                        "CAST(hash(content) % 100 AS FLOAT) / 100 AS drawn")
                .orderBy("name");
        List<Row> told = rows.select("name", "size", "drawn").collectAsList();
        FileTargets table = new FileTargets(
                told.stream().map(row -> row.getString(0)).toList(),
                Targets.ofRegression(
                        List.of("size", "drawn"),
                        told.stream()
                                .map(row -> new float[] {(float) row.getDouble(1), (float) row.getDouble(2)})
                                .toArray(float[][]::new)));
        SparkImages images = SparkImages.dataFrame(
                        rows.filter("name LIKE 'train/%'"),
                        "content",
                        new TargetColumns.Regression("size", "drawn"),
                        directory.resolve("numbers-of").toUri().toString())
                .size(32, 32);
        try (Model together = estimator();
                Model alone = estimator();
                DataSplit split = ImageFolder.of(pictures)
                        .targets(table)
                        .imageShape(SHAPE)
                        .read();
                SparkInference inference = trained(together, images)) {
            assertEquals(split.train().size(), images.count());
            alone.fit(split.train(), fit());
            alone.weights()
                    .forEach((name, values) ->
                            assertArrayEquals(values, together.weights().get(name), (float) TOLERANCE, name));
            assertEquals(alone.targets(), together.targets());
            Evaluation expected = alone.evaluate(split.train(), new MeanAbsoluteError());
            Evaluation got = inference.evaluate(images, new MeanAbsoluteError());
            assertEquals(expected.loss(), got.loss(), TOLERANCE);
            assertEquals(expected.metrics().keySet(), got.metrics().keySet());
            expected.metrics().forEach((name, value) -> assertEquals(value, got.metric(name), TOLERANCE, name));
        }
    }

    private static Model estimator() {
        return Model.sequential(SHAPE, new Flatten(), new Dense(2))
                .backend(BackendChoice.AUTO, Threads.of(1))
                .seed(5)
                .compile(new SGD(1e-3), new MeanSquaredError());
    }

    private static SparkInference trained(Model model, SparkImages images) throws IOException {
        SparkFit.on(spark).workers(2).validation(images).fit(model, images, fit());
        return SparkInference.of(spark, model);
    }

    /** An executor that is killed within an epoch is replaced, and the training ends as if nothing had been. */
    @Test
    void aKilledExecutorChangesNothing() throws Exception {
        Trained undisturbed = ofTwoBatchesAnUpdate(SparkFit.on(spark).workers(2));
        Path checkpoints = directory.resolve("checkpoints");
        SparkFit kept =
                SparkFit.on(spark).workers(2).checkpoints(checkpoints.toUri().toString(), 1);
        try (ExecutorService beside = Executors.newSingleThreadExecutor()) {
            Future<Trained> disturbed = beside.submit(() -> ofTwoBatchesAnUpdate(kept));
            List<ProcessHandle> before = cluster.executors();
            while (!hasCheckpointWithinEpoch(checkpoints) && !disturbed.isDone()) {
                Thread.sleep(20);
            }
            assertFalse(disturbed.isDone(), "the training must be under way");
            before.getLast().destroyForcibly();
            disturbed.get().assertSame(undisturbed);
            assertFalse(before.getLast().isAlive());
        }
    }

    /** Callbacks see and decide here what they would see and decide beside a training on this machine. */
    @Test
    void callbacksAreTheDrivers() throws Exception {
        Path checkpoint = directory.resolve("asked.safetensors");
        List<String> told = new ArrayList<>();
        UnaryOperator<Fit> watched = fit -> fit.callbacks(
                new Callback() {
                    @Override
                    public void onTrainBegin(Training training) {
                        told.add("begin " + training.epochs() + " " + training.batches());
                    }

                    @Override
                    public void onEpochEnd(Training training, EpochResult result) {
                        told.add("epoch " + result.epoch() + " "
                                + training.history().epochs().size());
                    }

                    @Override
                    public void onTrainEnd(Training training) {
                        told.add("end " + training.history().stopReason());
                    }
                },
                Callback.ofBatchEnd((training, progress) -> {
                    told.add("batch " + progress.batch() + " " + training.step() + " " + progress.images());
                    if (training.step() == 3) {
                        Map<String, float[]> weights = training.weights();
                        weights.values()
                                .forEach(values ->
                                        IntStream.range(0, values.length).forEach(i -> values[i] /= 2));
                        training.weights(weights);
                        training.rateFactor(0.5);
                    }
                    if (training.step() == 8) {
                        try {
                            training.checkpoint(checkpoint);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        training.stop("enough");
                    }
                }));
        Trained together;
        try (Model model = model()) {
            SparkImages stretched = images("train").resize(Resize.STRETCH);
            History history = SparkFit.on(spark).workers(2).fit(model, stretched, watched.apply(fit()));
            together = new Trained(model.weights(), history);
        }
        try (Model asked = Model.load(checkpoint)) {
            assertEquals(Resize.STRETCH, asked.provenance().resize());
        }
        List<String> toldOfSpark = List.copyOf(told);
        told.clear();
        try (Model model = model();
                DataSplit split = ImageFolder.of(pictures).imageShape(SHAPE).read()) {
            model.fit(split.train(), watched.apply(fit()));
            assertEquals(told, toldOfSpark);
            model.weights()
                    .forEach((name, values) ->
                            assertArrayEquals(values, together.weights().get(name), (float) TOLERANCE, name));
        }
        assertEquals("enough", together.history().stopReason().orElseThrow());
        try (Model model = Model.load(checkpoint)) {
            model.weights()
                    .forEach((name, values) ->
                            assertArrayEquals(values, together.weights().get(name), (float) TOLERANCE, name));
        }
    }

    @Test
    void aCallbackThatFailsEndsTheTraining() throws Exception {
        try (Model model = model()) {
            SparkImages images = images("train");
            Fit failing = fit().callbacks(Callback.ofEpochEnd((training, result) -> {
                throw new IllegalStateException("no more");
            }));
            SparkFit two = SparkFit.on(spark).workers(2);
            IllegalStateException thrown =
                    assertThrows(IllegalStateException.class, () -> two.fit(model, images, failing));
            assertEquals("no more", thrown.getMessage());
        }
    }

    /** What would fail again is not tried again. */
    @Test
    void whatTheTrainingThrowsIsThrownOnTheDriver() throws Exception {
        try (Model model = model()) {
            model.compile(new SGD(1e30), new CategoricalCrossentropy());
            SparkImages images = images("train");
            SparkFit two = SparkFit.on(spark).workers(2);
            assertThrows(TrainingDivergedException.class, () -> two.fit(model, images, fit()));
        }
        Path bad = directory.resolve("bad");
        for (String name : List.of("one", "other")) {
            Files.writeString(Files.createDirectories(bad.resolve(name)).resolve("a.png"), "no picture");
        }
        try (Model model = model()) {
            SparkImages images =
                    SparkImages.folder(spark, bad.toUri().toString()).size(32, 32);
            SparkFit two = SparkFit.on(spark).workers(2);
            UncheckedIOException thrown = assertThrows(UncheckedIOException.class, () -> two.fit(model, images, fit()));
            assertTrue(thrown.getMessage().contains("one/a.png"), thrown.getMessage());
        }
    }

    /** Beside what users' callbacks see, which come first. */
    @Test
    void metricsAreAmongTheDrivers() throws Exception {
        List<Double> losses = new ArrayList<>();
        List<String> shown = new ArrayList<>();
        try (Model model = model()) {
            Fit watched = fit().callbacks(Callback.ofBatchEnd((training, progress) -> {
                MetricsSystem system = SparkEnv.get().metricsSystem();
                for (Source source : CollectionConverters.asJava(system.getSourcesByName("thalweg"))) {
                    Gauge<?> epoch =
                            (Gauge<?>) source.metricRegistry().getMetrics().get("epoch");
                    shown.add(progress.epoch() + " after " + epoch.getValue());
                    if (progress.epoch() == 3 && losses.isEmpty()) {
                        losses.add((Double)
                                ((Gauge<?>) source.metricRegistry().getMetrics().get("loss")).getValue());
                    }
                }
            }));
            History history = SparkFit.on(spark).workers(2).fit(model, images("train"), watched);
            assertEquals(List.of(history.epochs().get(1).loss()), losses);
        }
        assertEquals("1 after 0.0", shown.getFirst());
        assertEquals("3 after 2.0", shown.getLast());
        assertTrue(SparkEnv.get().metricsSystem().getSourcesByName("thalweg").isEmpty());
    }

    /** As the guide shows it, to the letter. */
    @Test
    void theGuideShowsWhatRuns() throws Exception {
        String folder = pictures.resolve("train").toUri().toString();
        try (Model model = model()) {
            SparkImages pictures = SparkImages.folder(spark, folder).size(32, 32);
            History history = SparkFit.on(spark)
                    .workers(2)
                    .fit(model, pictures, Fit.epochs(3).batchSize(16).seed(1));
            assertEquals(3, history.epochs().size());
        }
        ShownCode.assertIsIn(SparkFitTest.class, 0);
    }

    @Test
    void whatIsOfOneMachineIsRefused() throws Exception {
        SparkFit two = SparkFit.on(spark).workers(2);
        SparkImages images = images("train");
        Path nothing = Files.createDirectory(directory.resolve("nothing"));
        try (Model model = model();
                DataSplit split = ImageFolder.of(pictures).imageShape(SHAPE).read()) {
            List<Fit> refused = List.of(
                    fit().validation(split.test()),
                    fit().resume(directory),
                    fit().callbacks(new ModelCheckpoint(directory.resolve("none"), 1)));
            for (Fit each : refused) {
                assertThrows(IllegalArgumentException.class, () -> two.fit(model, images, each));
            }
            SparkImages sizeless =
                    SparkImages.folder(spark, pictures.resolve("train").toUri().toString());
            assertThrows(IllegalStateException.class, () -> two.fit(model, sizeless, fit()));
            assertThrows(IllegalArgumentException.class, () -> two.workers(0));
            assertThrows(IllegalArgumentException.class, () -> two.gradientPrecision(Precision.F16));
            assertThrows(IllegalArgumentException.class, () -> two.patience(Duration.ofMillis(10)));
            assertThrows(ShapeException.class, () -> images.size(0, 3));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> SparkImages.folder(spark, nothing.toUri().toString()));
        }
    }

    /** With gradients that wait, and callbacks that remember: the first epoch, whose loss was greatest, is kept. */
    private static Trained ofTwoBatchesAnUpdate(SparkFit how) throws IOException {
        try (Model model = model()) {
            model.compile(new SGD(0.05).momentum(0.9).gradientAccumulationSteps(2), new CategoricalCrossentropy());
            return Trained.of(
                    model,
                    how,
                    fit().callbacks(new EarlyStopping(GREATEST_LOSS, 9), new ReduceLROnPlateau(GREATEST_LOSS, 0.5, 1)));
        }
    }

    /** What callbacks do at the very end counts too. */
    @Test
    void theBestWeightsAreThoseOfOneMachine() throws Exception {
        Trained together = ofTwoBatchesAnUpdate(SparkFit.on(spark).workers(2));
        try (Model model = model();
                DataSplit split = ImageFolder.of(pictures).imageShape(SHAPE).read()) {
            model.compile(new SGD(0.05).momentum(0.9).gradientAccumulationSteps(2), new CategoricalCrossentropy())
                    .fit(
                            split.train(),
                            fit().callbacks(
                                            new EarlyStopping(GREATEST_LOSS, 9),
                                            new ReduceLROnPlateau(GREATEST_LOSS, 0.5, 1)));
            model.weights()
                    .forEach((name, values) ->
                            assertArrayEquals(values, together.weights().get(name), (float) TOLERANCE, name));
        }
    }

    /** With averages alike: those of floats that differ by rounding. */
    @Test
    void averagesAreThoseOfOneMachine() throws Exception {
        Optimizer averaging = new SGD(0.05).momentum(0.9).emaMomentum(0.8);
        SparkFit two = SparkFit.on(spark).workers(2);
        try (Model model = model();
                Model alone = model();
                DataSplit split = ImageFolder.of(pictures).imageShape(SHAPE).read()) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> two.averagedWeights(true).fit(model, images("train"), fit()));
            model.compile(averaging, new CategoricalCrossentropy());
            Trained together = Trained.of(model, two.averagedWeights(true), fit());
            alone.compile(averaging, new CategoricalCrossentropy()).fit(split.train(), fit());
            Map<String, float[]> last = alone.weights();
            alone.averagedWeights().forEach((name, values) -> {
                assertArrayEquals(values, together.weights().get(name), (float) TOLERANCE, name);
                // What is no weight has no average but that which it is.
                assertEquals(name.contains("moving"), Arrays.equals(values, last.get(name)), name);
            });
        }
    }

    private static boolean hasCheckpointWithinEpoch(Path checkpoints) throws IOException {
        if (!Files.exists(checkpoints)) {
            return false;
        }
        try (Stream<Path> files = Files.list(checkpoints)) {
            return files.anyMatch(file -> file.getFileName().toString().matches("checkpoint-00001-.*2\\.safetensors"));
        }
    }
}
