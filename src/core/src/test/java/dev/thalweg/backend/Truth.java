package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.CompiledGraph.Results;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What a graph gives, and what it gives where everything that it is given was changed a little, up and down.
 *
 * @param results at what is given
 * @param around at what is changed, first up as {@link #changed} does by the seed
 * @param tolerance how near others must come
 */
record Truth(Results results, List<Results> around, Tolerance tolerance) {
    /**
     * How far results may be apart, in Euclidean norm. Roundings on the way act like a change of what the graph is
     * given, so a graph is asked how it answers to one: a ReLU at its kink, two maxima that are nearly equal, a
     * normalization of nearly equal numbers make both large.
     *
     * @param change by which share of themselves the given numbers are changed, up or down at random
     * @param pairs how often it is asked, with opposite changes each time; a kink that none of them crosses goes unseen
     * @param factor how many times the greatest answer is allowed
     * @param floor which share is allowed besides of the norm, and of that of as many numbers around 1/4: so large is
     *        what the results are made of, should it cancel out
     */
    record Tolerance(double change, int pairs, double factor, double floor) {
        /** The change is some hundred roundings to 24 bits: more than add up here, and few kinks are so near. */
        static final Tolerance WIDE = new Tolerance(1e-5, 1, 4, 1e-5);
        /** The change is two roundings to 8 bits. */
        static final Tolerance SHORT = new Tolerance(0x1p-7, 4, 4, 0x1p-5);
    }

    static Truth of(CompiledGraph plain, Map<String, double[]> given, Tolerance tolerance, long seed) {
        List<Results> around = new ArrayList<>();
        for (int pair = 0; pair < tolerance.pairs(); pair++) {
            around.add(plain.run(changed(given, tolerance.change(), seed + pair)));
            around.add(plain.run(changed(given, -tolerance.change(), seed + pair)));
        }
        return new Truth(plain.run(given), around, tolerance);
    }

    static Map<String, double[]> changed(Map<String, double[]> given, double share, long seed) {
        Random random = new Random(seed);
        Map<String, double[]> changed = new LinkedHashMap<>();
        given.forEach((name, values) -> {
            double[] others = values.clone();
            for (int i = 0; i < others.length; i++) {
                others[i] = (float) (others[i] * (1 + (random.nextBoolean() ? share : -share)));
            }
            changed.put(name, others);
        });
        return changed;
    }

    void check(String what, Results got) {
        for (int i = 0; i < got.outputs().size(); i++) {
            int output = i;
            check(what + ", output " + i, got.outputs().get(i), r -> r.outputs().get(output), 0);
        }
        double greatest = results.gradients().values().stream()
                .mapToDouble(Truth::norm)
                .max()
                .orElse(0);
        got.gradients()
                .forEach((name, values) -> check(
                        what + ", gradient of " + name,
                        values,
                        r -> r.gradients().get(name),
                        greatest));
        got.parameters()
                .forEach((name, values) -> check(
                        what + ", updated " + name, values, r -> r.parameters().get(name), greatest));
    }

    /** A gradient that is 0 but for roundings has those of the great ones that it was made of. */
    private void check(String what, float[] got, Function<Results, float[]> tensor, double beside) {
        float[] want = tensor.apply(results);
        double answer = around.stream()
                .mapToDouble(r -> distance(want, tensor.apply(r)))
                .max()
                .orElseThrow();
        double allowed =
                tolerance.floor() * (norm(want) + beside + Math.sqrt(want.length) / 4) + tolerance.factor() * answer;
        double error = distance(want, got);
        assertTrue(error <= allowed, () -> what + ": " + error + " apart, allowed " + allowed + " of " + norm(want));
    }

    private static double norm(float[] values) {
        return distance(values, new float[values.length]);
    }

    private static double distance(float[] a, float[] b) {
        return Math.sqrt(IntStream.range(0, a.length)
                .mapToDouble(i -> (double) a[i] - b[i])
                .map(d -> d * d)
                .sum());
    }
}
