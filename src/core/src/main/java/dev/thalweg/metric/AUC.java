package dev.thalweg.metric;

/**
 * The area under the receiver operating characteristic: the probability that a picture of a class, or with a label, has
 * a greater output for it than another picture, ties counted half (Hanley and McNeil 1982, as a rank sum). Its value is
 * the mean over all classes against the rest, or over all labels, those left out that never or always occur. It keeps
 * every output until reset, four bytes for each output of each picture.
 */
public final class AUC implements RankMetric {
    private static final long serialVersionUID = 1;

    private final Scores scores = new Scores("roc_auc");

    /** Has seen nothing yet. */
    public AUC() {}

    @Override
    public String name() {
        return "roc_auc";
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
     * {@return the area for one class against the rest, or one label; not a number where it never or always occurs, or
     * an output is not a number}
     *
     * @param output the class or label
     */
    public double value(int output) {
        double rankSum = 0;
        long positives = 0;
        long all = 0;
        for (Scores.Tie tie : scores.ascending(output)) {
            // Equals share the mean of their ranks, which count from 1.
            rankSum += tie.positives() * (tie.from() + 1 + tie.to()) / 2.0;
            positives += tie.positives();
            all = tie.to();
        }
        long negatives = all - positives;
        return positives == 0 || negatives == 0
                ? Double.NaN
                : (rankSum - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
    }

    @Override
    public double value() {
        return Figures.mean(scores.count(), this::value);
    }
}
