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
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Values from scikit-learn's documentation, each with its name, or counted by hand. */
class MetricTest {
    private static final double TOLERANCE = 1e-12;

    /** A row with 1 at a class: the target, or what says so for sure. */
    private static float[] one(int label, int classes) {
        float[] row = new float[classes];
        row[label] = 1;
        return row;
    }

    /** A metric that was shown rows of outputs and targets. */
    private static <M extends Metric> M shown(M metric, float[][] outputs, float[][] targets) {
        metric.reset();
        for (int i = 0; i < outputs.length; i++) {
            metric.update(outputs[i], targets[i]);
        }
        return metric;
    }

    private static float[][] column(float... values) {
        float[][] rows = new float[values.length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new float[] {values[i]};
        }
        return rows;
    }

    /** {@code top_k_accuracy_score}: y_true [0, 1, 2, 2], k = 2 gives 0.75. */
    @Test
    void topK() {
        float[][] scores = {{0.5f, 0.2f, 0.2f}, {0.3f, 0.4f, 0.2f}, {0.2f, 0.4f, 0.3f}, {0.7f, 0.2f, 0.1f}};
        int[] labels = {0, 1, 2, 2};
        TopKAccuracy two = new TopKAccuracy(2);
        TopKAccuracy one = new TopKAccuracy(1);
        Accuracy accuracy = new Accuracy();
        for (int i = 0; i < labels.length; i++) {
            two.update(scores[i], one(labels[i], 3));
            one.update(scores[i], one(labels[i], 3));
            accuracy.update(scores[i], one(labels[i], 3));
        }
        assertEquals(0.75, two.value(), TOLERANCE);
        assertEquals(0.5, one.value(), TOLERANCE);
        assertEquals(one.value(), accuracy.value());
        assertEquals("top_2_accuracy", two.name());
        for (Metric metric : new Metric[] {two, accuracy}) {
            metric.reset();
            metric.update(new float[] {Float.NaN, Float.NaN, Float.NaN}, one(0, 3));
            assertEquals(0, metric.value(), "outputs that are no numbers are wrong");
        }
    }

    /** {@code confusion_matrix}: y_true [2, 0, 2, 2, 0, 1], y_pred [0, 0, 2, 2, 0, 2]. */
    @Test
    void confusionMatrix() {
        ConfusionMatrix matrix = new ConfusionMatrix(3);
        int[] labels = {2, 0, 2, 2, 0, 1};
        int[] predicted = {0, 0, 2, 2, 0, 2};
        for (int i = 0; i < labels.length; i++) {
            matrix.update(one(predicted[i], 3), one(labels[i], 3));
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
            matrix.update(one(predicted[i], 3), one(labels[i], 3));
        }
        assertEquals(2 / 3.0, matrix.precision(0), TOLERANCE);
        assertEquals(1, matrix.recall(0), TOLERANCE);
        assertEquals(0.8, matrix.f1(0), TOLERANCE);
        assertEquals(0, matrix.f1(1), TOLERANCE);
        assertEquals(0.8 / 3, matrix.value(), TOLERANCE);
        assertThrows(IllegalArgumentException.class, () -> matrix.update(new float[2], one(0, 2)));
    }

    /** {@code roc_auc_score}: y_true [0, 0, 1, 1], scores [0.1, 0.4, 0.35, 0.8] give 0.75. */
    @Test
    void rocAuc() {
        AUC auc = new AUC();
        float[] scores = {0.1f, 0.4f, 0.35f, 0.8f};
        for (int i = 0; i < scores.length; i++) {
            auc.update(new float[] {1 - scores[i], scores[i]}, one(i / 2, 2));
        }
        assertEquals(0.75, auc.value(1), TOLERANCE);
        assertEquals(0.75, auc.value(), TOLERANCE);
        auc.reset();
        assertTrue(Double.isNaN(auc.value()));
        // A tie counts half; class 2 never occurs.
        auc.update(new float[] {0.5f, 0.5f, 0}, one(0, 3));
        auc.update(new float[] {0.5f, 0.5f, 0}, one(1, 3));
        assertEquals(0.5, auc.value(0), TOLERANCE);
        assertTrue(Double.isNaN(auc.value(2)));
        assertEquals(0.5, auc.value(), TOLERANCE);
        auc.update(new float[] {Float.NaN, 0, 0}, one(1, 3));
        assertTrue(Double.isNaN(auc.value(0)));
    }

