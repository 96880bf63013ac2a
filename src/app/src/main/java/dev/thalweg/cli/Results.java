package dev.thalweg.cli;

import dev.thalweg.train.Evaluation;
import java.io.PrintStream;
import java.util.Locale;

/** What a test came to, on lines of its own. */
final class Results {
    private Results() {}

    static void print(Evaluation result, PrintStream out) {
        out.printf(Locale.ROOT, "Test loss: %.4f%n", result.loss());
        result.metrics()
                .forEach((name, value) -> out.printf(Locale.ROOT, "Test %s: %.4f%n", name.replace('_', ' '), value));
    }
}
