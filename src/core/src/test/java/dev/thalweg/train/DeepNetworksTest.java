package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.RandomCrop;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Value;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Loss;
import dev.thalweg.loss.MeanSquaredError;
import dev.thalweg.loss.SparseCategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks with branches, normalizations and attention, trained. */
class DeepNetworksTest {
    private static final DataSplit DATA = ShapesDataset.generate(64, 32, 1);
    private static final Shape PICTURE = Shape.of(3, 32, 32);

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    private static Network network(String name) {
        return switch (name) {
            case "resnet8" -> Networks.resnetCifar(PICTURE, 10, 8);
            case "wrn-10-2" -> Networks.wideResnet(PICTURE, 10, 10, 2);
            case "vit" -> Networks.visionTransformer(PICTURE, 10, 8, 24, 2, 3);
            default -> Networks.named(name, PICTURE, 10);
        };
    }

    private static Model model(String name, String backend) {
        return Model.of(network(name))
                .backend(BackendChoice.of(backend), Threads.of(2))
                .seed(5)
                .compile(new SGD(0.02), new CategoricalCrossentropy());
    }

    /**
     * Two epochs of two steps from the same weights. Roundings of 1e-7 grow with depth and steps; a wrong gradient or
     * statistic shows in the first digits.
     */
    @ParameterizedTest
    @ValueSource(strings = {"resnet8", "wrn-10-2", "vit", "cnn2", "lenet5"})
    void bothBackendsTrainAlike(String name) {
        Fit fit = Fit.epochs(2).batchSize(32).seed(1).validation(DATA.test());
        try (Model oneDnn = model(name, "onednn");
                Model java = model(name, "java")) {
            History a = oneDnn.fit(DATA.train(), fit);
            History b = java.fit(DATA.train(), fit);
            for (int epoch = 0; epoch < 2; epoch++) {
                assertEquals(
                        b.epochs().get(epoch).loss(), a.epochs().get(epoch).loss(), 2e-3, name + " epoch " + epoch);
                assertEquals(
                        b.epochs().get(epoch).validation().orElseThrow().loss(),
                        a.epochs().get(epoch).validation().orElseThrow().loss(),
                        5e-3);
            }
        }
    }

