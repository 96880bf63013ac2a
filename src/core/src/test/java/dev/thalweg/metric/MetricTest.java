package dev.thalweg.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.inference.Predictions;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;
import org.junit.jupiter.api.Test;

/** Values from scikit-learn's documentation, each with its name, or counted by hand. */
class MetricTest {
    private static final double TOLERANCE = 1e-12;

    /** A row whose greatest output is that of a class. */
    private static float[] says(int label, int classes) {
        float[] row = new float[classes];
        row[label] = 1;
        return row;
    }

    /** {@code top_k_accuracy_score}: y_true [0, 1, 2, 2], k = 2 gives 0.75. */
    @Test
    void topK() {
        float[][] scores = {{0.5f, 0.2f, 0.2f}, {0.3f, 0.4f, 0.2f}, {0.2f, 0.4f, 0.3f}, {0.7f, 0.2f, 0.1f}};
        int[] labels = {0, 1, 2, 2};
        TopK two = new TopK(2);
        TopK one = new TopK(1);
        Accuracy accuracy = new Accuracy();
        for (int i = 0; i < labels.length; i++) {
            two.update(scores[i], labels[i]);
            one.update(scores[i], labels[i]);
            accuracy.update(scores[i], labels[i]);
        }
        assertEquals(0.75, two.value(), TOLERANCE);
        assertEquals(0.5, one.value(), TOLERANCE);
        assertEquals(one.value(), accuracy.value());
        assertEquals("top_2_accuracy", two.name());
        two.reset();
        two.update(new float[] {Float.NaN, Float.NaN, Float.NaN}, 0);
        assertEquals(0, two.value(), "outputs that are no numbers are wrong");
    }

    /** {@code confusion_matrix}: y_true [2, 0, 2, 2, 0, 1], y_pred [0, 0, 2, 2, 0, 2]. */
    @Test
    void confusionMatrix() {
        ConfusionMatrix matrix = new ConfusionMatrix(3);
        int[] labels = {2, 0, 2, 2, 0, 1};
        int[] predicted = {0, 0, 2, 2, 0, 2};
        for (int i = 0; i < labels.length; i++) {
            matrix.update(says(predicted[i], 3), labels[i]);
        }
        long[][] want = {{2, 0, 0}, {0, 0, 1}, {1, 0, 2}};
        for (int label = 0; label < 3; label++) {
            for (int p = 0; p < 3; p++) {
                assertEquals(want[label][p], matrix.count(label, p));
            }
        }
    }

    /**
     * {@code f1_score}: y_true [0, 1, 2, 0, 1, 2], y_pred [0, 2, 1, 0, 0, 1]: 0.8, 0, 0, macro 0.26…; recall 1, 0, 0.
     */
    @Test
    void precisionRecallAndF1() {
        ConfusionMatrix matrix = new ConfusionMatrix(3);
        int[] labels = {0, 1, 2, 0, 1, 2};
        int[] predicted = {0, 2, 1, 0, 0, 1};
        for (int i = 0; i < labels.length; i++) {
            matrix.update(says(predicted[i], 3), labels[i]);
        }
        assertEquals(2 / 3.0, matrix.precision(0), TOLERANCE);
        assertEquals(1, matrix.recall(0), TOLERANCE);
        assertEquals(0.8, matrix.f1(0), TOLERANCE);
        assertEquals(0, matrix.f1(1), TOLERANCE);
        assertEquals(0.8 / 3, matrix.value(), TOLERANCE);
        assertThrows(IllegalArgumentException.class, () -> matrix.update(new float[2], 0));
    }

    /** {@code roc_auc_score}: y_true [0, 0, 1, 1], scores [0.1, 0.4, 0.35, 0.8] give 0.75. */
    @Test
    void rocAuc() {
        RocAuc auc = new RocAuc();
        float[] scores = {0.1f, 0.4f, 0.35f, 0.8f};
        for (int i = 0; i < scores.length; i++) {
            auc.update(new float[] {1 - scores[i], scores[i]}, i / 2);
        }
        assertEquals(0.75, auc.value(1), TOLERANCE);
        assertEquals(0.75, auc.value(), TOLERANCE);
        auc.reset();
        assertTrue(Double.isNaN(auc.value()));
        // A tie counts half; class 2 never occurs.
        auc.update(new float[] {0.5f, 0.5f, 0}, 0);
        auc.update(new float[] {0.5f, 0.5f, 0}, 1);
        assertEquals(0.5, auc.value(0), TOLERANCE);
        assertTrue(Double.isNaN(auc.value(2)));
        assertEquals(0.5, auc.value(), TOLERANCE);
        auc.update(new float[] {Float.NaN, 0, 0}, 1);
        assertTrue(Double.isNaN(auc.value(0)));
    }

    /**
     * By hand from the definition, with two bins: confidences 0.5 (right) in the lower; 0.75 (right), 1 (wrong) in the
     * upper: 1/3 |1 − 0.5| + 2/3 |1/2 − 7/8| = 5/12.
     */
    @Test
    void expectedCalibrationError() {
        ExpectedCalibrationError error = new ExpectedCalibrationError(2);
        error.update(new float[] {0.5f, 0.25f, 0.25f}, 0);
        error.update(new float[] {0.25f, 0.75f, 0}, 1);
        error.update(new float[] {0, 1, 0}, 2);
        assertEquals(5 / 12.0, error.value(), TOLERANCE);
        assertThrows(IllegalArgumentException.class, () -> error.update(new float[] {3, 0, 0}, 0));
        assertThrows(IllegalArgumentException.class, () -> error.update(new float[] {Float.NaN, 0, 0}, 0));
    }

    /** 130 pictures in batches of 128 and 2, against the predictions of all of them at once. */
    @Test
    void theRaggedLastBatchCounts() {
        try (DataSplit data = ShapesDataset.generate(64, 130, 5);
                Model model = Model.sequential(Shape.of(3, 32, 32), new Flatten(), new Dense(10, Activation.SOFTMAX))) {
            model.compile(new SGD(0.01), new CategoricalCrossentropy());
            model.fit(data.train(), Fit.epochs(2));
            ConfusionMatrix matrix = new ConfusionMatrix(10);
            Evaluation result = model.evaluate(data.test(), matrix, new Accuracy(), new TopK(10));
            Predictions predictions = model.predict(data.test());
            long total = 0;
            long[][] want = new long[10][10];
            for (int i = 0; i < 130; i++) {
                want[data.test().label(i)][predictions.classOf(i)]++;
            }
            for (int label = 0; label < 10; label++) {
                for (int p = 0; p < 10; p++) {
                    assertEquals(want[label][p], matrix.count(label, p));
                    total += matrix.count(label, p);
                }
            }
            assertEquals(130, total);
            assertEquals(result.accuracy(), result.metrics().get("accuracy"));
            assertEquals(1, result.metrics().get("top_10_accuracy"));
            assertEquals(matrix.value(), result.metrics().get("macro_f1"));
        }
    }
}
