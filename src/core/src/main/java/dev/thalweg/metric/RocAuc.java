package dev.thalweg.metric;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The area under the receiver operating characteristic: the probability that a picture of a class has a greater output
 * for it than a picture of another, ties counted half (Hanley and McNeil 1982, as a rank sum). Its value is the mean of
 * all classes against the rest, those left out that never or always occur. It keeps every output until reset, four
 * bytes for each class of each picture.
 */
public final class RocAuc implements Metric {
    private record Score(float value, boolean positive) {}

    private final List<float[]> outputs = new ArrayList<>();
    private final List<Integer> labels = new ArrayList<>();

    /** Has seen nothing yet. */
    public RocAuc() {}

    @Override
    public String name() {
        return "roc_auc";
    }

    @Override
    public void reset() {
        outputs.clear();
        labels.clear();
    }

    @Override
    public void update(float[] row, int label) {
        outputs.add(row.clone());
        labels.add(label);
    }

    /**
     * {@return the area for one class against the rest; not a number where it never or always occurs}
     *
     * @param label the class
     */
    public double value(int label) {
        List<Score> scores = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) {
            scores.add(new Score(outputs.get(i)[label], labels.get(i) == label));
        }
        scores.sort(Comparator.comparingDouble(Score::value));
        double rankSum = 0;
        long positives = 0;
        for (int from = 0, to; from < scores.size(); from = to) {
            to = from;
            long here = 0;
            while (to < scores.size()
                    && scores.get(to).value() == scores.get(from).value()) {
                here += scores.get(to++).positive() ? 1 : 0;
            }
            if (to == from) {
                return Double.NaN;
            }
            // Equals share the mean of their ranks, which count from 1.
            rankSum += here * (from + 1 + to) / 2.0;
            positives += here;
        }
        long negatives = scores.size() - positives;
        return positives == 0 || negatives == 0
                ? Double.NaN
                : (rankSum - positives * (positives + 1) / 2.0) / ((double) positives * negatives);
    }

    @Override
    public double value() {
        double sum = 0;
        int classes = 0;
        for (int label = 0; !outputs.isEmpty() && label < outputs.getFirst().length; label++) {
            double area = value(label);
            if (!Double.isNaN(area)) {
                sum += area;
                classes++;
            }
        }
        return sum / classes;
    }
}
