package dev.thalweg.metric;

/**
 * The mean over the labels, or over the classes against the rest, of the average precision {@code Σ (Rₙ − Rₙ₋₁) Pₙ},
 * precision and recall at every threshold in turn, as in scikit-learn; pictures with equal outputs come in at once.
 * Labels that never occur are left out. It keeps every output until reset, four bytes for each output of each picture.
 */
public final class MeanAveragePrecision implements RankMetric {
    private static final long serialVersionUID = 1;

    private final Scores scores = new Scores("mean_average_precision");

    /** Has seen nothing yet. */
    public MeanAveragePrecision() {}

    @Override
    public String name() {
        return "mean_average_precision";
    }

    @Override
    public void reset() {
        scores.reset();
    }

    @Override
    public void update(float[] outputs, float[] targets) {
        scores.add(outputs, targets);
    }

    /**
     * {@return the average precision of one class or label; not a number where it never occurs, or an output is not a
     * number}
     *
     * @param output the class or label
     */
    public double value(int output) {
        double sum = 0;
        long positives = 0;
        for (Scores.Tie tie : scores.descending(output)) {
            positives += tie.positives();
            sum += tie.positives() * ((double) positives / tie.to());
        }
        return positives == 0 ? Double.NaN : sum / positives;
    }

    @Override
    public double value() {
        return Figures.mean(scores.count(), this::value);
    }
}
