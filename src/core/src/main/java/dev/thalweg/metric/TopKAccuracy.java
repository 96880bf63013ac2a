package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;

/** The share of pictures whose right class is among the k greatest outputs; among equals, lower classes come first. */
public final class TopKAccuracy implements ClassMetric {
    private static final long serialVersionUID = 1;

    private final int k;
    private final Mean mean = new Mean();

    /**
     * Has seen nothing yet.
     *
     * @param k how many outputs count, from 1 to the number of classes
     */
    public TopKAccuracy(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("top-k accuracy: k must be at least 1, got " + k);
        }
        this.k = k;
    }

    @Override
    public String name() {
        return "top_" + k + "_accuracy";
    }

    @Override
    public void check(TargetKind targets, int outputs) {
        ClassMetric.super.check(targets, outputs);
        if (k > outputs) {
            throw new IllegalArgumentException(
                    name() + ": expected k of at most " + outputs + ", as many as the model has classes, got " + k);
        }
    }

    @Override
    public Mean mean() {
        return mean;
    }

    @Override
    public double of(float[] outputs, float[] targets) {
        return ClassMetric.isAmong(k, outputs, targets) ? 1 : 0;
    }
}
