package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.inference.Predictions;
import dev.thalweg.metric.TopKAccuracy;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Threads;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestedTest {
    /** More than one batch, and an incomplete one. */
    private static final int PICTURES = 150;

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void onePassGivesWhatEvaluateAndPredictGive(String backend) {
        AtomicIntegerArray reads = new AtomicIntegerArray(PICTURES);
        try (DataSplit data = ShapesDataset.generate(10, PICTURES, 1);
                ImageDataset counted = ImageDataset.streamed(
                        "counted", data.test().imageShape(), data.test().targets(), List.of(), (i, pixels) -> {
                            reads.incrementAndGet(i);
                            pixels.copyFrom(data.test().pixels(i));
                        });
                Model model = Model.of(Networks.cnn(data.test().imageShape(), 10))) {
            model.backend(BackendChoice.of(backend), Threads.of(1));
            Tested tested = model.test(counted, new TopKAccuracy(3));
            for (int i = 0; i < PICTURES; i++) {
                assertEquals(1, reads.get(i), "picture " + i);
            }
            assertEquals(model.evaluate(data.test(), new TopKAccuracy(3)), tested.evaluation());
            Predictions alone = model.predict(data.test());
            assertEquals(PICTURES, tested.predictions().outputs().size());
            for (int i = 0; i < PICTURES; i++) {
                // Of another graph, without the loss: softmax may be rounded otherwise.
                assertArrayEquals(
                        alone.outputs().get(i), tested.predictions().outputs().get(i), 1e-6f);
            }
            assertEquals(alone.targets(), tested.predictions().targets());
        }
    }
}
