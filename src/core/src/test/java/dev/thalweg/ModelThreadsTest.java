package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.data.Targets;
import dev.thalweg.inference.Inference;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.metric.TopKAccuracy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Callback;
import dev.thalweg.train.Fit;
import dev.thalweg.train.Training;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.ThrowingConsumer;
import org.junit.jupiter.api.io.TempDir;

/** A model is one thread's at a time, and says so. */
@Timeout(60)
class ModelThreadsTest {
    private static final DataSplit DATA = ShapesDataset.generate(40, 20, 1);
    private static final Fit ONE_STEP = Fit.epochs(1).batchSize(40);

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    private static Model model() {
        return Model.sequential(Shape.of(3, 32, 32), new Flatten(), new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.JAVA, Threads.of(1))
                .compile(new SGD(0.01).emaMomentum(0.5), new CategoricalCrossentropy());
    }

    /** What only looks: any callback may do it. */
    private Map<String, ThrowingConsumer<Model>> looks() {
        Map<String, ThrowingConsumer<Model>> all = new LinkedHashMap<>();
        all.put("predict", model -> model.predict(DATA.test()));
        all.put("evaluate", model -> model.evaluate(DATA.test(), new TopKAccuracy(2)));
        all.put("classActivations", model -> model.classActivations(DATA.test(), new int[20]));
        all.put("save", model -> model.save(directory.resolve("model")));
        all.put("weights", Model::weights);
        all.put("set weights", model -> model.weights(model.weights()));
        all.put("averagedWeights", Model::averagedWeights);
        all.put("trainingMemory", model -> model.trainingMemory(3));
        all.put("learningRateRange", model -> model.learningRateRange(DATA.train(), Fit.epochs(1), 1e-5, 1e-4, 10));
        all.put("gradients", model -> model.gradients(DATA.test()));
        all.put("backend", Model::backend);
        all.put("replaceHead", model -> model.replaceHead(1, new Dense(3)).close());
        all.put("inference", model -> model.inference(Inference.Mode.LATENCY, 1).close());
        return all;
    }

    /** What changes or frees. */
    private Map<String, ThrowingConsumer<Model>> changes() {
        Map<String, ThrowingConsumer<Model>> all = new LinkedHashMap<>();
        all.put("fit", model -> model.fit(DATA.train(), Fit.epochs(1)));
        all.put("trainOnBatch", model -> model.trainOnBatch(DATA.test()));
        all.put("compile", model -> model.compile(new SGD(1), new CategoricalCrossentropy()));
        all.put("backend", model -> model.backend(BackendChoice.JAVA, Threads.of(1)));
        all.put("close", Model::close);
        all.put("seed", model -> model.seed(1));
        all.put("normalization", model -> model.normalization(null));
        all.put("assumeNormalization", model -> model.assumeNormalization(null));
        all.put("precision", model -> model.precision(Precision.F32));
        all.put("gradientCheckpointing", model -> model.gradientCheckpointing(true));
        all.put("freeze", model -> model.freeze(""));
        all.put("loadWeights", model -> model.loadWeights(directory.resolve("model")));
        return all;
    }

    /** Runs something in a model while one of its batches is trained on. */
    private static void whileFitting(Model model, Consumer<Training> what) {
        boolean[] did = new boolean[1];
        model.fit(DATA.train(), ONE_STEP.callbacks(new Callback() {
            @Override
            public void onBatchEnd(Training training, Progress progress) {
                what.accept(training);
                did[0] = true;
            }
        }));
        assertTrue(did[0]);
    }

    private static Throwable inAnotherThread(Runnable what) {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread other = Thread.ofPlatform().name("intruder").start(() -> {
            try {
                what.run();
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        try {
            other.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return thrown.get();
    }

    private static void run(ThrowingConsumer<Model> what, Model model) {
        try {
            what.accept(model);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aSecondThreadIsRefusedWhateverItCalls() {
        List<String> wrong = new ArrayList<>();
        try (Model model = model();
                Model untouched = model()) {
            whileFitting(model, training -> {
                for (var all : List.of(looks(), changes())) {
                    all.forEach((name, what) -> {
                        Throwable thrown = inAnotherThread(() -> run(what, model));
                        if (!(thrown instanceof IllegalStateException)
                                || !thrown.getMessage().contains("\"intruder\"")
                                || !thrown.getMessage().contains("in fit of the same model")) {
                            wrong.add(name + ": " + thrown);
                        }
                    });
                }
                Map<String, Runnable> ofTraining = Map.of(
                        "weights",
                        training::weights,
                        "movements",
                        training::movements,
                        "set weights",
                        () -> training.weights(Map.of()),
                        "checkpoint",
                        () -> run(_ -> training.checkpoint(directory.resolve("c")), model));
                ofTraining.forEach((name, what) -> {
                    if (!(inAnotherThread(what) instanceof IllegalStateException)) {
                        wrong.add("training " + name);
                    }
                });
                assertNull(inAnotherThread(() -> training.stop("any thread may")));
            });
            assertEquals(List.of(), wrong);
            untouched.fit(DATA.train(), ONE_STEP);
            assertArrayEquals(
                    untouched.weights().get("dense.kernel"), model.weights().get("dense.kernel"));
            // One after the other is allowed.
            assertNull(inAnotherThread(() -> model.predict(DATA.test())));
        }
    }

    @Test
    void aCallbackMayLookButNotChange() {
        run(model -> model.save(directory.resolve("model")), model());
        List<String> wrong = new ArrayList<>();
        try (Model model = model();
                Model untouched = model()) {
            whileFitting(model, training -> {
                looks().forEach((_, what) -> run(what, model));
                changes().forEach((name, what) -> {
                    String message = assertThrows(IllegalStateException.class, () -> what.accept(model), name)
                            .getMessage();
                    if (!message.contains(name + " within fit") && !message.contains("call of " + name)) {
                        wrong.add(name + ": " + message);
                    }
                });
            });
            assertEquals(List.of(), wrong);
            untouched.fit(DATA.train(), ONE_STEP);
            assertArrayEquals(
                    untouched.weights().get("dense.kernel"), model.weights().get("dense.kernel"));
        }
    }

    @Test
    void aModelThatIsUsedStaysOpenAndCanBeClosedAfterwards() throws InterruptedException {
        long before = MemoryOwner.liveBytes();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch refused = new CountDownLatch(1);
        ImageDataset slow = ImageDataset.streamed(
                "slow", Shape.of(3, 32, 32), Targets.ofClasses(List.of("a", "b"), 0), List.of(), (i, pixels) -> {
                    inside.countDown();
                    try {
                        refused.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    pixels.fill((byte) 0);
                });
        Model model = model();
        try (slow) {
            AtomicReference<Object> answer = new AtomicReference<>();
            Thread predicting = Thread.ofPlatform().name("predicting").start(() -> answer.set(model.predict(slow)));
            inside.await();
            String message =
                    assertThrows(IllegalStateException.class, model::close).getMessage();
            assertTrue(
                    message.contains("called close while thread \"predicting\" was in predict of the same model"),
                    message);
            refused.countDown();
            predicting.join();
            assertTrue(answer.get() != null);
            model.close();
            model.close();
            assertTrue(assertThrows(IllegalStateException.class, () -> model.predict(slow))
                    .getMessage()
                    .contains("closed"));
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }
}