    /**
     * By hand from the definition, with two bins: confidences 0.5 (right) in the lower; 0.75 (right), 1 (wrong) in the
     * upper: 1/3 |1 − 0.5| + 2/3 |1/2 − 7/8| = 5/12.
     */
    @Test
    void expectedCalibrationError() {
        ExpectedCalibrationError error = new ExpectedCalibrationError(2);
        error.update(new float[] {0.5f, 0.25f, 0.25f}, one(0, 3));
        error.update(new float[] {0.25f, 0.75f, 0}, one(1, 3));
        error.update(new float[] {0, 1, 0}, one(2, 3));
        assertEquals(5 / 12.0, error.value(), TOLERANCE);
        assertEquals(2, error.bins());
        assertEquals(1, error.pictures(0));
        assertEquals(2, error.pictures(1));
        assertEquals(0.5, error.confidence(0), TOLERANCE);
        assertEquals(0.875, error.confidence(1), TOLERANCE);
        assertEquals(1, error.accuracy(0), TOLERANCE);
        assertEquals(0.5, error.accuracy(1), TOLERANCE);
        assertTrue(Double.isNaN(new ExpectedCalibrationError(2).accuracy(0)), "an empty bin");
        assertThrows(IllegalArgumentException.class, () -> error.update(new float[] {3, 0, 0}, one(0, 3)));
        assertThrows(IllegalArgumentException.class, () -> error.update(new float[] {Float.NaN, 0, 0}, one(0, 3)));
    }

    /** {@code average_precision_score}: y_true [0, 0, 1, 1], scores [0.1, 0.4, 0.35, 0.8] give 0.83. */
    @Test
    void meanAveragePrecision() {
        float[][] scores = column(0.1f, 0.4f, 0.35f, 0.8f);
        MeanAveragePrecision precision = shown(new MeanAveragePrecision(), scores, column(0, 0, 1, 1));
        assertEquals((1 + 2 / 3.0) / 2, precision.value(), TOLERANCE);
        assertEquals(0.75, shown(new AUC(), scores, column(0, 0, 1, 1)).value(), TOLERANCE);
        // Equals come in at once: two of four positive.
        assertEquals(
                0.5, shown(precision, column(1, 1, 1, 1), column(0, 1, 1, 0)).value(), TOLERANCE);
        assertTrue(Double.isNaN(shown(precision, scores, column(0, 0, 0, 0)).value()), "a label that never occurs");
        assertTrue(Double.isNaN(shown(precision, column(Float.NaN), column(1)).value()), "outputs that are no numbers");
    }

    /** {@code multilabel_confusion_matrix}: y_true [[1, 0, 1], [0, 1, 0]], y_pred [[1, 0, 0], [0, 1, 1]]. */
    @Test
    void multiLabelConfusionMatrix() {
        MultiLabelConfusionMatrix matrix =
                shown(new MultiLabelConfusionMatrix(0.5), new float[][] {{1, 0, 0}, {0, 1, 1}}, new float[][] {
                    {1, 0, 1}, {0, 1, 0}
                });
        long[][] want = {{1, 0, 0, 1}, {1, 0, 0, 1}, {0, 1, 1, 0}};
        for (int label = 0; label < matrix.labels(); label++) {
            assertEquals(want[label][0], matrix.trueNegatives(label));
            assertEquals(want[label][1], matrix.falsePositives(label));
            assertEquals(want[label][2], matrix.falseNegatives(label));
            assertEquals(want[label][3], matrix.truePositives(label));
        }
        assertEquals(3, matrix.labels());
    }

