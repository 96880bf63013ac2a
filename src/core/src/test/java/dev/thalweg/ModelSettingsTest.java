package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ChannelStatistics;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Resize;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.inference.Predictions;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Outputs;
import dev.thalweg.metric.Metric;
import dev.thalweg.metric.TopKAccuracy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Add;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Network;
import dev.thalweg.model.Submodule;
import dev.thalweg.optim.ParameterGroup;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.tensor.Threads;
import dev.thalweg.tensor.UnavailableException;
import dev.thalweg.train.Fit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model is set to, and what of it another one takes over. */
class ModelSettingsTest {
    private static final Shape INPUT = Shape.of(3, 32, 32);
    private static final DataSplit DATA = ShapesDataset.generate(40, 20, 1);

    @TempDir
    private static Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    private static Model small() {
        return Model.sequential(
                INPUT, new Conv2D(4, 3, Activation.RELU).stride(4), new Flatten(), new Dense(10, Activation.SOFTMAX));
    }

    private static List<String> names(Model model) {
        return model.network().parameters().stream().map(p -> p.name()).toList();
    }

    private static boolean isAssumedAfterSaving(Model model) throws IOException {
        Path file = directory.resolve("model.safetensors");
        model.save(file);
        try (Model loaded = Model.load(file)) {
            assertEquals(model.normalization(), loaded.normalization());
            assertEquals(model.isNormalizationAssumed(), loaded.isNormalizationAssumed());
            return loaded.isNormalizationAssumed();
        }
    }

    /** What was saved, and how it is trained, make a model that trains to the same bits elsewhere. */
    @Test
    void aModelCanBeTrainedElsewhere() throws IOException {
        try (Model model = small().backend(BackendChoice.JAVA, Threads.of(1))) {
            assertThrows(IllegalStateException.class, model::compilation);
            model.freeze("conv2d.*")
                    .gradientCheckpointing(true)
                    .compile(
                            new SGD(0.05)
                                    .momentum(0.9)
                                    .group(ParameterGroup.of(".*bias").rateFactor(2)),
                            new CategoricalCrossentropy(false, 0.1));
            Path file = directory.resolve("elsewhere.safetensors");
            model.save(file);
            try (Model other = Model.load(file).backend(BackendChoice.JAVA, Threads.of(1))) {
                assertEquals(
                        model.compilation(), other.compile(model.compilation()).compilation());
                model.fit(DATA.train(), Fit.epochs(2).batchSize(8));
                other.fit(DATA.train(), Fit.epochs(2).batchSize(8));
                model.weights()
                        .forEach((name, values) ->
                                assertArrayEquals(values, other.weights().get(name), name));
            }
            Compilation ofAnother = new Compilation(
                    new SGD(1), model.compilation().losses(), List.of("conv9.kernel"), Precision.F32, false);
            assertThrows(IllegalArgumentException.class, () -> model.compile(ofAnother));
        }
    }

    /** Until somebody says it, or a training was on such pictures; what is made of a model knows no more than it. */
    @Test
    void aNormalizationIsAssumedUntilItIsKnown() throws IOException {
        Normalization bytes = new Normalization(List.of(0f, 0f, 0f), List.of(1 / 255f, 1 / 255f, 1 / 255f));
        try (Model model = small()) {
            assertTrue(isAssumedAfterSaving(model));
            assertTrue(isAssumedAfterSaving(model.assumeNormalization(bytes)));
            assertEquals(bytes, model.normalization());
            try (Model headed = model.replaceHead(1, new Dense(10, Activation.SOFTMAX));
                    Model quantized = model.quantize(DATA.test())) {
                assertTrue(headed.isNormalizationAssumed());
                assertTrue(quantized.isNormalizationAssumed());
                headed.compile(new SGD(1e-6), new CategoricalCrossentropy());
                assertTrue(headed.isNormalizationAssumed());
                headed.fit(DATA.train(), Fit.epochs(1));
                assertFalse(isAssumedAfterSaving(headed));
                assertTrue(model.isNormalizationAssumed());
            }
            assertFalse(isAssumedAfterSaving(model.normalization(Normalization.unit(3))));
            try (Model headed = model.replaceHead(1, new Dense(10, Activation.SOFTMAX))) {
                assertFalse(headed.isNormalizationAssumed());
            }
        }
    }

