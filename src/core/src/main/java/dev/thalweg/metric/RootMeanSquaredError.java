package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;

/** {@code √(1/N Σ (ŷ − y)²)}, over all outputs of all pictures: in the unit of the targets. */
public final class RootMeanSquaredError implements Metric {
    private static final long serialVersionUID = 1;

    private final MeanSquaredError squared = new MeanSquaredError();

    /** Has seen nothing yet. */
    public RootMeanSquaredError() {}

    @Override
    public String name() {
        return "root_mean_squared_error";
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
    public void reset() {
        squared.reset();
    }

    @Override
    public void update(float[] outputs, float[] targets) {
        squared.update(outputs, targets);
    }

    @Override
    public double value() {
        return Math.sqrt(squared.value());
    }
}
