package dev.thalweg.metric;

import java.util.Locale;
import java.util.Objects;

/**
 * The harmonic mean of {@link Precision} and {@link Recall} of labels (van Rijsbergen, Information Retrieval, 1979).
 */
public final class F1Score implements LabelMetric {
    private static final long serialVersionUID = 1;

    private final Average average;
    private final MultiLabelConfusionMatrix counts;

    /**
     * Has seen nothing yet.
     *
     * @param average how the labels are put together
     * @param threshold the output above which a label is given: 0.5 for probabilities, 0 for logits
     */
    public F1Score(Average average, double threshold) {
        Objects.requireNonNull(average, "average");
        this.average = average;
        this.counts = new MultiLabelConfusionMatrix(threshold);
    }

    /**
     * For probabilities: a label is given above 0.5.
     *
     * @param average how the labels are put together
     */
    public F1Score(Average average) {
        this(average, 0.5);
    }

    @Override
    public String name() {
        return average.toString().toLowerCase(Locale.ROOT) + "_f1";
    }

    @Override
    public MultiLabelConfusionMatrix counts() {
        return counts;
    }

    @Override
    public double value() {
        return counts.f1(average);
    }
}
