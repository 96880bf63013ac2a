package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;

/** The share of labels, over all pictures, that are rightly given or rightly not given. */
public final class BinaryAccuracy implements MeanMetric {
    private static final long serialVersionUID = 1;

    private final double threshold;
    private final Mean mean = new Mean();

    /**
     * Has seen nothing yet.
     *
     * @param threshold the output above which a label is given: 0.5 for probabilities, 0 for logits
     */
    public BinaryAccuracy(double threshold) {
        this.threshold = threshold;
    }

    /** For probabilities: a label is given above 0.5. */
    public BinaryAccuracy() {
        this(0.5);
    }

    @Override
    public String name() {
        return "binary_accuracy";
    }

    @Override
    public boolean greaterIsBetter() {
        return true;
    }

    @Override
    public void check(TargetKind targets, int outputs) {
        Checks.expect(name(), targets, TargetKind.MULTI_LABEL);
    }

    @Override
    public Mean mean() {
        return mean;
    }

    @Override
    public double of(float[] outputs, float[] targets) {
        int right = 0;
        for (int i = 0; i < outputs.length; i++) {
            // Not a number is never right.
            right += (Checks.applies(targets[i]) ? outputs[i] > threshold : outputs[i] <= threshold) ? 1 : 0;
        }
        return (double) right / outputs.length;
    }
}
