package dev.thalweg.loss;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;

/** What both focal losses have in common. */
final class Focal {
    private Focal() {}

    static void checkGamma(String name, double gamma) {
        if (!(gamma >= 0 && Double.isFinite(gamma))) {
            throw new IllegalArgumentException(name + ": gamma must be at least 0 and finite, got " + gamma);
        }
    }

    /** {@code missed^γ}, with a slope that is finite where nothing is missed. */
    static Value factor(GraphBuilder builder, Value missed, double gamma) {
        Value clipped = builder.eltwise(Eltwise.Kind.CLIP, missed, Probabilities.EPSILON, 1);
        return builder.eltwise(Eltwise.Kind.POW, clipped, 1, (float) gamma);
    }
}
