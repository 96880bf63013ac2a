package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;

/**
 * The coefficient of determination, {@code R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)²}: 1 is best, 0 is what the targets' mean
 * would do. Its value is the mean over the outputs, those left out whose targets are all the same, as there R² is not
 * defined.
 */
public final class R2Score implements Metric {
    private static final long serialVersionUID = 1;

    private long seen;
    private double[] means = {};
    private double[] spreads = {};
    private double[] errors = {};

    /** Has seen nothing yet. */
    public R2Score() {}

    @Override
    public String name() {
        return "r2_score";
    }

    @Override
    public boolean greaterIsBetter() {
        return true;
    }

    @Override
    public void check(TargetKind targets, int outputs) {
        Checks.expect(name(), targets, TargetKind.REGRESSION);
    }

    @Override
    public void reset() {
        seen = 0;
    }

    @Override
    public void update(float[] outputs, float[] targets) {
        Checks.check(name(), outputs, targets);
        if (seen == 0) {
            means = new double[targets.length];
            spreads = new double[targets.length];
            errors = new double[targets.length];
        }
        Checks.expect(name(), targets.length, means.length);
        seen++;
        for (int i = 0; i < targets.length; i++) {
            // Welford 1962: sums of squares of great numbers would lose their difference.
            double before = targets[i] - means[i];
            means[i] += before / seen;
            spreads[i] += before * (targets[i] - means[i]);
            double error = (double) targets[i] - outputs[i];
            errors[i] += error * error;
        }
    }

    /**
     * {@return R² of one output; not a number where its targets are all the same}
     *
     * @param output from 0
     */
    public double value(int output) {
        return seen == 0 || spreads[output] == 0 ? Double.NaN : 1 - errors[output] / spreads[output];
    }

    @Override
    public double value() {
        return seen == 0 ? Double.NaN : Figures.mean(means.length, this::value);
    }
}
