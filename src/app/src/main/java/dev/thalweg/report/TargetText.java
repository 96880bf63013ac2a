package dev.thalweg.report;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.metric.Accuracy;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Targets, outputs and metrics for people. */
final class TargetText {
    private TargetText() {}

    /** What a model should say of a picture: the class, the labels, or the numbers. */
    static String of(ImageDataset data, int picture) {
        return of(data.targets().spec(), data.targets().row(picture), TestResults.THRESHOLD);
    }

    /** What a row says: the class of its greatest number, the labels above a threshold, or its numbers. */
    static String of(TargetSpec targets, float[] row, double threshold) {
        return switch (targets.kind()) {
            case CLASSES -> targets.name(Accuracy.argmax(row));
            case MULTI_LABEL -> {
                String labels = IntStream.range(0, row.length)
                        .filter(i -> row[i] > threshold)
                        .mapToObj(targets::name)
                        .collect(Collectors.joining(", "));
                yield labels.isEmpty() ? "no label" : labels;
            }
            case REGRESSION ->
                IntStream.range(0, row.length)
                        .mapToObj(i -> String.format(Locale.ROOT, "%s %.4g", targets.name(i), row[i]))
                        .collect(Collectors.joining(", "));
        };
    }

    /**
     * {@return a loss and metrics in a line, {@code loss 0.1234  accuracy 0.9876}}
     *
     * @param prefix of each name, {@code "validation "}
     * @param loss the loss
     * @param metrics by name
     */
    static String line(String prefix, double loss, Map<String, Double> metrics) {
        return String.format(Locale.ROOT, "%sloss %.4f", prefix, loss)
                + metrics.entrySet().stream()
                        .map(m -> String.format(
                                Locale.ROOT, "  %s%s %.4f", prefix, m.getKey().replace('_', ' '), m.getValue()))
                        .collect(Collectors.joining());
    }
}
