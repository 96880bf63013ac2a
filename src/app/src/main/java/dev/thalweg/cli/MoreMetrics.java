package dev.thalweg.cli;

import dev.thalweg.metric.AUC;
import dev.thalweg.metric.Average;
import dev.thalweg.metric.ConfusionMatrix;
import dev.thalweg.metric.ExpectedCalibrationError;
import dev.thalweg.metric.F1Score;
import dev.thalweg.metric.MeanAveragePrecision;
import dev.thalweg.metric.MeanSquaredError;
import dev.thalweg.metric.Metric;
import dev.thalweg.metric.Precision;
import dev.thalweg.metric.R2Score;
import dev.thalweg.metric.Recall;
import dev.thalweg.metric.RootMeanSquaredError;
import dev.thalweg.metric.TopKAccuracy;
import dev.thalweg.tensor.TargetKind;
import java.util.ArrayList;
import java.util.List;

/** What can be measured besides what is measured anyway; each metric knows its name, and which way is better. */
final class MoreMetrics {
    private static final int TOP = 5;
    private static final int CALIBRATION_BINS = 15;

    private MoreMetrics() {}

    /** Metrics of such targets, of so many outputs, probabilities where they are classes or labels. */
    static List<Metric> of(TargetKind kind, int outputs) {
        return switch (kind) {
            case CLASSES -> {
                List<Metric> metrics = new ArrayList<>(List.of(
                        new ConfusionMatrix(outputs),
                        new AUC(),
                        new MeanAveragePrecision(),
                        new ExpectedCalibrationError(CALIBRATION_BINS)));
                if (outputs > TOP) {
                    metrics.add(new TopKAccuracy(TOP));
                }
                yield metrics;
            }
            case MULTI_LABEL -> {
                List<Metric> metrics = new ArrayList<>();
                for (Average average : Average.values()) {
                    metrics.addAll(List.of(new F1Score(average), new Precision(average), new Recall(average)));
                }
                metrics.addAll(List.of(new AUC(), new MeanAveragePrecision()));
                yield metrics;
            }
            case REGRESSION -> List.of(new MeanSquaredError(), new RootMeanSquaredError(), new R2Score());
        };
    }
}
