package dev.thalweg.train;

import dev.thalweg.backend.Movement;
import dev.thalweg.tensor.ThalwegException;
import dev.thalweg.text.Counted;
import java.util.List;

/**
 * A training whose loss or gradient is no longer a finite number. The step that would have carried it into the weights
 * was not made; where only the loss after an epoch told, or after the last update, the weights are of no use. What was
 * saved before is untouched.
 */
public class TrainingDivergedException extends ThalwegException {
    private static final long serialVersionUID = 1;

    private static final String ADVICE =
            ". Use a lower learning rate, a warm-up or gradient clipping, or check the data for values out of range";

    TrainingDivergedException(int epoch, int batch, double loss, float learningRate, List<Movement> movements) {
        super("the training diverged in epoch " + epoch + ", batch " + batch + ", at learning rate " + learningRate
                + ": the loss is " + loss
                + gradients(movements)
                + ADVICE);
    }

    TrainingDivergedException(int epoch, String what, double loss, float learningRate) {
        super("the training diverged in epoch " + epoch + " at learning rate " + learningRate + ": " + what + " is "
                + loss + ADVICE);
    }

    TrainingDivergedException(int epoch, int updates, float learningRate) {
        super("the training diverged in epoch " + epoch + " at learning rate " + learningRate + ": "
                + Counted.of(updates, "update") + ", all of the epoch, had to be skipped, as loss or gradients were not"
                + " finite" + ADVICE);
    }

    private static String gradients(List<Movement> movements) {
        List<String> bad = movements.stream()
                .filter(m -> !Double.isFinite(m.gradientNorm()))
                .map(Movement::parameter)
                .toList();
        return bad.isEmpty() ? "" : ", the gradient is not finite at " + String.join(", ", bad);
    }
}
