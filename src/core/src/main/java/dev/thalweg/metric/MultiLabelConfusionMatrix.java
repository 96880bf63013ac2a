package dev.thalweg.metric;

import dev.thalweg.tensor.TargetKind;

/**
 * How often each label was rightly and wrongly given and not given, and what follows from it: precision, recall and F1
 * of each label. Where a label was never given its precision is 0, where it never applies its recall is 0, as in
 * scikit-learn. Its value is the mean F1 of the labels, "macro F1".
 */
public final class MultiLabelConfusionMatrix implements Metric {
    private static final long serialVersionUID = 1;

    private final double threshold;
    private long seen;
    private long[] truePositives = {};
    private long[] given = {};
    private long[] applying = {};

    /**
     * Has seen nothing yet.
     *
     * @param threshold the output above which a label is given: 0.5 for probabilities, 0 for logits
     */
    public MultiLabelConfusionMatrix(double threshold) {
        this.threshold = threshold;
    }

    @Override
    public String name() {
        return "macro_f1";
    }

    @Override
    public boolean greaterIsBetter() {
        return true;
    }

    @Override
    public void check(TargetKind targets, int outputs) {
        Checks.expect("multi-label confusion matrix", targets, TargetKind.MULTI_LABEL);
    }

    @Override
    public void reset() {
        seen = 0;
        truePositives = new long[0];
        given = new long[0];
        applying = new long[0];
    }

    @Override
    public void update(float[] outputs, float[] targets) {
        Checks.check("multi-label confusion matrix", outputs, targets);
        if (seen == 0) {
            truePositives = new long[targets.length];
            given = new long[targets.length];
            applying = new long[targets.length];
        }
        Checks.expect("multi-label confusion matrix", outputs.length, given.length);
        seen++;
        for (int i = 0; i < outputs.length; i++) {
            boolean gives = outputs[i] > threshold;
            boolean applies = Checks.applies(targets[i]);
            given[i] += gives ? 1 : 0;
            applying[i] += applies ? 1 : 0;
            truePositives[i] += gives && applies ? 1 : 0;
        }
    }

    /**
     * {@return how many labels there are; 0 before the first picture}
     */
    public int labels() {
        return given.length;
    }

    /**
     * {@return how many pictures have a label and were given it}
     *
     * @param label from 0
     */
    public long truePositives(int label) {
        return truePositives[label];
    }

    /**
     * {@return how many pictures were given a label that they do not have}
     *
     * @param label from 0
     */
    public long falsePositives(int label) {
        return given[label] - truePositives[label];
    }

    /**
     * {@return how many pictures have a label that they were not given}
     *
     * @param label from 0
     */
    public long falseNegatives(int label) {
        return applying[label] - truePositives[label];
    }

    /**
     * {@return how many pictures neither have a label nor were given it}
     *
     * @param label from 0
     */
    public long trueNegatives(int label) {
        return seen - given[label] - applying[label] + truePositives[label];
    }

    /**
     * {@return the share of the pictures given a label that have it}
     *
     * @param label from 0
     */
    public double precision(int label) {
        return Figures.share(truePositives[label], given[label]);
    }

    /**
     * {@return the share of the pictures with a label that were given it}
     *
     * @param label from 0
     */
    public double recall(int label) {
        return Figures.share(truePositives[label], applying[label]);
    }

    /**
     * {@return the harmonic mean of a label's precision and recall}
     *
     * @param label from 0
     */
    public double f1(int label) {
        return Figures.f1(precision(label), recall(label));
    }

    /**
     * {@return the precision of all labels together}
     *
     * @param average how the labels are put together
     */
    public double precision(Average average) {
        return switch (average) {
            case MICRO -> Figures.share(sum(truePositives), sum(given));
            case MACRO -> Figures.mean(labels(), this::precision);
        };
    }

    /**
     * {@return the recall of all labels together}
     *
     * @param average how the labels are put together
     */
    public double recall(Average average) {
        return switch (average) {
            case MICRO -> Figures.share(sum(truePositives), sum(applying));
            case MACRO -> Figures.mean(labels(), this::recall);
        };
    }

    /**
     * {@return F1 of all labels together}
     *
     * @param average how the labels are put together
     */
    public double f1(Average average) {
        return switch (average) {
            case MICRO -> Figures.f1(precision(average), recall(average));
            case MACRO -> Figures.mean(labels(), this::f1);
        };
    }

    @Override
    public double value() {
        return f1(Average.MACRO);
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }
}
