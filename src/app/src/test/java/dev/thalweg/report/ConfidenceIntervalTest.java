package dev.thalweg.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.Targets;
import dev.thalweg.inference.Predictions;
import dev.thalweg.loss.Outputs;
import dev.thalweg.tensor.TargetKind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfidenceIntervalTest {
    /**
     * Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I,
     * method 3: the score method without continuity correction, to the four digits printed there.
     */
    @ParameterizedTest
    @CsvSource({"81, 263, 0.2553, 0.3662", "15, 148, 0.0624, 0.1605", "0, 20, 0.0000, 0.1611", "1, 29, 0.0061, 0.1718"})
    void sharesAreAsNewcombeHasThem(int right, int of, double lower, double upper) {
        assertIs(lower, upper, 0.00005, ConfidenceInterval.ofShare(right, of));
    }

    /** Seen from the other side it is the same. */
    @Test
    void sharesAreSymmetric() {
        ConfidenceInterval right = ConfidenceInterval.ofShare(81, 263);
        assertIs(1 - right.upper(), 1 - right.lower(), 1e-12, ConfidenceInterval.ofShare(182, 263));
        assertThrows(IllegalArgumentException.class, () -> ConfidenceInterval.ofShare(4, 3));
    }

    /**
     * Student, The probable error of a mean, Biometrika 6 (1908): the additional sleep of ten patients. R prints for
     * {@code t.test(sleep$extra[11:20])} the interval 0.8976775 to 3.7623225, and of the differences, {@code paired =
     * TRUE}, 0.7001142 to 2.4598858.
     */
    @Test
    void meansAreAsStudentHasThem() {
        double[] second = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
        double[] first = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2};
        double[] differences = new double[10];
        for (int i = 0; i < 10; i++) {
            differences[i] = second[i] - first[i];
        }
        assertIs(0.8976775, 3.7623225, 1e-7, ConfidenceInterval.ofMean(second).orElseThrow());
        assertIs(
                0.7001142,
                2.4598858,
                1e-7,
                ConfidenceInterval.ofMean(differences).orElseThrow());
    }

    @Test
    void ofTooFewNothingIsKnown() {
        assertEquals(Optional.empty(), ConfidenceInterval.ofMean());
        assertEquals(Optional.empty(), ConfidenceInterval.ofMean(1));
        assertEquals(Optional.empty(), ConfidenceInterval.ofMean(1, Double.NaN, 2));
        assertIs(3, 3, 0, ConfidenceInterval.ofMean(3, 3, 3).orElseThrow());
    }

    /** Seven of ten right, as counted by hand; and logits are judged as probabilities are. */
    @Test
    void classesAreCounted() {
        List<String> names = List.of("a", "b");
        Predictions said = new Predictions(
                List.of(
                        row(3, 1),
                        row(2, 0),
                        row(1, 0),
                        row(0, 1),
                        row(0, 2),
                        row(1, 5),
                        row(-2, -1),
                        row(1, 0),
                        row(0, 1),
                        row(0, 1)),
                new TargetSpec(TargetKind.CLASSES, names),
                Outputs.LOGITS);
        Targets targets = Targets.ofClasses(names, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0);
        assertEquals(Optional.of(ConfidenceInterval.ofShare(7, 10)), ConfidenceInterval.of(targets, said));
    }

    /** Of pictures, not of numbers or labels, which hang together within a picture. */
    @Test
    void numbersAndLabelsAreAveragedOverPictures() {
        Predictions numbers = new Predictions(
                List.of(row(1, 2), row(4, 0), row(0, 0)),
                new TargetSpec(TargetKind.REGRESSION, List.of("x", "y")),
                Outputs.UNKNOWN);
        Targets wanted = Targets.ofRegression(List.of("x", "y"), row(0, 0), row(0, 0), row(-1, 0));
        assertEquals(ConfidenceInterval.ofMean(1.5, 2, 0.5), ConfidenceInterval.of(wanted, numbers));
        Predictions labels = new Predictions(
                List.of(row(3, -1), row(-4, 1), row(1, 1)),
                new TargetSpec(TargetKind.MULTI_LABEL, List.of("x", "y")),
                Outputs.LOGITS);
        Targets given = Targets.ofMultiLabels(List.of("x", "y"), row(1, 0), row(1, 0), row(0, 1));
        assertEquals(ConfidenceInterval.ofMean(1, 0, 0.5), ConfidenceInterval.of(given, labels));
    }

    private static float[] row(float... numbers) {
        return numbers;
    }

    private static void assertIs(double lower, double upper, double tolerance, ConfidenceInterval interval) {
        assertEquals(lower, interval.lower(), tolerance);
        assertEquals(upper, interval.upper(), tolerance);
    }
}
