package dev.thalweg.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.data.Normalization;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.Add;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Layer;
import dev.thalweg.model.Reshape;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Which ends of networks go with which losses. */
class OutputsTest {
    private static final Shape INPUT = Shape.of(1, 4, 4);

    /** What becomes of a pair. */
    private enum Verdict {
        FITS,
        WARNED,
        REFUSED
    }

    private static final Map<String, Loss> LOSSES = losses();

    private static Map<String, Loss> losses() {
        Map<String, Loss> all = new LinkedHashMap<>();
        all.put("categorical of probabilities", new CategoricalCrossentropy());
        all.put("categorical of logits", new CategoricalCrossentropy(true));
        all.put("sparse of probabilities", new SparseCategoricalCrossentropy());
        all.put("sparse of logits", new SparseCategoricalCrossentropy(true));
        all.put("binary of probabilities", new BinaryCrossentropy());
        all.put("binary of logits", new BinaryCrossentropy(true));
        all.put("squared", new MeanSquaredError());
        all.put("absolute", new MeanAbsoluteError());
        return all;
    }

    /** For each kind of outputs, in the order of the losses: + fits, ? is warned of, - is refused. */
    private static final Map<Outputs, String> TABLE = Map.of(
            Outputs.PROBABILITIES, "+-+-?-++",
            Outputs.SINGLE_PROBABILITIES, "----+-++",
            Outputs.LOG_PROBABILITIES, "-+-+--++",
            Outputs.LOGITS, "-+-+-+++",
            Outputs.UNKNOWN, "++++++++");

    private static Map<String, Model> heads(Outputs outputs) {
        Map<String, Model> all = new LinkedHashMap<>();
        switch (outputs) {
            case PROBABILITIES -> {
                all.put("Dense", model(new Flatten(), new Dense(3, Activation.SOFTMAX)));
                all.put(
                        "layer of its own",
                        model(new Flatten(), new Dense(3), new ActivationLayer(Activation.SOFTMAX)));
                all.put(
                        "Dropout behind it",
                        model(
                                new Flatten(),
                                new Dense(3, Activation.SOFTMAX),
                                new Dropout(0.1),
                                new Reshape(List.of(3))));
                all.put("mean of maps", model(new Conv2D(3, 2, Activation.SOFTMAX), new GlobalAveragePooling2D()));
            }
            case SINGLE_PROBABILITIES -> all.put("Dense", model(new Flatten(), new Dense(3, Activation.SIGMOID)));
            case LOG_PROBABILITIES -> all.put("Dense", model(new Flatten(), new Dense(3, Activation.LOG_SOFTMAX)));
            case LOGITS -> {
                for (Activation activation : List.of(
                        Activation.LINEAR,
                        Activation.RELU,
                        Activation.RELU6,
                        Activation.LEAKY_RELU,
                        Activation.ELU,
                        Activation.TANH,
                        Activation.GELU,
                        Activation.SWISH,
                        Activation.HARD_SWISH)) {
                    all.put(activation.toString(), model(new Flatten(), new Dense(3, activation)));
                }
                all.put("mean of maps", model(new Conv2D(3, 2), new GlobalAveragePooling2D()));
                all.put("normalized", model(new Conv2D(3, 4), new BatchNormalization(), new Flatten()));
            }
            case UNKNOWN -> {
                Flow pictures = Flow.input(1, 4, 4).then(new Flatten());
                all.put(
                        "sum of two",
                        Model.of(Flow.join(
                                new Add(),
                                pictures.then(new Dense(3)),
                                pictures.then(new Dense(3, Activation.SOFTMAX)))));
                all.put("no layer that computes", model(new Flatten()));
            }
        }
        return all;
    }

    private static Model model(Layer... layers) {
        return Model.sequential(INPUT, layers);
    }

    @TestFactory
    List<DynamicTest> headsAndLosses() {
        List<DynamicTest> tests = new ArrayList<>();
        TABLE.forEach((outputs, row) -> heads(outputs).forEach((head, model) -> {
            int[] column = new int[1];
            LOSSES.forEach((name, loss) -> {
                Verdict expected = switch (row.charAt(column[0]++)) {
                    case '+' -> Verdict.FITS;
                    case '?' -> Verdict.WARNED;
                    default -> Verdict.REFUSED;
                };
                tests.add(DynamicTest.dynamicTest(
                        outputs.name() + " (" + head + "), " + name, () -> check(model, outputs, loss, expected)));
            });
        }));
        return tests;
    }

    private static void check(Model model, Outputs outputs, Loss loss, Verdict expected) {
        ModelDescription description = ModelDescription.of(model.network(), Map.of(), Normalization.unit(1));
        assertEquals(List.of(outputs), List.copyOf(description.outputs().values()));
        if (expected == Verdict.REFUSED) {
            String message = assertThrows(IllegalArgumentException.class, () -> model.compile(new SGD(0.1), loss))
                    .getMessage();
            assertTrue(
                    message.contains("the network yields " + outputs) && message.contains("end the network in"),
                    message);
        } else {
            Optional<String> warning = description.with(new SGD(0.1)).with(loss).check();
            assertEquals(expected == Verdict.WARNED, warning.isPresent());
            model.compile(new SGD(0.1), loss);
        }
    }

    @Test
    void theAdviceOfARefusalIsFollowedToAPairThatFits() {
        assertTrue(message(new Dense(3), new CategoricalCrossentropy()).contains("compile with fromLogits = true"));
        assertTrue(message(new Dense(3, Activation.SOFTMAX), new CategoricalCrossentropy(true))
                .contains("compile with fromLogits = false"));
        assertTrue(message(new Dense(3, Activation.SIGMOID), new CategoricalCrossentropy())
                .contains("compile with binary cross-entropy"));
        assertTrue(message(new Dense(3), new BinaryCrossentropy()).contains("compile with fromLogits = true"));
        assertTrue(message(new Dense(3, Activation.SIGMOID), new BinaryCrossentropy(true))
                .contains("compile with fromLogits = false"));
    }

    private static String message(Layer head, Loss loss) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> model(new Flatten(), head).compile(new SGD(0.1), loss))
                .getMessage();
    }
}
