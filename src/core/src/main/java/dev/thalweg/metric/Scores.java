package dev.thalweg.metric;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a model said of each picture, kept to be ranked. */
final class Scores {
    /** What was said of a class or label in one picture, and whether it is there. */
    record Score(float value, boolean positive) {}

    private final String metric;
    private final List<float[]> outputs = new ArrayList<>();
    private final List<BitSet> positives = new ArrayList<>();

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

    /** Of all pictures, the least first; empty if one is not a number. */
    List<Score> ascending(int output) {
        List<Score> scores = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            float value = outputs.get(i)[output];
            if (Float.isNaN(value)) {
                return List.of();
            }
            scores.add(new Score(value, positives.get(i).get(output)));
        }
        scores.sort(Comparator.comparingDouble(Score::value));
        return scores;
    }
}
