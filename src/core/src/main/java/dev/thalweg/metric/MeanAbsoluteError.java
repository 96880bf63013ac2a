package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;

/** {@code 1/N Σ |ŷ − y|}, over all outputs of all pictures. */
public final class MeanAbsoluteError implements MeanMetric {
    private static final long serialVersionUID = 1;

    private final Mean mean = new Mean();

    /** Has seen nothing yet. */
    public MeanAbsoluteError() {}

    @Override
    public String name() {
        return "mean_absolute_error";
    }

    @Override
    public boolean greaterIsBetter() {
        return false;
    }

    @Override
    public void check(TargetKind targets, int outputs) {
        Checks.expect(name(), targets, TargetKind.REGRESSION);
    }

    @Override
    public Mean mean() {
        return mean;
    }

    @Override
    public double of(float[] outputs, float[] targets) {
        double sum = 0;
        for (int i = 0; i < outputs.length; i++) {
            double error = (double) outputs[i] - targets[i];
            sum += Math.abs(error);
        }
        return sum / outputs.length;
    }
}
