package dev.thalweg.cli;

import dev.thalweg.metric.AUC;
import dev.thalweg.metric.ConfusionMatrix;
import dev.thalweg.metric.MeanAveragePrecision;
import dev.thalweg.metric.Metric;
import dev.thalweg.train.Monitor;
import picocli.CommandLine.Option;

/** By what the epochs of a training are judged. */
final class MonitorOption {
    @Option(
            names = "--monitor",
            paramLabel = "METRIC",
            description = "By what epochs are judged, on the validation pictures: loss, accuracy, macro_f1, roc_auc or"
                    + " mean_average_precision (default: ${DEFAULT-VALUE}).")
    private String name = "loss";

    /**
     * By what epochs are judged.
     *
     * @throws IllegalArgumentException if there is no such metric
     */
    Monitor monitor() {
        return switch (name) {
            case "loss" -> Monitor.VALIDATION_LOSS;
            case "accuracy" -> Monitor.VALIDATION_ACCURACY;
            // How many classes there are does not matter to the direction.
            default -> Monitor.validation(metrics(2)[0]);
        };
    }

    /** What has to be measured for that beside loss and accuracy. */
    Metric[] metrics(int classes) {
        return switch (name) {
            case "loss", "accuracy" -> new Metric[0];
            case "macro_f1" -> new Metric[] {new ConfusionMatrix(classes)};
            case "roc_auc" -> new Metric[] {new AUC()};
            case "mean_average_precision" -> new Metric[] {new MeanAveragePrecision()};
            default ->
                throw new IllegalArgumentException("--monitor: expected loss, accuracy, macro_f1, roc_auc or"
                        + " mean_average_precision, got " + name);
        };
    }
}