    @Test
    void headsReplacedAgainAndAgainShareNoWeights() {
        try (Model first = small();
                Model second = first.replaceHead(1, new Dense(10, Activation.RELU), new Dense(10, Activation.SOFTMAX));
                Model third = second.replaceHead(2, new Dense(10, Activation.RELU), new Dense(10, Activation.SOFTMAX));
                Model fourth = third.replaceHead(2, new Dense(10, Activation.SOFTMAX))) {
            assertEquals(
                    List.of("conv2d.kernel", "conv2d.bias", "head1.kernel", "head1.bias", "head2.kernel", "head2.bias"),
                    names(second));
            // The second head's last layer is gone; its name is not used again, so that its weights are not taken for
            // the new one's.
            assertEquals(
                    List.of(
                            "conv2d.kernel",
                            "conv2d.bias",
                            "head1.kernel",
                            "head1.bias",
                            "head3.kernel",
                            "head3.bias",
                            "head4.kernel",
                            "head4.bias"),
                    names(third));
            for (Model model : List.of(second, third, fourth)) {
                assertEquals(new HashSet<>(names(model)).size(), names(model).size());
                assertArrayEquals(
                        first.weights().get("conv2d.kernel"), model.weights().get("conv2d.kernel"));
            }
            assertArrayEquals(
                    second.weights().get("head1.kernel"), third.weights().get("head1.kernel"));
            assertFalse(Arrays.equals(
                    third.weights().get("head3.kernel"), third.weights().get("head4.kernel")));
            assertArrayEquals(
                    third.weights().get("head3.kernel"), fourth.weights().get("head3.kernel"));
            fourth.compile(new SGD(0.01), new CategoricalCrossentropy()).fit(DATA.train(), Fit.epochs(1));
            assertFalse(Arrays.equals(
                    third.weights().get("head3.kernel"), fourth.weights().get("head3.kernel")));
            assertArrayEquals(
                    second.weights().get("head1.kernel"), third.weights().get("head1.kernel"));
        }
    }

    @Test
    void namesThatAUserGaveAreNotTaken() {
        Flow end = Flow.input(3, 32, 32)
                .then("head2", Submodule.of(x -> x.then("head1", new Conv2D(4, 3).stride(4))))
                .then(new Flatten())
                .then("head1", new Dense(5))
                .then("dense_1", new Dense(5))
                .then(new Dense(5))
                .then(new Dense(5))
                .then(new Dense(7));
        try (Model model = Model.of(end);
                Model headed = model.replaceHead(3, new Dense(10), new Dense(10, Activation.SOFTMAX))) {
            // dense and dense_2: the name between them is another layer's.
            assertEquals(
                    List.of(
                            "head2/head1.kernel",
                            "head1.kernel",
                            "dense_1.kernel",
                            "dense.kernel",
                            "dense_2.kernel",
                            "head3.kernel",
                            "head4.kernel"),
                    names(headed).stream().filter(n -> n.endsWith("kernel")).toList());
            Map<String, float[]> before = model.weights();
            for (String kept : List.of("head2/head1.kernel", "head1.kernel", "dense_2.bias")) {
                assertArrayEquals(before.get(kept), headed.weights().get(kept));
            }
        }
    }

    @Test
    void aLastLayerThatJoinsFlowsIsNotCutOff() {
        Flow x = Flow.input(3, 32, 32).then(new Flatten());
        try (Model model = Model.of(Flow.join(new Add(), x.then(new Dense(3)), x.then(new Dense(3))))) {
            assertTrue(assertThrows(ShapeException.class, () -> model.replaceHead(1, new Dense(2)))
                    .getMessage()
                    .contains("joins 2 flows"));
        }
    }

