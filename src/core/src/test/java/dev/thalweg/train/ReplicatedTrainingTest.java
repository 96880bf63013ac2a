package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.collective.Collective;
import dev.thalweg.collective.CollectiveException;
import dev.thalweg.collective.ForwardingCollective;
import dev.thalweg.collective.TogetherInThreads;
import dev.thalweg.data.Augmentation;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.MixUp;
import dev.thalweg.data.RandomCrop;
import dev.thalweg.data.RandomHorizontalFlip;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.metric.TopKAccuracy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Layer;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.Adam;
import dev.thalweg.optim.Muon;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.ParameterGroup;
import dev.thalweg.optim.SAM;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several replicas train to the weights that one machine with all their pictures trains to. */
class ReplicatedTrainingTest {
    /** 5 batches of 16 and one of 2, of which the third and fourth of four replicas have nothing. */
    private static final DataSplit DATA = ShapesDataset.generate(82, 30, 1);

    private static final int BATCH = 16;
    private static final int EPOCHS = 3;

    /**
     * What sums of other order may differ by after 18 steps: of numbers about 1, a float's last place is 1e-7, and each
     * step of momentum or of Adam adds a few of these.
     */
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    /**
     * A way to train.
     *
     * @param name for people
     * @param layers between the first convolution and the output
     * @param optimizer which
     * @param options of fit
     */
    record Way(String name, List<Layer> layers, Optimizer optimizer, UnaryOperator<Fit> options) {
        @Override
        public String toString() {
            return name;
        }

        static Way of(String name, Optimizer optimizer, Layer... layers) {
            return new Way(name, List.of(layers), optimizer, UnaryOperator.identity());
        }

        Way with(UnaryOperator<Fit> other) {
            return new Way(name, layers, optimizer, other);
        }

        Model model(String backend) {
            List<Layer> all = new ArrayList<>();
            all.add(new Conv2D(4, 3).stride(2));
            all.addAll(layers);
            all.addAll(List.of(
                    new ActivationLayer(Activation.RELU),
                    new MaxPooling2D(2),
                    new Flatten(),
                    new Dense(10, Activation.SOFTMAX)));
            return Model.sequential(Shape.of(3, 32, 32), all.toArray(Layer[]::new))
                    .backend(BackendChoice.of(backend), Threads.of(1))
                    .seed(3)
                    .compile(optimizer, new CategoricalCrossentropy());
        }

        Fit fit() {
            return options.apply(Fit.epochs(EPOCHS)
                    .batchSize(BATCH)
                    .seed(9)
                    .validation(DATA.test())
                    .metrics(new TopKAccuracy(3)));
        }
    }

    private static UnaryOperator<Fit> augmented(Augmentation... steps) {
        return fit -> fit.augmentations(steps);
    }

    static Stream<Way> ways() {
        Layer normalization = new BatchNormalization();
        UnaryOperator<Fit> whole = fit -> fit.synchronizedBatchNormalization(true);
        return Stream.of(
                Way.of("descent", new SGD(0.05)),
                Way.of("clipped momentum", new SGD(0.05).momentum(0.9).clipNorm(0.5)),
                Way.of("dropout", new SGD(0.05).momentum(0.9), new Dropout(0.3)),
                Way.of("Adam with averages", new Adam(0.002).emaMomentum(0.9)),
                Way.of("updates of two batches", new SGD(0.05).gradientAccumulationSteps(2)),
                Way.of("SAM", new SAM(0.05, new SGD(0.05))),
                Way.of("Muon", new Muon(0.02).group(ParameterGroup.of(".*bias").rule(new SGD(1)))),
                Way.of("augmented", new SGD(0.05)).with(augmented(new RandomCrop(4), new RandomHorizontalFlip())),
                Way.of("mixed", new SGD(0.05)).with(augmented(new RandomCrop(2), new MixUp(0.4))),
                Way.of("class weights", new SGD(0.05))
                        .with(fit -> fit.classWeights(IntStream.range(0, 10)
                                .mapToObj(c -> 0.5 + c / 10.0)
                                .toList())),
                Way.of("synchronized normalization", new SGD(0.05), normalization)
                        .with(whole),
                Way.of("synchronized normalization, SAM", new SAM(0.05, new SGD(0.05)), normalization)
                        .with(whole));
    }

    private record Trained(Map<String, float[]> weights, History history) {
        static Trained of(Way way, String backend, UnaryOperator<Fit> options) {
            try (Model model = way.model(backend)) {
                History history = model.fit(DATA.train(), options.apply(way.fit()));
                return new Trained(model.weights(), history);
            }
        }

