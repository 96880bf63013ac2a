package dev.thalweg.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole trainings by SGD against a second implementation in double. */
class SgdTest {
    /** Single-sample, mini-batch with a rest of 3 (23 = 5 · 4 + 3), and batch descent. */
    @ParameterizedTest
    @CsvSource({
        "java, 1, 0, false, 0", "onednn, 1, 0, false, 0", "java, 4, 0.9, false, 0.05", "onednn, 4, 0.9, false, 0.05",
        "java, 4, 0.9, true, 0", "onednn, 4, 0.9, true, 0.01", "java, 23, 0.5, false, 0", "onednn, 23, 0.5, false, 0"
    })
    void followsTheSameTrajectoryAsLoopsInDouble(
            String backend, int batchSize, double momentum, boolean nesterov, double decay) {
        SGD rule = new SGD(0.3, momentum, nesterov, decay);
        double[][] velocity = SoftmaxRegression.zeros();
        SoftmaxRegression.check(backend, rule, batchSize, batchSize, (step, theta, gradient) -> {
            double rate = rule.learningRate() / (1 + rule.decay() * step);
            SoftmaxRegression.each((c, p) -> {
                velocity[c][p] = rule.momentum() * velocity[c][p] - rate * gradient[c][p];
                theta[c][p] +=
                        rule.nesterov() ? rule.momentum() * velocity[c][p] - rate * gradient[c][p] : velocity[c][p];
            });
        });
    }

    @Test
    void theRateDecaysWithTheInverseOfTime() {
        Schedule rates = new SGD(0.01).decay(0.01).descent().schedule();
        assertArrayEquals(
                new double[] {0.01, 0.01 / 1.01, 0.005}, new double[] {rates.at(0), rates.at(1), rates.at(100)}, 1e-15);
    }

    @Test
    void rangesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new SGD(0));
        assertThrows(IllegalArgumentException.class, () -> new SGD(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> new SGD(0.1).momentum(1));
        assertThrows(IllegalArgumentException.class, () -> new SGD(0.1).decay(-1));
        assertThrows(IllegalArgumentException.class, () -> new SGD(0.1, 0, true, 0));
    }
}