    @Test
    void settingsAreTakenOver() {
        try (Model model = small().backend(BackendChoice.JAVA, Threads.of(1))
                        .gradientCheckpointing(true)
                        .freeze(".*kernel")
                        .normalization(ChannelStatistics.standardization(DATA.train()))
                        .resize(Resize.PAD);
                Model headed = model.replaceHead(1, new Dense(10), new Dense(10, Activation.SOFTMAX))) {
            assertEquals("java", headed.backend().name());
            assertEquals(1, headed.backend().threads());
            assertEquals(Resize.PAD, headed.provenance().resize());
            Map<String, float[]> before = headed.weights();
            headed.compile(new SGD(0.01), new CategoricalCrossentropy()).fit(DATA.train(), Fit.epochs(1));
            // Frozen is what was frozen; the new kernels, which the expression fits too, are not.
            assertArrayEquals(before.get("conv2d.kernel"), headed.weights().get("conv2d.kernel"));
            assertFalse(
                    Arrays.equals(before.get("conv2d.bias"), headed.weights().get("conv2d.bias")));
            assertFalse(
                    Arrays.equals(before.get("head1.kernel"), headed.weights().get("head1.kernel")));
            // The same pictures are the same numbers to both.
            try (Model same = headed.replaceHead(1, new Dense(10, Activation.SOFTMAX));
                    Model back = same.replaceHead(1, new Dense(10, Activation.SOFTMAX))) {
                assertEquals(
                        same.predict(DATA.test()).outputs().size(),
                        back.predict(DATA.test()).outputs().size());
            }
        }
    }

    /** On a CPU without bfloat16 the next use says so, of the other model as of the first. */
    @Test
    void precisionIsTakenOver() {
        try (Model model = small().backend(BackendChoice.JAVA, Threads.of(1)).precision(Precision.BF16);
                Model headed = model.replaceHead(1, new Dense(10, Activation.SOFTMAX))) {
            assertThrows(UnavailableException.class, () -> model.predict(DATA.test()));
            assertThrows(UnavailableException.class, () -> headed.predict(DATA.test()));
            assertEquals(Precision.BF16, headed.precision());
            assertEquals(Precision.F32, model.precision(Precision.F32).precision());
        }
    }

    @Test
    void weightsAreCopiesBothWays() {
        try (Model model = small().compile(new SGD(0.01), new CategoricalCrossentropy())) {
            float[] want = model.network().initialWeights(0).get("dense.kernel");
            for (String when : List.of("before the first use", "after it")) {
                Map<String, float[]> handedOut = model.weights();
                assertEquals(names(model), List.copyOf(handedOut.keySet()), "in order");
                handedOut.values().forEach(values -> Arrays.fill(values, 7));
                assertArrayEquals(want, model.weights().get("dense.kernel"), when);
                Map<String, float[]> handedIn = model.network().initialWeights(0);
                model.weights(handedIn);
                handedIn.values().forEach(values -> Arrays.fill(values, 7));
                assertArrayEquals(want, model.weights().get("dense.kernel"), when);
            }
            try (Model headed = model.replaceHead(1, new Dense(10, Activation.SOFTMAX))) {
                headed.weights().values().forEach(values -> Arrays.fill(values, 7));
                assertArrayEquals(
                        model.weights().get("conv2d.kernel"), headed.weights().get("conv2d.kernel"));
            }
        }
    }

    /** A typing mistake between two calls of fit loses neither the optimizer's memory nor the count of epochs. */
    @Test
    void aSettingThatIsRefusedChangesNothing() {
        try (Model model = small().backend(BackendChoice.JAVA, Threads.of(1))
                .compile(new SGD(0.01).momentum(0.9), new CategoricalCrossentropy())) {
            model.fit(DATA.train(), Fit.epochs(1));
            assertThrows(IllegalArgumentException.class, () -> model.precision(Precision.parse("f23")));
            assertThrows(IllegalArgumentException.class, () -> model.backend(BackendChoice.of("jaava"), Threads.of(1)));
            assertThrows(IllegalArgumentException.class, () -> model.freeze("typo"));
            assertThrows(NullPointerException.class, () -> model.normalization(null));
            assertThrows(
                    IllegalArgumentException.class, () -> model.compile(new SGD(1), new CategoricalCrossentropy(true)));
            assertEquals("java", model.backend().name());
            assertEquals(2, model.fit(DATA.train(), Fit.epochs(1)).last().epoch());
        }
    }

    @Test
    void predictionsKeepRowsOfTheirOwn() {
        float[] row = {0, 1};
        Predictions predictions = new Predictions(
                List.of(row), new TargetSpec(TargetKind.CLASSES, List.of("a", "b")), Outputs.PROBABILITIES);
        row[0] = 2;
        assertEquals("b", predictions.classNameOf(0));
    }

