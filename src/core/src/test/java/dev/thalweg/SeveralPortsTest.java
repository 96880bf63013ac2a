package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.Batch;
import dev.thalweg.data.BatchLoader;
import dev.thalweg.data.CutMix;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.MixUp;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Targets;
import dev.thalweg.inference.Inference;
import dev.thalweg.inference.Predictions;
import dev.thalweg.inference.SwappableInference;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Loss;
import dev.thalweg.loss.MeanSquaredError;
import dev.thalweg.metric.Accuracy;
import dev.thalweg.metric.OutputMetric;
import dev.thalweg.metric.TopKAccuracy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Concatenate;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.Network;
import dev.thalweg.optim.Adam;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.SGD;
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
import dev.thalweg.train.Training;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of several inputs and outputs in training, evaluation, prediction, files and inference. */
class SeveralPortsTest {
    private static final Shape PICTURE = Shape.of(1, 6, 6);
    private static final int COUNT = 24;
    private static final int BATCH = 8;
    private static final Map<String, Loss> LOSSES =
            Map.of("kind", new CategoricalCrossentropy(), "angle", new MeanSquaredError());
    private static ImageDataset plain;
    /** With numbers beside the pictures, and an angle to be estimated. */
    private static ImageDataset data;

    @TempDir
    Path directory;

    @BeforeAll
    static void open() {
        SplittableRandom random = new SplittableRandom(5);
        int[] labels = IntStream.range(0, COUNT).map(i -> i % 3).toArray();
        plain = ImageDataset.of("several ports", PICTURE, List.of("a", "b", "c"), labels, (i, pixels) -> {
            for (int p = 0; p < PICTURE.elements(); p++) {
                pixels.set(p, (byte) (random.nextInt(128) + 60 * (i % 3)));
            }
        });
        float[][] ages = new float[COUNT][];
        float[][] angles = new float[COUNT][];
        for (int i = 0; i < COUNT; i++) {
            ages[i] = new float[] {random.nextFloat(), i % 3};
            angles[i] = new float[] {random.nextFloat() - i % 3};
        }
        data = plain.withInput("age", Shape.of(2), ages)
                .withTargets("angle", Targets.ofRegression(List.of("degrees"), angles));
    }

    @AfterAll
    static void close() {
        plain.close();
    }

    private static Flow trunk(Flow picture) {
        return picture.then("conv", new Conv2D(3, 3, Activation.TANH))
                .through(new BatchNormalization(), new Flatten())
                .then("features", new Dense(5, Activation.TANH));
    }

    private static Network twoInTwoOut(double dropout) {
        Flow picture = Flow.input(1, 6, 6);
        Flow age = Flow.input("age", 2);
        Flow both = Flow.join(new Concatenate(), trunk(picture), age).then(new Dropout(dropout));
        return Network.of(
                List.of(picture, age),
                List.of(both.then("kind", new Dense(3, Activation.SOFTMAX)), both.then("angle", new Dense(1))));
    }

    private static Model model(String backend, double dropout, Optimizer optimizer, double angleWeight) {
        return Model.of(twoInTwoOut(dropout))
                .backend(BackendChoice.of(backend), Threads.of(1))
                .compile(optimizer, LOSSES, Map.of("angle", angleWeight));
    }

    private static void assertSameBits(Map<String, float[]> want, Map<String, float[]> got) {
        assertEquals(want.keySet(), got.keySet());
        want.forEach((name, numbers) -> assertArrayEquals(numbers, got.get(name), name));
    }

