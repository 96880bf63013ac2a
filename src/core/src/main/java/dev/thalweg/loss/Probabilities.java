package dev.thalweg.loss;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;

/** Keeps probabilities away from 0 and 1, where a logarithm is infinite. */
final class Probabilities {
    /** Keras' {@code epsilon()}. */
    static final float EPSILON = 1e-7f;

    private Probabilities() {}

    static Value clip(GraphBuilder builder, Value probabilities) {
        return builder.eltwise(Eltwise.Kind.CLIP, probabilities, EPSILON, 1 - EPSILON);
    }
}
