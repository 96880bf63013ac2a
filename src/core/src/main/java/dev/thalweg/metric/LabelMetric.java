package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;

/** A figure of how labels were given. */
sealed interface LabelMetric extends Metric permits F1Score, Precision, Recall {
    /**
     * {@return what was seen so far, of each label}
     */
    MultiLabelConfusionMatrix counts();

    @Override
    default boolean greaterIsBetter() {
        return true;
    }

    @Override
    default void check(TargetKind targets, int outputs) {
        Checks.expect(name(), targets, TargetKind.MULTI_LABEL);
    }

    @Override
    default void reset() {
        counts().reset();
    }

    @Override
    default void update(float[] outputs, float[] targets) {
        counts().update(outputs, targets);
    }
}