    /**
     * {@code f1_score}: y_true [[0, 0, 0], [1, 1, 1], [0, 1, 1]], y_pred [[0, 0, 0], [1, 1, 1], [1, 1, 0]] gives
     * [0.66…, 1, 0.66…]; all labels together by hand: 4 of 5 given apply, 4 of 5 that apply are given.
     */
    @Test
    void precisionRecallAndF1OfLabels() {
        float[][] targets = {{0, 0, 0}, {1, 1, 1}, {0, 1, 1}};
        float[][] predicted = {{0, 0, 0}, {1, 1, 1}, {1, 1, 0}};
        MultiLabelConfusionMatrix matrix = shown(new MultiLabelConfusionMatrix(0.5), predicted, targets);
        assertEquals(2 / 3.0, matrix.f1(0), TOLERANCE);
        assertEquals(1, matrix.f1(1), TOLERANCE);
        assertEquals(2 / 3.0, matrix.f1(2), TOLERANCE);
        assertEquals(
                7 / 9.0, shown(new F1Score(Average.MACRO), predicted, targets).value(), TOLERANCE);
        assertEquals(0.8, shown(new F1Score(Average.MICRO), predicted, targets).value(), TOLERANCE);
        assertEquals(
                0.8, shown(new Precision(Average.MICRO), predicted, targets).value(), TOLERANCE);
        assertEquals(0.8, shown(new Recall(Average.MICRO), predicted, targets).value(), TOLERANCE);
        assertEquals(
                2.5 / 3, shown(new Precision(Average.MACRO), predicted, targets).value(), TOLERANCE);
        assertEquals(
                2.5 / 3, shown(new Recall(Average.MACRO), predicted, targets).value(), TOLERANCE);
        assertEquals("micro_precision", new Precision(Average.MICRO).name());
        // Logits are given from 0 on; none of nothing is 0.
        assertEquals(
                1,
                shown(new F1Score(Average.MACRO, 0), column(0.1f, -0.1f), column(1, 0))
                        .value());
        assertEquals(
                0,
                shown(new F1Score(Average.MACRO), column(0.1f, -0.1f), column(1, 0))
                        .value());
    }

    /** Keras' {@code BinaryAccuracy}: [[1], [1], [0], [0]] and [[0.98], [1], [0], [0.6]] give 0.75. */
    @Test
    void binaryAccuracy() {
        float[][] targets = column(1, 1, 0, 0);
        assertEquals(
                0.75,
                shown(new BinaryAccuracy(), column(0.98f, 1, 0, 0.6f), targets).value());
        float nan = Float.NaN;
        assertEquals(
                0,
                shown(new BinaryAccuracy(), column(nan, nan, nan, nan), targets).value());
    }

    /** {@code mean_absolute_error}, {@code mean_squared_error} and {@code r2_score}, with one output and with two. */
    @Test
    void errorsOfNumbers() {
        float[][] targets = column(3, -0.5f, 2, 7);
        float[][] predicted = column(2.5f, 0, 2, 8);
        assertEquals(0.5, shown(new MeanAbsoluteError(), predicted, targets).value(), TOLERANCE);
        assertEquals(0.375, shown(new MeanSquaredError(), predicted, targets).value(), TOLERANCE);
        assertEquals(
                0.612, shown(new RootMeanSquaredError(), predicted, targets).value(), 5e-4);
        assertEquals(0.948, shown(new R2Score(), predicted, targets).value(), 1e-3);
        float[][] twoTargets = {{0.5f, 1}, {-1, 1}, {7, -6}};
        float[][] twoPredicted = {{0, 2}, {-1, 2}, {8, -5}};
        assertEquals(
                0.75, shown(new MeanAbsoluteError(), twoPredicted, twoTargets).value(), TOLERANCE);
        assertEquals(
                0.708, shown(new MeanSquaredError(), twoPredicted, twoTargets).value(), 1e-3);
        R2Score score = shown(new R2Score(), twoPredicted, twoTargets);
        assertEquals(0.965, score.value(0), 1e-3);
        assertEquals(0.908, score.value(1), 1e-3);
        assertEquals(0.936, score.value(), 1e-3);
        // What always says the mean explains nothing; constant targets cannot be explained.
        assertEquals(0, shown(score, column(2, 2), column(1, 3)).value(), TOLERANCE);
        assertTrue(Double.isNaN(shown(score, column(2, 2), column(1, 1)).value()));
    }

