package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;
import java.util.Arrays;

/**
 * How often pictures of each class were taken for each, and what follows from it: precision, recall and F1 of each
 * class (van Rijsbergen, Information Retrieval, 1979). Where a class was never predicted its precision is 0, where it
 * never occurs its recall is 0, as in scikit-learn. Its value is the mean F1 of the classes, "macro F1".
 */
public final class ConfusionMatrix implements Metric {
    private static final long serialVersionUID = 1;

    private final long[][] counts;

    /**
     * Has seen nothing yet.
     *
     * @param classes how many there are, at least 2
     */
    public ConfusionMatrix(int classes) {
        if (classes < 2) {
            throw new IllegalArgumentException("confusion matrix: expected at least 2 classes, got " + classes);
        }
        counts = new long[classes][classes];
    }

    @Override
    public String name() {
        return "macro_f1";
    }

    @Override
    public void reset() {
        for (long[] row : counts) {
            Arrays.fill(row, 0);
        }
    }

    @Override
    public boolean greaterIsBetter() {
        return true;
    }

    @Override
    public void check(TargetKind targets, int outputs) {
        Checks.expect("confusion matrix", targets, TargetKind.CLASSES);
        Checks.expect("confusion matrix", outputs, counts.length);
    }

    @Override
    public void update(float[] outputs, float[] targets) {
        Checks.check("confusion matrix", outputs, targets);
        Checks.expect("confusion matrix", outputs.length, counts.length);
        counts[Accuracy.argmax(targets)][Accuracy.argmax(outputs)]++;
    }

    /**
     * {@return how many classes there are}
     */
    public int classes() {
        return counts.length;
    }

    /**
     * {@return how many pictures of one class were taken for another}
     *
     * @param label the right class
     * @param predicted the class it was taken for
     */
    public long count(int label, int predicted) {
        return counts[label][predicted];
    }

    /**
     * {@return the share of the pictures taken for a class that are of it}
     *
     * @param label the class
     */
    public double precision(int label) {
        long predicted = 0;
        for (long[] row : counts) {
            predicted += row[label];
        }
        return Figures.share(counts[label][label], predicted);
    }

    /**
     * {@return the share of a class' pictures that were taken for it}
     *
     * @param label the class
     */
    public double recall(int label) {
        long present = 0;
        for (long count : counts[label]) {
            present += count;
        }
        return Figures.share(counts[label][label], present);
    }

    /**
     * {@return the harmonic mean of a class' precision and recall}
     *
     * @param label the class
     */
    public double f1(int label) {
        return Figures.f1(precision(label), recall(label));
    }

    @Override
    public double value() {
        return Figures.mean(counts.length, this::f1);
    }
}
