package dev.thalweg.metric;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a model said of each picture, kept to be ranked. */
final class Scores implements Serializable {
    private static final long serialVersionUID = 1;

    /** What was said of a class or label in one picture, and whether it is there. */
    private record Score(float value, boolean positive) {}

    /**
     * Pictures of which the same was said: they come at once.
     *
     * @param from how many came before
     * @param to how many have come with them
     * @param positives of how many among them the class or label is there
     */
    record Tie(int from, int to, long positives) {}

    private final String metric;
    private final ArrayList<float[]> outputs = new ArrayList<>();
    private final ArrayList<BitSet> positives = new ArrayList<>();

    Scores(String metric) {
        this.metric = metric;
    }

    void reset() {
        outputs.clear();
        positives.clear();
    }

    void add(float[] row, float[] targets) {
        Checks.check(metric, row, targets);
        Checks.expect(metric, row.length, outputs.isEmpty() ? row.length : count());
        outputs.add(row.clone());
        BitSet there = new BitSet();
        IntStream.range(0, targets.length)
                .filter(i -> Checks.applies(targets[i]))
                .forEach(there::set);
        positives.add(there);
    }

    /** How many outputs a picture has; 0 before the first. */
    int count() {
        return outputs.isEmpty() ? 0 : outputs.getFirst().length;
    }

    /** All pictures, those with the least output first; empty if one is not a number. */
    List<Tie> ascending(int output) {
        return ties(output, Comparator.comparingDouble(Score::value));
    }

    /** All pictures, those with the greatest output first; empty if one is not a number. */
    List<Tie> descending(int output) {
        return ties(output, Comparator.comparingDouble(Score::value).reversed());
    }

    private List<Tie> ties(int output, Comparator<Score> order) {
        List<Score> scores = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            float value = outputs.get(i)[output];
            if (Float.isNaN(value)) {
                return List.of();
            }
            scores.add(new Score(value, positives.get(i).get(output)));
        }
        scores.sort(order);
        List<Tie> ties = new ArrayList<>();
        for (int from = 0, to; from < scores.size(); from = to) {
            to = from;
            long there = 0;
            while (to < scores.size()
                    && scores.get(to).value() == scores.get(from).value()) {
                there += scores.get(to++).positive() ? 1 : 0;
            }
            ties.add(new Tie(from, to, there));
        }
        return ties;
    }
}
