package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;

/** The share of pictures whose right class comes early enough among the outputs, the greatest first. */
sealed interface ClassMetric extends MeanMetric permits Accuracy, TopKAccuracy {
    @Override
    default boolean greaterIsBetter() {
        return true;
    }

    @Override
    default void check(TargetKind targets, int outputs) {
        Checks.expect(name(), targets, TargetKind.CLASSES);
    }

    /** Whether the right class is among the k greatest outputs; among equals, lower classes come first. */
    static boolean isAmong(int k, float[] outputs, float[] targets) {
        int label = Accuracy.argmax(targets);
        int ahead = 0;
        for (int i = 0; i < outputs.length; i++) {
            // Written so that an output that is no number never counts as right.
            if (i != label && !(outputs[i] < outputs[label] || outputs[i] == outputs[label] && i > label)) {
                ahead++;
            }
        }
        return ahead < k;
    }
}
