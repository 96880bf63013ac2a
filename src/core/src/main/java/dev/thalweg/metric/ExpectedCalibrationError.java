package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;
import java.util.Arrays;

/**
 * How far a model's confidence is from its accuracy: {@code Σ |Bₘ|/n · |acc(Bₘ) − conf(Bₘ)|} over bins of equal width
 * of the greatest probability (Guo et al., On Calibration of Modern Neural Networks, ICML 2017, equation 3). 0 is best.
 * The model must end in a softmax.
 */
public final class ExpectedCalibrationError implements Metric {
    private static final long serialVersionUID = 1;

    /** Roundings of a softmax. */
    private static final double TOLERANCE = 1e-5;

    private final double[] confidence;
    private final long[] correct;
    private final long[] seen;

    /**
     * Has seen nothing yet.
     *
     * @param bins how many, at least 1; 15 in the paper
     */
    public ExpectedCalibrationError(int bins) {
        if (bins < 1) {
            throw new IllegalArgumentException("expected calibration error: expected at least 1 bin, got " + bins);
        }
        confidence = new double[bins];
        correct = new long[bins];
        seen = new long[bins];
    }

    @Override
    public String name() {
        return "expected_calibration_error";
    }

    @Override
    public boolean greaterIsBetter() {
        return false;
    }

    @Override
    public void check(TargetKind targets, int outputs) {
        Checks.expect(name(), targets, TargetKind.CLASSES);
    }

    @Override
    public void reset() {
        Arrays.fill(confidence, 0);
        Arrays.fill(correct, 0);
        Arrays.fill(seen, 0);
    }

    @Override
    public void update(float[] outputs, float[] targets) {
        Checks.check(name(), outputs, targets);
        int predicted = Accuracy.argmax(outputs);
        float probability = outputs[predicted];
        if (!(probability >= 0 && probability <= 1 + TOLERANCE)) {
            throw new IllegalArgumentException("expected calibration error: expected probabilities, got an output of "
                    + probability + "; end the model in a softmax");
        }
        // Bins are (m/M, (m+1)/M], as in the paper.
        int bin = Math.clamp((int) Math.ceil((double) probability * seen.length) - 1, 0, seen.length - 1);
        confidence[bin] += probability;
        correct[bin] += predicted == Accuracy.argmax(targets) ? 1 : 0;
        seen[bin]++;
    }

    /** {@return how many bins there are} */
    public int bins() {
        return seen.length;
    }

    /**
     * {@return how many pictures fell into a bin}
     *
     * @param bin from 0, that of the least confidence
     */
    public long pictures(int bin) {
        return seen[bin];
    }

    /**
     * {@return the mean confidence in a bin; NaN where it is empty}
     *
     * @param bin from 0
     */
    public double confidence(int bin) {
        return confidence[bin] / seen[bin];
    }

    /**
     * {@return the share of a bin's pictures that were classified rightly; NaN where it is empty}
     *
     * @param bin from 0
     */
    public double accuracy(int bin) {
        return (double) correct[bin] / seen[bin];
    }

    @Override
    public double value() {
        double error = 0;
        for (int bin = 0; bin < seen.length; bin++) {
            error += Math.abs(correct[bin] - confidence[bin]);
        }
        return error / Arrays.stream(seen).sum();
    }
}
