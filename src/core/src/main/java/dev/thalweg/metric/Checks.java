package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.Counted;
import java.util.Arrays;
import java.util.List;

/** What metrics expect of rows of outputs and targets. */
final class Checks {
    private Checks() {}

    static void check(String metric, float[] outputs, float[] targets) {
        if (outputs.length != targets.length || outputs.length == 0) {
            throw new IllegalArgumentException(metric + ": expected as many outputs as targets, at least one, got "
                    + outputs.length + " and " + targets.length);
        }
    }

    /** Refuses targets that are none of those that a metric measures. */
    static void expect(String metric, TargetKind got, TargetKind... measured) {
        List<TargetKind> kinds = Arrays.asList(measured);
        if (!kinds.contains(got)) {
            throw new IllegalArgumentException(metric + " measures " + (kinds.size() == 1 ? kinds.getFirst() : kinds)
                    + ", the targets are " + got + ": take a metric that fits them");
        }
    }

    /** Refuses another number of outputs. */
    static void expect(String metric, int got, int expected) {
        if (got != expected) {
            throw new IllegalArgumentException(
                    metric + ": expected " + Counted.of(expected, "output") + ", got " + got);
        }
    }

    /** Whether a label applies. */
    static boolean applies(float target) {
        return target > 0.5f;
    }
}
