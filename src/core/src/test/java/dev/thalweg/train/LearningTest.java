package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.AveragePooling2D;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import org.junit.jupiter.api.Test;

/** A training from its first step until it tells classes apart, alike on both backends. */
class LearningTest {
    private static final int EPOCHS = 6;

    /** A tenth is right by chance; both backends reached 0.415. */
    private static final double ACCURACY = 0.3;

    /**
     * Changing each first weight by 1e-5 of itself, more than a hundred roundings to 24 bits, moved no loss of this
     * training by more than 1e-6: a hyperbolic tangent and averages have no kinks, where a rounding would become more
     * than one. The backends were 1e-6 apart.
     */
    private static final double TOLERANCE = 1e-5;

    private static History train(String backend, DataSplit data) {
        try (Model model = Model.sequential(
                        Shape.of(3, 32, 32),
                        new Conv2D(8, 3, Activation.TANH).stride(2),
                        new AveragePooling2D(2),
                        new Flatten(),
                        new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.of(backend), Threads.of(2))
                .seed(1)
                .compile(new SGD(0.02).momentum(0.9), new CategoricalCrossentropy())) {
            return model.fit(
                    data.train(), Fit.epochs(EPOCHS).batchSize(16).seed(1).validation(data.test()));
        }
    }

    private static void assertLearns(History history) {
        assertTrue(
                history.last().loss() < 0.7 * history.epochs().getFirst().loss(),
                history.epochs().toString());
        assertTrue(accuracy(history.last()) > ACCURACY, history.epochs().toString());
    }

    private static double accuracy(EpochResult epoch) {
        return epoch.validation().orElseThrow().accuracy();
    }

    @Test
    void bothBackendsLearnAlike() {
        try (DataSplit data = ShapesDataset.generate(640, 200, 1)) {
            History java = train("java", data);
            History oneDnn = train("onednn", data);
            assertLearns(java);
            assertLearns(oneDnn);
            for (int epoch = 0; epoch < EPOCHS; epoch++) {
                EpochResult want = java.epochs().get(epoch);
                EpochResult got = oneDnn.epochs().get(epoch);
                assertEquals(want.loss(), got.loss(), TOLERANCE, "loss of epoch " + epoch);
                assertEquals(
                        want.validation().orElseThrow().loss(),
                        got.validation().orElseThrow().loss(),
                        TOLERANCE,
                        "validation loss of epoch " + epoch);
                // Two pictures of 200 may stand between two classes.
                assertEquals(accuracy(want), accuracy(got), 0.01 + 1e-9, "accuracy of epoch " + epoch);
            }
        }
    }
}