    /** A metric that sorts its numbers does not show the next one others. */
    @Test
    void metricsSeeOutputsOfTheirOwn() {
        Metric sorting = new Metric() {
            @Override
            public String name() {
                return "sorting";
            }

            @Override
            public boolean greaterIsBetter() {
                return true;
            }

            @Override
            public void reset() {}

            @Override
            public void update(float[] outputs, float[] targets) {
                Arrays.fill(outputs, 0);
                Arrays.fill(targets, 0);
            }

            @Override
            public double value() {
                return 0;
            }
        };
        try (Model model = small().backend(BackendChoice.JAVA, Threads.of(1))) {
            TopKAccuracy alone = new TopKAccuracy(3);
            double want = model.evaluate(DATA.test(), alone).metrics().get(alone.name());
            assertTrue(want > 0);
            TopKAccuracy after = new TopKAccuracy(3);
            assertEquals(
                    want, model.evaluate(DATA.test(), sorting, after).metrics().get(after.name()));
        }
    }

    @Test
    void classesLookedForAreChecked() {
        try (Model model = small().backend(BackendChoice.JAVA, Threads.of(1))) {
            assertThrows(IllegalArgumentException.class, () -> model.classActivations(DATA.test(), new int[1]));
            int[] classes = new int[DATA.test().size()];
            classes[2] = 10;
            assertTrue(assertThrows(IllegalArgumentException.class, () -> model.classActivations(DATA.test(), classes))
                    .getMessage()
                    .contains("0 to 9, got 10"));
        }
    }

    @Test
    void whatFitsNoParameterIsSaidWithTheNamesThereAre() {
        try (Model model = small()) {
            for (String typo : List.of("typo", "conv2d", "x*")) {
                String message = assertThrows(IllegalArgumentException.class, () -> model.freeze(typo))
                        .getMessage();
                assertTrue(
                        message.contains(typo)
                                && message.contains("[conv2d.kernel, conv2d.bias, dense.kernel, dense.bias]"),
                        message);
                String group = assertThrows(
                                IllegalArgumentException.class,
                                () -> model.compile(
                                        new SGD(0.1)
                                                .group(ParameterGroup.of(typo).rateFactor(0)),
                                        new CategoricalCrossentropy()))
                        .getMessage();
                assertTrue(
                        group.contains(typo)
                                && group.contains("[conv2d.kernel, conv2d.bias, dense.kernel, dense.bias]"),
                        group);
            }
            assertThrows(PatternSyntaxException.class, () -> model.freeze("("));
            model.freeze("").freeze("conv2d.*").freeze("");
            String hidden = assertThrows(
                            IllegalArgumentException.class,
                            () -> model.compile(
                                    new SGD(0.1)
                                            .group(ParameterGroup.of(".*bias"))
                                            .group(ParameterGroup.of("dense.bias")),
                                    new CategoricalCrossentropy()))
                    .getMessage();
            assertTrue(hidden.contains("dense.bias") && hidden.contains("groups before it"), hidden);
            model.compile(
                    new SGD(0.1).group(ParameterGroup.of("dense.bias")).group(ParameterGroup.of(".*bias")),
                    new CategoricalCrossentropy());
        }
        Flow x = Flow.input(3, 32, 32);
        for (int i = 0; i < 2000; i++) {
            x = x.then("a-layer-with-a-long-name-" + i, new Conv2D(1, 1));
        }
        try (Model deep = Model.of(Network.of(x.then(new GlobalAveragePooling2D())))) {
            String message = assertThrows(IllegalArgumentException.class, () -> deep.freeze("typo"))
                    .getMessage();
            assertTrue(message.length() < 1500, "bounded, got " + message.length());
        }
    }

    /**
     * A model that was never compiled is judged by the loss that its end asks for: −log of the softmax, not of clipped
     * logits.
     */
    @Test
    void logitsAreEvaluatedAsLogits() {
        try (Model probabilities = small().backend(BackendChoice.JAVA, Threads.of(1));
                Model logits = Model.sequential(
                                INPUT, new Conv2D(4, 3, Activation.RELU).stride(4), new Flatten(), new Dense(10))
                        .backend(BackendChoice.JAVA, Threads.of(1))) {
            assertEquals(
                    probabilities.evaluate(DATA.test()).loss(),
                    logits.evaluate(DATA.test()).loss(),
                    1e-5);
        }
    }
}