    /** After one step from averages 0 and 1 with momentum 0.9, a tenth of the batch's statistics is in them. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void movingAveragesFollowTheBatch(String backend) {
        try (Model model = Model.sequential(
                        PICTURE,
                        new BatchNormalization(),
                        new GlobalAveragePooling2D(),
                        new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.of(backend), Threads.of(2))
                .compile(new SGD(0.01), new CategoricalCrossentropy())) {
            model.fit(DATA.train(), Fit.epochs(1).batchSize(64));
            for (int channel = 0; channel < 3; channel++) {
                double sum = 0;
                double squares = 0;
                for (int i = 0; i < 64; i++) {
                    for (int p = 0; p < 1024; p++) {
                        double v =
                                (DATA.train().pixels(i).get(ValueLayout.JAVA_BYTE, channel * 1024 + p) & 0xff) / 255.0;
                        sum += v;
                        squares += v * v;
                    }
                }
                double mean = sum / 65536;
                double variance = squares / 65536 - mean * mean;
                assertEquals(0.1 * mean, model.weights().get("batchnormalization.moving_mean")[channel], 1e-6);
                assertEquals(
                        0.9 + 0.1 * variance, model.weights().get("batchnormalization.moving_variance")[channel], 1e-6);
            }
        }
    }

    @Test
    void savedNetworksComeBackWithTheirBranches() throws Exception {
        for (String name : List.of("resnet8", "vit", "mobilenetv2-cifar")) {
            Path file = directory.resolve(name + ".safetensors");
            try (Model model = model(name, "onednn")) {
                model.fit(DATA.train(), Fit.epochs(1));
                model.save(file);
                try (Model loaded = Model.load(file)) {
                    assertEquals(model.network(), loaded.network());
                    assertArrayEquals(
                            model.predict(DATA.test()).outputs().get(3),
                            loaded.backend(BackendChoice.ONEDNN, Threads.of(2))
                                    .predict(DATA.test())
                                    .outputs()
                                    .get(3),
                            1e-4f);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void whatIsFrozenStays(String backend) {
        try (Model model = model("resnet8", backend).freeze("(?!dense).*")) {
            Map<String, float[]> before = model.weights();
            model.fit(DATA.train(), Fit.epochs(1));
            model.weights()
                    .forEach((name, values) ->
                            assertEquals(!name.startsWith("dense"), Arrays.equals(before.get(name), values), name));
        }
    }

    @Test
    void aHeadIsReplacedAndWeightsAreTakenOver() throws Exception {
        Path file = directory.resolve("trunk.safetensors");
        try (Model trained = model("resnet8", "onednn")) {
            trained.fit(DATA.train(), Fit.epochs(1));
            trained.save(file);
            try (Model other =
                    trained.replaceHead(7, new Dense(4, Activation.RELU), new Dense(10, Activation.SOFTMAX))) {
                assertArrayEquals(
                        trained.weights().get("conv2d.kernel"), other.weights().get("conv2d.kernel"));
                other.freeze("(?!head).*")
                        .compile(new SGD(0.01), new CategoricalCrossentropy())
                        .fit(DATA.train(), Fit.epochs(1));
                assertArrayEquals(
                        trained.weights().get("batchnormalization_3.moving_mean"),
                        other.weights().get("batchnormalization_3.moving_mean"));
                assertEquals(40, other.weights().get("head1.bias").length * 10);
            }
        }
        try (Model fresh = Model.of(Networks.resnetCifar(PICTURE, 3, 8))) {
            List<String> taken = fresh.loadWeights(file);
            assertTrue(taken.contains("conv2d.kernel") && !taken.contains("dense.kernel"), taken.toString());
        }
        try (Model stranger = Model.sequential(PICTURE, new Conv2D(5, 5), new GlobalAveragePooling2D(), new Dense(2))) {
            assertThrows(IllegalArgumentException.class, () -> stranger.loadWeights(file));
        }
    }

    /** A weight of 2 for every class is twice the loss; a weight of 0 leaves a class out. */
    @Test
    void classWeightsWeighLosses() {
        Fit fit = Fit.epochs(1).batchSize(64);
        try (Model one = model("lenet5", "java");
                Model two = model("lenet5", "java");
                Model none = model("lenet5", "java")) {
            double plain = one.fit(DATA.train(), fit).last().loss();
            assertEquals(
                    2 * plain,
                    two.fit(DATA.train(), fit.classWeights(Collections.nCopies(10, 2.0)))
                            .last()
                            .loss(),
                    1e-5);
            assertEquals(
                    0,
                    none.fit(DATA.train(), fit.classWeights(Collections.nCopies(10, 0.0)))
                            .last()
                            .loss());
            assertThrows(
                    IllegalArgumentException.class, () -> none.fit(DATA.train(), fit.classWeights(List.of(1.0, 2.0))));
            none.compile(new SGD(0.1), new MeanSquaredError());
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> none.fit(DATA.train(), fit.classWeights(Collections.nCopies(10, 2.0))))
                    .getMessage();
            assertTrue(message.contains("MeanSquaredError") && message.contains("BalancedSampler"), message);
        }
    }

    /**
     * Every loss over classes: the mean of the pictures' losses, each by the weight of its class, is what a data set
     * gives in which pictures of a class stand as often as its weight says.
     */
    @Test
    void classWeightsAreAsPicturesThatStandThereMoreThanOnce() {
        List<Double> weights = IntStream.range(0, 10).mapToObj(c -> c % 3 * 1.0).toList();
        try (ImageDataset few = DATA.train().take(30)) {
            int[] repeated = IntStream.range(0, few.size())
                    .flatMap(i -> IntStream.generate(() -> i)
                            .limit(weights.get(few.label(i)).longValue()))
                    .toArray();
            for (Loss loss : List.of(
                    new CategoricalCrossentropy(true),
                    new CategoricalCrossentropy(true).labelSmoothing(0.2),
                    new SparseCategoricalCrossentropy(true))) {
                Model one =
                        Model.sequential(PICTURE, new Flatten(), new Dense(10)).compile(new SGD(0.1), loss);
                try (one;
                        ImageDataset all = few.select(repeated)) {
                    double expected = one.evaluate(all).loss() * repeated.length / few.size();
                    double got = one.fit(
                                    few, Fit.epochs(1).batchSize(few.size()).classWeights(weights))
                            .last()
                            .loss();
                    // Sums of some thirty 32-bit floats in two orders.
                    assertEquals(expected, got, 1e-5 * expected, loss.toString());
                }
            }
        }
    }

    /** Normalization, augmentation and branches go on bit for bit too. */
    @Test
    void aTrainingWithAugmentationGoesOnWithTheSameBits() {
        Fit fit = Fit.epochs(4).batchSize(16).augmentations(new RandomCrop(4));
        Path checkpoints = directory.resolve("checkpoints");
        try (Model whole = model("resnet8", "onednn");
                Model first = model("resnet8", "onednn");
                Model second = model("resnet8", "onednn")) {
            whole.fit(DATA.train(), fit);
            Callback stop = new Callback() {
                @Override
                public void onBatchEnd(Training training, Progress progress) {
                    if (progress.epoch() == 2 && progress.batch() == 2) {
                        training.stop("asked to");
                    }
                }
            };
            first.fit(DATA.train(), fit.callbacks(stop, new ModelCheckpoint(checkpoints, 1)));
            second.fit(DATA.train(), fit.resume(checkpoints));
            Map<String, float[]> want = new HashMap<>(whole.weights());
            second.weights().forEach((name, values) -> assertArrayEquals(want.get(name), values, name));
        }
    }

    @Test
    void aReluIsFusedIntoTheNormalizationBeforeIt() {
        GraphBuilder builder = new GraphBuilder();
        Value out = Network.sequential(
                        PICTURE,
                        List.of(
                                new BatchNormalization(),
                                new ActivationLayer(Activation.RELU),
                                new BatchNormalization()))
                .build(builder, List.of(builder.input("x", PICTURE.batched(2))), true, n -> false)
                .getFirst();
        String before = builder.build("before", List.of(out)).toString();
        Passes.beforeGradients(builder, List.of(out), true);
        String after = builder.build("after", List.of(out)).toString();
        assertTrue(before.contains("kind=RELU") && before.contains("relu=false"), before);
        assertTrue(!after.contains("kind=RELU") && after.contains("relu=true") && after.contains("relu=false"), after);
    }
}