        static List<Trained> together(int replicas, Way way, String backend) throws Exception {
            return TogetherInThreads.run(replicas, collective -> of(way, backend, fit -> fit.replicated(collective)));
        }

        void assertClose(Trained other) {
            weights.forEach(
                    (name, values) -> assertArrayEquals(values, other.weights.get(name), (float) TOLERANCE, name));
            for (int i = 0; i < history.epochs().size(); i++) {
                EpochResult expected = history.epochs().get(i);
                EpochResult got = other.history.epochs().get(i);
                assertEquals(expected.loss(), got.loss(), TOLERANCE * 10, "loss of epoch " + (i + 1));
                assertEquals(expected.metrics(), got.metrics());
                Evaluation validation = expected.validation().orElseThrow();
                assertEquals(
                        validation.loss(), got.validation().orElseThrow().loss(), TOLERANCE * 10, "validation loss");
                assertEquals(
                        validation.metrics(), got.validation().orElseThrow().metrics());
            }
        }

        void assertSame(Trained other) {
            weights.forEach((name, values) -> assertArrayEquals(values, other.weights.get(name), name));
            assertEquals(
                    history.epochs().stream().map(EpochResult::loss).toList(),
                    other.history.epochs().stream().map(EpochResult::loss).toList());
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void replicasTrainAsOneMachine(Way way) throws Exception {
        for (String backend : List.of("java", "onednn")) {
            Trained alone = Trained.of(way, backend, UnaryOperator.identity());
            for (int replicas : new int[] {2, 4}) {
                List<Trained> all = Trained.together(replicas, way, backend);
                all.forEach(each -> alone.assertClose(each));
                all.forEach(each -> all.getFirst().assertSame(each));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void aSecondTrainingHasTheSameBits(String backend) throws Exception {
        Way way = Way.of("normalized", new Adam(0.002), new BatchNormalization(), new Dropout(0.2));
        List<Trained> all = new ArrayList<>(Trained.together(3, way, backend));
        all.addAll(Trained.together(3, way, backend));
        all.forEach(each -> all.getFirst().assertSame(each));
    }

    /** Each normalizes by other statistics than one machine would, and the averages are those of all. */
    @Test
    void ownNormalizationIsAnotherTraining() throws Exception {
        Way way = Way.of("normalized", new SGD(0.05), new BatchNormalization());
        Trained alone = Trained.of(way, "java", UnaryOperator.identity());
        Trained together = Trained.together(2, way, "java").getFirst();
        String average = alone.weights().keySet().stream()
                .filter(name -> name.endsWith("moving_variance"))
                .findFirst()
                .orElseThrow();
        float[] expected = alone.weights().get(average);
        float[] got = together.weights().get(average);
        double difference = IntStream.range(0, got.length)
                .mapToDouble(c -> Math.abs(got[c] / expected[c] - 1))
                .max()
                .orElseThrow();
        assertTrue(difference > TOLERANCE && difference < 0.2, "by a factor of 1 + " + difference);
    }

    @Test
    void oneReplicaIsNoOther() {
        Way way = Way.of("normalized", new SGD(0.05), new BatchNormalization());
        Trained.of(way, "java", UnaryOperator.identity())
                .assertSame(Trained.of(
                        way, "java", fit -> fit.replicated(Collective.ALONE).synchronizedBatchNormalization(true)));
    }

    @Test
    void whatCallbacksOfTheFirstDecideGoesForAll() throws Exception {
        Way way = Way.of("descent", new SGD(0.05));
        List<Trained> all = TogetherInThreads.run(
                3,
                collective -> Trained.of(
                        way,
                        "java",
                        fit -> fit.replicated(collective)
                                .callbacks(
                                        Callback.ofBatchEnd((training, progress) -> {
                                            assertEquals(0, collective.rank());
                                            if (training.step() == 4) {
                                                training.rateFactor(0.5);
                                                training.weights(zeros(training.weights()));
                                            }
                                            if (training.step() == 9) {
                                                training.stop("enough");
                                            }
                                        }),
                                        Callback.ofEpochEnd(
                                                (training, result) -> assertEquals(0, collective.rank())))));
        all.forEach(each -> all.getFirst().assertSame(each));
        assertEquals("enough", all.getFirst().history().stopReason().orElseThrow());
        all.forEach(each -> assertTrue(each.history().stopReason().isPresent()));
        all.forEach(each -> assertEquals(1, each.history().epochs().size()));
    }

    /** A stop from another thread may come just as replicas agree to go on: they stop together, one batch later. */
    @Test
    @Timeout(120)
    void aStopWhileReplicasAgreeIsForAll() throws Exception {
        Way way = Way.of("descent", new SGD(0.05));
        List<Trained> all = TogetherInThreads.run(2, collective -> {
            AtomicReference<Training> running = new AtomicReference<>();
            Callback seen = new Callback() {
                @Override
                public void onTrainBegin(Training training) {
                    running.set(training);
                }
            };
            Collective stopping = new StoppedInBroadcast(collective, running);
            return Trained.of(way, "java", fit -> fit.replicated(stopping).callbacks(seen));
        });
        all.forEach(each -> all.getFirst().assertSame(each));
        all.forEach(each -> assertTrue(each.history().stopReason().isPresent()));
    }

    /** At the fifth broadcast, in which the leader says that it goes on, it is told to stop. */
    private static final class StoppedInBroadcast extends ForwardingCollective {
        private final AtomicInteger broadcasts = new AtomicInteger();
        private final AtomicReference<Training> running;

        StoppedInBroadcast(Collective others, AtomicReference<Training> running) {
            super(others);
            this.running = running;
        }

        @Override
        public void broadcast(MemorySegment bytes, int root) {
            super.broadcast(bytes, root);
            if (rank() == 0 && broadcasts.incrementAndGet() == 5) {
                running.get().stop("now");
            }
        }
    }

    /** What callbacks do at the very end goes for all too; the first epoch, of the greatest loss, is the best here. */
    @Test
    void allEndWithTheBestWeights() throws Exception {
        Way way = Way.of("descent", new SGD(0.05));
        UnaryOperator<Fit> first = fit -> fit.callbacks(new EarlyStopping(new Monitor("loss", false, true), 9));
        Trained alone = Trained.of(way, "java", first);
        List<Trained> all = TogetherInThreads.run(
                3, collective -> Trained.of(way, "java", fit -> first.apply(fit).replicated(collective)));
        all.forEach(alone::assertClose);
        all.forEach(each -> all.getFirst().assertSame(each));
    }

    private static Map<String, float[]> zeros(Map<String, float[]> weights) {
        weights.values().forEach(values -> Arrays.fill(values, 0));
        return weights;
    }

    /** A training that was cut off within an epoch, in all replicas, goes on with the same bits. */
    @Test
    void resumesToTheBit() throws Exception {
        Way way = Way.of("normalized", new Adam(0.002), new BatchNormalization(), new Dropout(0.2));
        Trained undisturbed = Trained.together(2, way, "java").getFirst();
        Path checkpoint = directory.resolve("within.safetensors");
        TogetherInThreads.run(
                2,
                collective -> Trained.of(
                        way,
                        "java",
                        fit -> fit.replicated(collective)
                                .callbacks(Callback.ofBatchEnd((training, _) -> cutOff(training, checkpoint)))));
        List<Trained> resumed = TogetherInThreads.run(
                2,
                collective -> Trained.of(
                        way, "java", fit -> fit.replicated(collective).resume(checkpoint)));
        resumed.forEach(undisturbed::assertSame);
    }

    private static void cutOff(Training training, Path checkpoint) {
        if (training.step() == 9) {
            try {
                training.checkpoint(checkpoint);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            training.stop("cut off");
        }
    }

    @Test
    void aReplicaThatFailsEndsTheOthers() throws Exception {
        Way way = Way.of("descent", new SGD(0.05));
        List<Future<Trained>> all = TogetherInThreads.tried(
                3,
                collective -> Trained.of(
                        way,
                        "java",
                        fit -> fit.replicated(collective).callbacks(Callback.ofBatchEnd((training, _) -> {
                            if (training.step() == 3) {
                                throw new IllegalStateException("no more");
                            }
                        }))));
        assertEquals("no more", failure(all.getFirst()).getMessage());
        assertInstanceOf(CollectiveException.class, failure(all.get(1)));
        assertInstanceOf(CollectiveException.class, failure(all.get(2)));
    }

    @Test
    void replicasOfDifferentTrainingsAreRefused() throws Exception {
        Way way = Way.of("descent", new SGD(0.05));
        List<Future<Trained>> all = TogetherInThreads.tried(
                2,
                collective -> Trained.of(
                        way, "java", fit -> fit.replicated(collective).seed(collective.rank())));
        all.forEach(each -> assertEquals(
                "expected the same model, pictures and options in all replicas of a training, got in replica 1"
                        + " seed: 1, in replica 0 seed: 0",
                assertInstanceOf(IllegalArgumentException.class, failure(each)).getMessage()));
    }

    private static Throwable failure(Future<?> future) {
        return assertThrows(ExecutionException.class, future::get).getCause();
    }
}
