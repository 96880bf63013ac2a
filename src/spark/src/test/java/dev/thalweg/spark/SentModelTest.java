package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Networks;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import org.junit.jupiter.api.Test;

class SentModelTest {
    /** Whether or not it was compiled. */
    @Test
    void theChosenPrecisionTravels() throws Exception {
        try (Model model = Model.of(Networks.named("cnn", Shape.of(1, 8, 8), 3)).precision(Precision.BF16)) {
            assertArrives(Precision.BF16, model);
            model.compile(new SGD(0.1), new CategoricalCrossentropy());
            assertArrives(Precision.BF16, model);
            assertArrives(Precision.F32, model.precision(Precision.F32));
        }
    }

    private static void assertArrives(Precision expected, Model model) throws Exception {
        SentModel sent = (SentModel) JavaBytes.read(JavaBytes.of(SentModel.of(model)));
        try (Model arrived = sent.open(1)) {
            assertEquals(expected, arrived.precision());
        }
    }
}
