package dev.thalweg.report;

import dev.thalweg.metric.Accuracy;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds pictures whose class is likely given wrongly, by what a model says that has not learnt from them: confident
 * learning (Northcutt, Jiang and Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels, JAIR 70, 2021).
 * A class is likely for a picture where its probability is at least the class' mean probability over the pictures said
 * to be of it. Suspect is a picture of which the most probable among the likely classes is another than the one given.
 * As in the authors' cleanlab, pictures for which the model itself says the class given are left out.
 */
public final class ConfidentLearning {
    /** Roundings of a softmax. */
    private static final double TOLERANCE = 1e-4;

    /**
     * A picture whose class is likely wrong.
     *
     * @param picture index among those looked at
     * @param given the class it is said to be of
     * @param suggested the class it is likely of
     * @param margin probability of the class given less the greatest of the others: the less, the likelier wrong
     */
    public record Suspect(int picture, int given, int suggested, double margin) {}

    private ConfidentLearning() {}

    /**
     * Finds them.
     *
     * @param labels the classes given, from 0
     * @param probabilities what a model says of each picture, a number for each class; it must not have learnt from
     *            that picture
     * @return the suspects, the likeliest first
     * @throws IllegalArgumentException if there are more or fewer rows than labels, rows are not of one length, a label
     *             is no class or a number no probability
     */
    public static List<Suspect> suspects(int[] labels, List<float[]> probabilities) {
        check(labels, probabilities);
        double[] thresholds = thresholds(labels, probabilities);
        List<Suspect> suspects = new ArrayList<>();
        for (int picture = 0; picture < labels.length; picture++) {
            float[] row = probabilities.get(picture);
            int given = labels[picture];
            int likely = likely(row, thresholds);
            if (likely >= 0 && likely != given && Accuracy.argmax(row) != given) {
                suspects.add(new Suspect(picture, given, likely, margin(row, given)));
            }
        }
        suspects.sort(Comparator.comparingDouble(Suspect::margin));
        return List.copyOf(suspects);
    }

    private static void check(int[] labels, List<float[]> probabilities) {
        if (labels.length != probabilities.size()) {
            throw new IllegalArgumentException("confident learning: expected as many labels as rows of probabilities,"
                    + " got " + labels.length + " and " + probabilities.size());
        }
        for (int picture = 0; picture < labels.length; picture++) {
            float[] row = probabilities.get(picture);
            int classes = probabilities.getFirst().length;
            if (row.length != classes) {
                throw new IllegalArgumentException("confident learning: expected " + classes
                        + " probabilities of each picture, got " + row.length + " of picture " + picture);
            }
            if (labels[picture] < 0 || labels[picture] >= classes) {
                throw new IllegalArgumentException("confident learning: expected labels from 0 to " + (classes - 1)
                        + ", got " + labels[picture] + " of picture " + picture);
            }
            for (float probability : row) {
                if (!(probability >= 0 && probability <= 1 + TOLERANCE)) {
                    throw new IllegalArgumentException("confident learning: expected probabilities from 0 to 1, got "
                            + probability + " of picture " + picture + "; logits need a softmax first");
                }
            }
        }
    }

    /** Of each class the mean self-confidence; none is likely of a class that no picture is said to be of. */
    private static double[] thresholds(int[] labels, List<float[]> probabilities) {
        int classes = probabilities.isEmpty() ? 0 : probabilities.getFirst().length;
        double[] sums = new double[classes];
        int[] counts = new int[classes];
        for (int picture = 0; picture < labels.length; picture++) {
            sums[labels[picture]] += probabilities.get(picture)[labels[picture]];
            counts[labels[picture]]++;
        }
        return IntStream.range(0, classes)
                .mapToDouble(c -> counts[c] == 0 ? Double.POSITIVE_INFINITY : sums[c] / counts[c])
                .toArray();
    }

    /** The most probable of the likely classes, the first of equals; −1 where none is likely. */
    private static int likely(float[] row, double[] thresholds) {
        int likely = -1;
        for (int c = 0; c < row.length; c++) {
            if (row[c] >= thresholds[c] && (likely < 0 || row[c] > row[likely])) {
                likely = c;
            }
        }
        return likely;
    }

    private static double margin(float[] row, int given) {
        return row[given]
                - IntStream.range(0, row.length)
                        .filter(c -> c != given)
                        .mapToDouble(c -> row[c])
                        .max()
                        .orElse(0);
    }
}
