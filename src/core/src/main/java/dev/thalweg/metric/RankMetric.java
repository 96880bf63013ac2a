package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;

/** A figure of how outputs rank the pictures, of each class against the rest or of each label. */
sealed interface RankMetric extends Metric permits AUC, MeanAveragePrecision {
    @Override
    default boolean greaterIsBetter() {
        return true;
    }

    @Override
    default void check(TargetKind targets, int outputs) {
        Checks.expect(name(), targets, TargetKind.CLASSES, TargetKind.MULTI_LABEL);
    }
}