    /**
     * Central differences over 0.02 of what the loss of evaluation and its parts are: as in OwnLoopTest, together with
     * a normalization that trains by the batch, which trainOnBatch does too.
     */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void gradientsOfSharedWeightsAreTheSlopesOfTheWeightedSum(String backend) {
        float step = 0.01f;
        try (Model model = model(backend, 0, new SGD(0.1), 0.25)) {
            ImageDataset batch = data.take(BATCH);
            Map<String, float[]> weights = model.weights();
            Map<String, float[]> gradients = model.gradients(batch);
            double greatest = 0;
            for (Map.Entry<String, float[]> gradient : gradients.entrySet()) {
                float[] numbers = weights.get(gradient.getKey());
                for (int i = 0; i < numbers.length; i += 5) {
                    float at = numbers[i];
                    double[] losses = new double[2];
                    for (int side = 0; side < 2; side++) {
                        numbers[i] = side == 0 ? at - step : at + step;
                        losses[side] = model.weights(weights).trainOnBatch(batch);
                    }
                    numbers[i] = at;
                    double slope = (losses[1] - losses[0]) / (2 * step);
                    assertEquals(slope, gradient.getValue()[i], 1e-3, gradient.getKey() + " " + i);
                    greatest = Math.max(greatest, gradient.getKey().startsWith("conv") ? Math.abs(slope) : 0);
                }
            }
            assertTrue(greatest > 0.01, "all gradients of the shared layer are small: the test sees nothing");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void anOutputOfWeightZeroLeavesTheBitsOfTheOthers(String backend) {
        Flow picture = Flow.input(1, 6, 6);
        Flow features = trunk(picture);
        Flow kind = features.then("kind", new Dense(3, Activation.SOFTMAX));
        try (Model one = Model.of(kind)
                        .backend(BackendChoice.of(backend), Threads.of(1))
                        .compile(new Adam(0.01), new CategoricalCrossentropy());
                Model two = Model.of(List.of(picture), List.of(kind, features.then("angle", new Dense(1))))
                        .backend(BackendChoice.of(backend), Threads.of(1))
                        .compile(new Adam(0.01), LOSSES, Map.of("angle", 0.0))) {
            ImageDataset angles =
                    plain.withTargets("angle", data.outputTargets().get("angle"));
            History expected = one.fit(plain, Fit.epochs(2).batchSize(BATCH));
            History got = two.fit(angles, Fit.epochs(2).batchSize(BATCH));
            Map<String, float[]> weights = new LinkedHashMap<>(two.weights());
            Map<String, float[]> first = two.network().initialWeights(0);
            for (String part : List.of("angle.kernel", "angle.bias")) {
                assertArrayEquals(first.get(part), weights.remove(part), part);
            }
            assertSameBits(one.weights(), weights);
            assertEquals(expected.last().loss(), got.last().loss());
            assertEquals(expected.last().accuracy(), got.last().metric("kind_accuracy"));
            assertEquals(expected.last().loss(), got.last().metric("kind_loss"));
        }
    }

    /** Two inputs that a layer joins, and the same numbers as channels of one picture. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void twoInputsAreTheirConcatenation(String backend) {
        SplittableRandom random = new SplittableRandom(7);
        byte[][] bytes = new byte[COUNT][2 * PICTURE.arrayLength()];
        for (byte[] one : bytes) {
            random.nextBytes(one);
        }
        int[] labels = IntStream.range(0, COUNT).map(i -> i % 3).toArray();
        List<String> names = List.of("a", "b", "c");
        Flow left = Flow.input("left", 1, 6, 6);
        Flow right = Flow.input("right", 1, 6, 6);
        Flow both = Flow.input(2, 6, 6);
        try (ImageDataset whole = pictures(Shape.of(2, 6, 6), names, labels, bytes, 0);
                ImageDataset lefts = pictures(PICTURE, names, labels, bytes, 0);
                ImageDataset rights = pictures(PICTURE, names, labels, bytes, PICTURE.arrayLength());
                Model one = compiled(Network.of(siamese(both)), backend);
                Model two = compiled(
                        Network.of(List.of(left, right), List.of(siamese(Flow.join(new Concatenate(), left, right)))),
                        backend)) {
            ImageDataset pairs = lefts.withInput("right", rights);
            double wanted =
                    one.fit(whole, Fit.epochs(2).batchSize(BATCH)).last().loss();
            double got = two.fit(pairs, Fit.epochs(2).batchSize(BATCH)).last().loss();
            // The same sums, perhaps in another order: float rounding over six steps.
            assertEquals(wanted, got, 1e-5);
            List<float[]> expected = one.predict(whole).outputs();
            List<float[]> answers = two.predict(pairs).outputs();
            for (int i = 0; i < COUNT; i++) {
                assertArrayEquals(expected.get(i), answers.get(i), 1e-5f);
            }
            assertEquals(one.evaluate(whole).accuracy(), two.evaluate(pairs).accuracy());
        }
    }

    private static ImageDataset pictures(Shape shape, List<String> names, int[] labels, byte[][] bytes, int from) {
        return ImageDataset.of("pictures " + from, shape, names, labels, (i, pixels) -> {
            for (int p = 0; p < shape.elements(); p++) {
                pixels.set(p, bytes[i][from + p]);
            }
        });
    }

    private static Flow siamese(Flow channels) {
        return channels.through(new Conv2D(4, 3, Activation.RELU), new Flatten(), new Dense(3, Activation.SOFTMAX));
    }

    private static Model compiled(Network network, String backend) {
        return Model.of(network)
                .normalization(Normalization.unit(network.pictures().shape().dim(0)))
                .backend(BackendChoice.of(backend), Threads.of(1))
                .compile(new SGD(0.05), new CategoricalCrossentropy());
    }

    @Test
    void resultsAreNamedAsKerasNamesThem() {
        try (Model model = model("java", 0, new Adam(0.01), 0.5)) {
            OutputMetric second = new OutputMetric("kind", new TopKAccuracy(2));
            EpochResult epoch = model.fit(
                            data,
                            Fit.epochs(1).batchSize(BATCH).validation(data).metrics(second))
                    .last();
            List<String> names = List.of("kind_loss", "angle_loss", "kind_accuracy", "angle_mean_absolute_error");
            assertEquals(names, List.copyOf(epoch.metrics().keySet()));
            Evaluation validation = epoch.validation().orElseThrow();
            Evaluation test = model.evaluate(data, second);
            assertEquals(test.metrics().keySet(), validation.metrics().keySet());
            // Batches of other sizes: rounded in another order.
            assertEquals(test.loss(), validation.loss(), 1e-6);
            assertTrue(test.metrics().containsKey(second.name()), test.metrics().toString());
            assertEquals(test.loss(), test.metric("kind_loss") + 0.5 * test.metric("angle_loss"), 1e-6);
            // The independent truth: by hand from what the model predicts.
            Predictions said = model.predict(data);
            double right = 0;
            double error = 0;
            for (int i = 0; i < COUNT; i++) {
                right += said.output("kind").classOf(i) == plain.label(i) ? 1 : 0;
                error += Math.abs(said.output("angle").valueOf(i, "degrees")
                        - data.outputTargets().get("angle").row(i)[0]);
            }
            assertEquals(right / COUNT, test.metric("kind_accuracy"));
            assertEquals(error / COUNT, test.metric("angle_mean_absolute_error"), 1e-6);
            assertEquals(
                    data.classNames().get(said.output("kind").classOf(0)),
                    said.output("kind").classNameOf(0));
        }
    }

    @Test
    void callbacksWatchTheNumbersOfAnOutput() {
        Monitor monitor = Monitor.validation(new OutputMetric("kind", new Accuracy()));
        try (Model model = model("java", 0, new Adam(0.01), 0)) {
            History history = model.fit(
                    data,
                    Fit.epochs(40)
                            .batchSize(BATCH)
                            .validation(data)
                            .callbacks(new EarlyStopping(monitor, 3), new ModelCheckpoint(directory, 1, monitor)));
            assertTrue(
                    history.stopReason().orElseThrow().contains("kind accuracy"),
                    history.stopReason().toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void savedAndLoadedItIsTheSameAndGoesOn(String backend) throws IOException {
        Path file = directory.resolve("several.safetensors");
        try (Model model = model(backend, 0, new SGD(0.1), 0.25)) {
            model.fit(data, Fit.epochs(1).batchSize(BATCH));
            model.save(file);
            try (Model loaded = Model.load(file).backend(BackendChoice.of(backend), Threads.of(1))) {
                assertEquals(model.network(), loaded.network());
                assertEquals(data.targets().spec(), loaded.targets("kind"));
                assertEquals(List.of("degrees"), loaded.targets("angle").names());
                assertSameBits(model.weights(), loaded.weights());
                assertEquals(model.evaluate(data), loaded.evaluate(data));
                assertThrows(IllegalStateException.class, loaded::targets);
                assertThrows(IllegalArgumentException.class, () -> loaded.targets("nothing"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void resumesToTheBit(String backend) {
        Fit fit = Fit.epochs(4).batchSize(BATCH).validation(data.take(9)).seed(3);
        try (Model whole = model(backend, 0.3, new Adam(0.01), 0.25);
                Model first = model(backend, 0.3, new Adam(0.01), 0.25);
                Model second = model(backend, 0.3, new Adam(0.01), 0.25);
                Model other = model(backend, 0.3, new Adam(0.01), 0.5)) {
            History expected = whole.fit(data, fit);
            first.fit(data, fit.callbacks(new ModelCheckpoint(directory, 9), stopAfter(8)));
            History got = second.fit(data, fit.resume(directory));
            assertSameBits(whole.weights(), second.weights());
            assertEquals(expected.last().metrics(), got.last().metrics());
            assertEquals(expected.last().validation(), got.last().validation());
            String refusal = assertThrows(IllegalArgumentException.class, () -> other.fit(data, fit.resume(directory)))
                    .getMessage();
            assertTrue(refusal.contains("lossWeights"), refusal);
        }
    }

    private static Callback stopAfter(long steps) {
        return new Callback() {
            @Override
            public void onBatchEnd(Training training, Progress progress) {
                if (training.step() == steps) {
                    training.stop("the test stops it within an epoch");
                }
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void inferenceSaysWhatTheModelSays(String backend) {
        try (Model model = model(backend, 0.3, new Adam(0.01), 0.25)) {
            model.fit(data, Fit.epochs(1).batchSize(BATCH));
            Predictions expected = model.predict(data.take(5));
            List<byte[]> pictures = IntStream.range(0, 5)
                    .mapToObj(i -> plain.pixels(i).toArray(ValueLayout.JAVA_BYTE))
                    .toList();
            float[] ages = floats(data.take(5), "age");
            List<float[]> rows = IntStream.range(0, 5)
                    .mapToObj(i -> Arrays.copyOfRange(ages, 2 * i, 2 * i + 2))
                    .toList();
            try (SwappableInference service = new SwappableInference(model.inference(Inference.Mode.LATENCY, 1, 2))) {
                Predictions got = service.predict(pictures, Map.of("age", rows));
                for (int i = 0; i < 5; i++) {
                    for (String output : List.of("kind", "angle")) {
                        // Compiled for other batch sizes: other blocking, rounded in another order.
                        assertArrayEquals(
                                expected.output(output).outputs().get(i),
                                got.output(output).outputs().get(i),
                                1e-5f);
                    }
                }
                assertEquals(
                        expected.output("kind").targets(), got.output("kind").targets());
                float[] kinds = new float[6];
                float[] angles = new float[2];
                service.run(
                        Map.of(
                                "pictures", MemorySegment.ofArray(images(data.take(2))),
                                "age", MemorySegment.ofArray(Arrays.copyOf(ages, 4))),
                        Map.of("kind", MemorySegment.ofArray(kinds), "angle", MemorySegment.ofArray(angles)));
                assertArrayEquals(got.output("kind").outputs().get(1), Arrays.copyOfRange(kinds, 3, 6));
                assertEquals(got.output("angle").outputs().get(1)[0], angles[1]);
                assertThrows(ShapeException.class, () -> service.predict(pictures));
                assertThrows(ShapeException.class, () -> service.predict(pictures, Map.of("agee", rows)));
                assertThrows(ShapeException.class, () -> service.predict(pictures, Map.of("age", rows.subList(0, 4))));
                assertThrows(
                        ShapeException.class,
                        () -> service.run(MemorySegment.ofArray(new float[72]), MemorySegment.ofArray(kinds)));
                assertThrows(
                        ShapeException.class,
                        () -> service.run(Map.of(), Map.of("kind", MemorySegment.ofArray(kinds))));
            }
        }
    }

    private static float[] floats(ImageDataset some, String input) {
        try (BatchLoader loader = new BatchLoader(some, some.size(), Normalization.unit(1))) {
            loader.start();
            return loader.next().input(input).toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static float[] images(ImageDataset some) {
        try (BatchLoader loader = new BatchLoader(some, some.size(), Normalization.unit(1))) {
            loader.start();
            return loader.next().images().toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    /** Numbers given by name, and the same as parts of a data set. */
    @Test
    void batchesOfNumbersTrainAsThoseOfADataSet() {
        try (Model numbers = model("java", 0.3, new Adam(0.01), 0.25);
                Model pictures = model("java", 0.3, new Adam(0.01), 0.25)) {
            for (int from = 0; from < COUNT; from += BATCH) {
                ImageDataset part = data.skip(from).take(BATCH);
                Batch batch = Batch.of(
                        BATCH,
                        Map.of("pictures", images(part), "age", floats(part, "age")),
                        Map.of(
                                "kind",
                                rows(part.targets()),
                                "angle",
                                rows(part.outputTargets().get("angle"))));
                assertSameBits(pictures.gradients(part), numbers.gradients(batch));
                assertEquals(pictures.trainOnBatch(part), numbers.trainOnBatch(batch));
            }
            assertSameBits(pictures.weights(), numbers.weights());
        }
    }

    private static float[] rows(Targets targets) {
        float[] all = new float[targets.size() * targets.outputs()];
        for (int i = 0; i < targets.size(); i++) {
            System.arraycopy(targets.row(i), 0, all, i * targets.outputs(), targets.outputs());
        }
        return all;
    }

    /** A map of the class' pictures is that of the model that has this output alone. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void gradCamLooksForAClassOfOneOutput(String backend) {
        Flow picture = Flow.input(1, 6, 6);
        Flow features = picture.then("conv", new Conv2D(3, 3, Activation.TANH));
        Flow kind = features.then(new Flatten()).then("kind", new Dense(3, Activation.SOFTMAX));
        // A picture that the other output alone depends on, behind the one that is looked at.
        Flow angle = features.then("late", new Conv2D(2, 2)).then(new Flatten()).then("angle", new Dense(1));
        int[] classes = {0, 1, 2, 0};
        try (Model one = Model.of(kind).backend(BackendChoice.of(backend), Threads.of(1));
                Model two = Model.of(List.of(picture), List.of(kind, angle))
                        .backend(BackendChoice.of(backend), Threads.of(1))) {
            List<float[][]> expected = one.classActivations(plain.take(4), classes);
            List<float[][]> got = two.classActivations(plain.take(4), "kind", classes);
            assertEquals(4, got.size());
            for (int i = 0; i < 4; i++) {
                for (int y = 0; y < expected.get(i).length; y++) {
                    assertArrayEquals(expected.get(i)[y], got.get(i)[y], 1e-5f);
                }
            }
            assertEquals(
                    3, two.classActivations(plain.take(4), "angle", new int[4]).getFirst().length);
            assertThrows(IllegalArgumentException.class, () -> two.classActivations(plain.take(4), "other", classes));
            assertThrows(IllegalStateException.class, () -> two.classActivations(plain.take(4), classes));
        }
    }

    @Test
    void viewsCarryEverythingAndFingerprintsTellItApart() {
        ImageDataset view = data.shuffled(4).skip(2).take(7).select(3, 0);
        float[] all = floats(data, "age");
        float[] some = floats(view, "age");
        for (int i = 0; i < view.size(); i++) {
            int from = indexOf(view.pixels(i));
            assertArrayEquals(
                    Arrays.copyOfRange(all, 2 * from, 2 * from + 2), Arrays.copyOfRange(some, 2 * i, 2 * i + 2));
            assertArrayEquals(
                    data.outputTargets().get("angle").row(from),
                    view.outputTargets().get("angle").row(i));
        }
        assertFalse(data.fingerprint().equals(plain.fingerprint()));
        ImageDataset again = plain.withTargets("angle", data.outputTargets().get("angle"));
        assertFalse(again.fingerprint().equals(data.fingerprint()));
        assertEquals(
                again.fingerprint(),
                plain.withTargets("angle", data.outputTargets().get("angle")).fingerprint());
        try (ImageDataset shared = data.share()) {
            assertEquals(data.inputs(), shared.inputs());
            assertEquals(data.fingerprint(), shared.fingerprint());
        }
        assertEquals(Map.of("age", Shape.of(2)), data.classes("b", "a").inputs());
    }

    private static int indexOf(MemorySegment picture) {
        return IntStream.range(0, COUNT)
                .filter(i -> plain.pixels(i).mismatch(picture) < 0)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void mixingMixesTheTargetsOfEachOutputAlikeAndRefusesOtherInputs() {
        ImageDataset targets =
                plain.withTargets("angle", data.outputTargets().get("angle")).withTargets("copy", plain.targets());
        try (BatchLoader loader = new BatchLoader(targets, COUNT, Normalization.unit(1), List.of(new MixUp(1)), null)) {
            loader.start();
            Batch batch = loader.next();
            float[] mixed = batch.targets().toArray(ValueLayout.JAVA_FLOAT);
            assertArrayEquals(mixed, batch.targets("copy").toArray(ValueLayout.JAVA_FLOAT));
            assertTrue(IntStream.range(0, mixed.length).anyMatch(i -> mixed[i] > 0 && mixed[i] < 1));
            float[] angles = batch.targets("angle").toArray(ValueLayout.JAVA_FLOAT);
            double before = IntStream.range(0, COUNT)
                    .mapToDouble(i -> batch.target("angle", i)[0])
                    .sum();
            assertEquals(
                    before,
                    IntStream.range(0, COUNT).mapToDouble(i -> angles[i]).sum(),
                    1e-4);
            assertFalse(IntStream.range(0, COUNT).allMatch(i -> angles[i] == batch.target("angle", i)[0]));
        }
        for (var mixing : List.of(new MixUp(1), new CutMix(1))) {
            String refusal = assertThrows(
                            IllegalArgumentException.class,
                            () -> new BatchLoader(data, BATCH, Normalization.unit(1), List.of(mixing), null))
                    .getMessage();
            assertTrue(refusal.contains("age"), refusal);
        }
    }

    @Test
    void whatIsMissingOrTooMuchIsRefusedByName() {
        Targets angles = data.outputTargets().get("angle");
        float[][] ages = new float[COUNT][2];
        try (Model model = model("java", 0, new SGD(0.1), 1)) {
            Map<String, ImageDataset> wrong = Map.of(
                    "\"age\" [2]", plain.withTargets("angle", angles),
                    "\"years\"", data.withInput("years", Shape.of(2), ages),
                    "[3]", plain.withTargets("angle", angles).withInput("age", Shape.of(3), new float[COUNT][3]),
                    "\"angle\" [1]", plain.withInput("age", Shape.of(2), ages),
                    "\"other\"", data.withTargets("other", angles),
                    "3 classes", plain.withInput("age", Shape.of(2), ages).withTargets("angle", plain.targets()));
            Fit fit = Fit.epochs(1);
            wrong.forEach((part, set) -> {
                String message = assertThrows(ShapeException.class, () -> model.fit(set, fit))
                        .getMessage();
                assertTrue(message.contains(part), message);
                assertThrows(ShapeException.class, () -> model.trainOnBatch(set));
            });
            assertThrows(IllegalArgumentException.class, () -> model.compile(new SGD(1), new MeanSquaredError()));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> model.compile(new SGD(1), Map.of("kind", new CategoricalCrossentropy()), Map.of()));
            assertThrows(
                    IllegalArgumentException.class, () -> model.compile(new SGD(1), LOSSES, Map.of("angles", 1.0)));
            assertThrows(
                    IllegalArgumentException.class, () -> model.compile(new SGD(1), LOSSES, Map.of("angle", -1.0)));
            assertThrows(IllegalArgumentException.class, () -> model.evaluate(data, new TopKAccuracy(2)));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> model.evaluate(data, new OutputMetric("none", new Accuracy())));
            assertThrows(IllegalStateException.class, () -> model.replaceHead(1, new Dense(2)));
            assertThrows(IllegalStateException.class, () -> model.predict(data).outputs());
            assertThrows(
                    IllegalArgumentException.class, () -> model.predict(data).output("none"));
            assertThrows(
                    IllegalArgumentException.class, () -> model.fit(data, fit.classWeights(List.of(1.0, 2.0, 1.0))));
        }
        assertThrows(IllegalArgumentException.class, () -> plain.withInput("age", Shape.of(2), new float[3][2]));
        assertThrows(IllegalArgumentException.class, () -> plain.withInput(" ", Shape.of(2), ages));
        assertThrows(IllegalArgumentException.class, () -> plain.withTargets("angle", angles.select(0, 1)));
        assertThrows(IllegalArgumentException.class, () -> plain.withInput("more", plain.take(3)));
    }
}