    @Test
    void ownMeasuresAreMeansOfAFunction() {
        Metric own = Metric.mean("greatest_error", false, (outputs, targets) -> Math.abs(outputs[0] - targets[0]));
        assertEquals(1.5, shown(own, column(1, 2), column(0, 0)).value());
        assertEquals("greatest_error", own.name());
        own.check(TargetKind.CLASSES, 1);
        assertThrows(IllegalArgumentException.class, () -> own.update(new float[2], new float[3]));
    }

    /** Each metric with the targets that it measures; the others it refuses, naming both. */
    @Test
    void metricsRefuseTargetsThatTheyDoNotMeasure() {
        Map<Metric, Set<TargetKind>> measured = Map.ofEntries(
                Map.entry(new Accuracy(), Set.of(TargetKind.CLASSES)),
                Map.entry(new TopKAccuracy(2), Set.of(TargetKind.CLASSES)),
                Map.entry(new ConfusionMatrix(3), Set.of(TargetKind.CLASSES)),
                Map.entry(new ExpectedCalibrationError(15), Set.of(TargetKind.CLASSES)),
                Map.entry(new AUC(), Set.of(TargetKind.CLASSES, TargetKind.MULTI_LABEL)),
                Map.entry(new MeanAveragePrecision(), Set.of(TargetKind.CLASSES, TargetKind.MULTI_LABEL)),
                Map.entry(new BinaryAccuracy(), Set.of(TargetKind.MULTI_LABEL)),
                Map.entry(new MultiLabelConfusionMatrix(0.5), Set.of(TargetKind.MULTI_LABEL)),
                Map.entry(new Precision(Average.MICRO), Set.of(TargetKind.MULTI_LABEL)),
                Map.entry(new Recall(Average.MICRO), Set.of(TargetKind.MULTI_LABEL)),
                Map.entry(new F1Score(Average.MICRO), Set.of(TargetKind.MULTI_LABEL)),
                Map.entry(new MeanAbsoluteError(), Set.of(TargetKind.REGRESSION)),
                Map.entry(new MeanSquaredError(), Set.of(TargetKind.REGRESSION)),
                Map.entry(new RootMeanSquaredError(), Set.of(TargetKind.REGRESSION)),
                Map.entry(new R2Score(), Set.of(TargetKind.REGRESSION)));
        measured.forEach((metric, kinds) -> {
            for (TargetKind kind : TargetKind.values()) {
                if (kinds.contains(kind)) {
                    metric.check(kind, 3);
                } else {
                    String message = assertThrows(
                                    IllegalArgumentException.class, () -> metric.check(kind, 3), metric.name())
                            .getMessage();
                    assertTrue(message.contains(kind.toString()), message);
                }
            }
        });
    }

    /** 130 pictures in batches of 128 and 2, against the predictions of all of them at once. */
    @Test
    void theRaggedLastBatchCounts() {
        try (DataSplit data = ShapesDataset.generate(64, 130, 5);
                Model model = Model.sequential(Shape.of(3, 32, 32), new Flatten(), new Dense(10, Activation.SOFTMAX))) {
            model.compile(new SGD(0.01), new CategoricalCrossentropy());
            model.fit(data.train(), Fit.epochs(2));
            ConfusionMatrix matrix = new ConfusionMatrix(10);
            Evaluation result = model.evaluate(data.test(), matrix, new Accuracy(), new TopKAccuracy(10));
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
