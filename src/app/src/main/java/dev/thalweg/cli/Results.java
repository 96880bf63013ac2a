package dev.thalweg.cli;

import dev.thalweg.data.Targets;
import dev.thalweg.metric.MeanMetric;
import dev.thalweg.report.ConfidenceInterval;
import dev.thalweg.train.Tested;
import java.io.PrintStream;
import java.util.Locale;

/** What a test came to, on lines of its own. */
final class Results {
    private Results() {}

    /**
     * Prints the loss and the metrics, the usual one with its interval.
     *
     * @param part what was tested, as the first word of each line
     * @param targets of the pictures
     * @param result of them
     */
    static void print(String part, Targets targets, Tested result, PrintStream out) {
        String usual = MeanMetric.usual(targets.kind(), 0.5).name();
        String interval = ConfidenceInterval.of(targets, result.predictions())
                .map(known -> " (" + known + ")")
                .orElse("");
        out.printf(Locale.ROOT, "%s loss: %.4f%n", part, result.evaluation().loss());
        result.evaluation()
                .metrics()
                .forEach((name, value) -> out.printf(
                        Locale.ROOT,
                        "%s %s: %.4f%s%n",
                        part,
                        name.replace('_', ' '),
                        value,
                        name.equals(usual) ? interval : ""));
    }
}
