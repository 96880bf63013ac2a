package dev.thalweg.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.Targets;
import dev.thalweg.loss.BinaryCrossentropy;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Outputs;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What outputs say of pictures, whether the network yields probabilities or logits. */
class PredictionsTest {
    private static final List<String> NAMES = List.of("a", "b");

    private static Predictions of(TargetKind kind, Outputs yielded, float... row) {
        return new Predictions(List.of(row), new TargetSpec(kind, NAMES), yielded);
    }

    /**
     * Odds of 3 to 1 are a logarithm of 3: 0.75 and 0.25, whichever way they are told; floats are rounded to 24 bits.
     */
    @Test
    void logitsAndLogarithmsBecomeProbabilities() {
        float log3 = (float) Math.log(3);
        float[] wanted = {0.75f, 0.25f};
        for (Predictions said : List.of(
                of(TargetKind.CLASSES, Outputs.LOGITS, 1000 + log3, 1000),
                of(TargetKind.CLASSES, Outputs.LOG_PROBABILITIES, (float) Math.log(0.75), (float) Math.log(0.25)),
                of(TargetKind.CLASSES, Outputs.PROBABILITIES, wanted),
                of(TargetKind.MULTI_LABEL, Outputs.LOGITS, log3, -log3),
                of(TargetKind.MULTI_LABEL, Outputs.SINGLE_PROBABILITIES, wanted))) {
            // The first row's logits are rounded to 2^-14, which moves 0.75 by 0.19 times as much.
            assertArrayEquals(wanted, said.probabilities().outputs().getFirst(), 2e-5f);
        }
        float[] numbers = {-3, 7};
        assertArrayEquals(
                numbers,
                of(TargetKind.REGRESSION, Outputs.LOGITS, numbers)
                        .probabilities()
                        .outputs()
                        .getFirst());
    }

    @Test
    void theGreatestComeFirstAndNumbersInTheirOrder() {
        assertEquals(
                List.of(new NamedOutput("b", 0.75f), new NamedOutput("a", 0.25f)),
                of(TargetKind.CLASSES, Outputs.PROBABILITIES, 0.25f, 0.75f).ranked(0, 5));
        assertEquals(
                List.of(new NamedOutput("a", 0.5f)),
                of(TargetKind.MULTI_LABEL, Outputs.PROBABILITIES, 0.5f, 0.5f).ranked(0, 1));
        Predictions numbers = of(TargetKind.REGRESSION, Outputs.LOGITS, -3, 7);
        assertEquals(List.of(new NamedOutput("a", -3), new NamedOutput("b", 7)), numbers.ranked(0, 1));
        assertThrows(IllegalArgumentException.class, () -> numbers.ranked(0, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> numbers.ranked(1, 1));
    }

    @Test
    void aLabelIsGivenByItsProbability() {
        assertEquals(
                List.of("b"),
                of(TargetKind.MULTI_LABEL, Outputs.LOGITS, -0.1f, 0.1f).labelsOf(0, 0.5));
        assertEquals(
                List.of(),
                of(TargetKind.MULTI_LABEL, Outputs.LOGITS, -0.1f, 0.1f).labelsOf(0, 0.6));
        assertThrows(
                IllegalArgumentException.class,
                () -> of(TargetKind.MULTI_LABEL, Outputs.LOGITS, 0, 0).labelsOf(0, -1));
    }

    @Test
    void whatTheTargetsAreNotIsNotAnswered() {
        Predictions numbers = of(TargetKind.REGRESSION, Outputs.LOGITS, 1, 2);
        assertThrows(IllegalStateException.class, () -> numbers.classOf(0));
        assertThrows(IllegalStateException.class, () -> numbers.classNameOf(0));
        assertThrows(IllegalStateException.class, () -> numbers.labelsOf(0, 0.5));
        assertThrows(
                IllegalStateException.class,
                () -> of(TargetKind.CLASSES, Outputs.LOGITS, 1, 2).labelsOf(0, 0.5));
        assertThrows(
                IllegalStateException.class,
                () -> of(TargetKind.MULTI_LABEL, Outputs.LOGITS, 1, 2).classOf(0));
        assertEquals(2, numbers.valueOf(0, "b"));
    }

    /** A softmax or sigmoid in the network, or after it: the same weights give the same probabilities. */
    @Test
    void modelsOfLogitsSayTheSameAsThoseOfProbabilities() {
        Shape shape = Shape.of(1, 1, 2);
        for (Targets targets : List.of(
                Targets.ofClasses(NAMES, 0, 1), Targets.ofMultiLabels(NAMES, new float[] {1, 0}, new float[] {1, 1}))) {
            boolean classes = targets.kind() == TargetKind.CLASSES;
            Activation last = classes ? Activation.SOFTMAX : Activation.SIGMOID;
            try (ImageDataset data =
                            ImageDataset.of("two", shape, targets, (i, pixels) -> pixels.fill((byte) (100 + 50 * i)));
                    Model logits = Model.sequential(shape, new Flatten(), new Dense(2));
                    Model probabilities = Model.sequential(shape, new Flatten(), new Dense(2, last));
                    Model trained = logits.backend(BackendChoice.JAVA, Threads.of(1))
                            .compile(
                                    new SGD(0.1),
                                    classes ? new CategoricalCrossentropy(true) : new BinaryCrossentropy(true))) {
                trained.fit(data, Fit.epochs(3));
                probabilities.backend(BackendChoice.JAVA, Threads.of(1)).weights(trained.weights());
                List<float[]> wanted = probabilities.predict(data).outputs();
                try (Inference inference = trained.inference(Inference.Mode.LATENCY, 1)) {
                    for (Predictions said : List.of(
                            trained.predict(data),
                            inference.predict(List.of(new byte[] {100, 100}, new byte[] {(byte) 150, (byte) 150})))) {
                        for (int i = 0; i < 2; i++) {
                            // Rounded to 24 bits in several steps.
                            assertArrayEquals(
                                    wanted.get(i),
                                    said.probabilities().outputs().get(i),
                                    1e-6f);
                        }
                    }
                }
            }
        }
    }
}
