import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.report.Charts;
import dev.thalweg.report.Figure;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.History;
import dev.thalweg.train.LearningRateRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The guide's figures show what its page on gradient descent says of them. The examples run as on the page, those that
 * train long for fewer epochs; they have no package, so that Java runs each by itself, and neither has their test.
 * Bounds keep well away from what was measured: another processor rounds otherwise, which moves a loss by some percent.
 */
class ExamplesTest {
    /** What guessing among ten classes costs. */
    private static final double GUESSING = Math.log(10);

    @TempDir
    private Path directory;

    /** Whose texts are outlines: the curves are checked, not the legend. */
    private void draws(Figure figure) throws IOException {
        Path file = directory.resolve("figure.svg");
        figure.save(file);
        assertTrue(Files.readString(file).contains("<svg"), "no picture");
    }

    private static double last(double[] curve) {
        return curve[curve.length - 1];
    }

    private static String text(Map<String, double[]> curves) {
        StringBuilder text = new StringBuilder();
        curves.forEach((name, curve) ->
                text.append(name).append(' ').append(Arrays.toString(curve)).append('\n'));
        return text.toString();
    }

    /** Slopes by differences of a hundredth: -1/p is at least ten times as steep at 0.05 as 2 (1 - p) and 1 are. */
    @Test
    void crossEntropyIsSteepestWhereTheAnswerIsWorst() throws IOException {
        double[] p = IntStream.range(1, 100).mapToDouble(i -> i / 100.0).toArray();
        Map<String, double[]> curves = LossShapes.curves(p);
        for (double[] curve : curves.values()) {
            assertTrue(last(curve) < 0.02, "not 0 where the network is right: " + text(curves));
        }
        double crossEntropy = slope(curves.get("cross-entropy, -log p"), 4);
        assertTrue(crossEntropy > 9 * slope(curves.get("mean squared error, (1 - p)²"), 4), text(curves));
        assertTrue(crossEntropy > 9 * slope(curves.get("mean absolute error, 1 - p"), 4), text(curves));
        assertEquals(1, slope(curves.get("mean absolute error, 1 - p"), 4), 1e-9, "one slope for all");
        assertEquals(1, slope(curves.get("mean absolute error, 1 - p"), 90), 1e-9, "one slope for all");
        draws(LossShapes.figure(p));
    }

    private static double slope(double[] curve, int i) {
        return (curve[i] - curve[i + 1]) * 100;
    }

    /** Measured after three epochs: 0.63, 0.33, 0.25. */
    @Test
    void crossEntropyLearnsFastest() throws IOException {
        Map<String, double[]> curves = CompareLosses.curves(3);
        double crossEntropy = last(curves.get("cross-entropy"));
        assertTrue(crossEntropy > 0.45, text(curves));
        assertTrue(crossEntropy > last(curves.get("mean squared error")) + 0.1, text(curves));
        assertTrue(crossEntropy > last(curves.get("mean absolute error")) + 0.1, text(curves));
        draws(CompareLosses.figure(curves));
    }

    /** Measured after three epochs: 2.29, 1.79, 1.47. */
    @Test
    void moreStepsComeFurther() throws IOException {
        Map<String, double[]> curves = BatchSizes.curves(3);
        List<Double> losses = curves.values().stream().map(ExamplesTest::last).toList();
        assertTrue(losses.get(0) > losses.get(1) + 0.2, text(curves));
        assertTrue(losses.get(1) > losses.get(2) + 0.1, text(curves));
        draws(BatchSizes.figure(curves));
    }

    /** Measured after five epochs: 1.80, 1.68, 1.27, 0.83. The last began slower than the one before: 2.14, 1.81. */
    @Test
    void momentumComesFurtherAndTooMuchBeginsSlower() throws IOException {
        Map<String, double[]> curves = Momentum.curves(5);
        List<Double> losses = curves.values().stream().map(ExamplesTest::last).toList();
        assertTrue(losses.get(0) > losses.get(1) + 0.03, text(curves));
        assertTrue(losses.get(1) > losses.get(2) + 0.2, text(curves));
        assertTrue(losses.get(2) > losses.get(3), text(curves));
        assertTrue(curves.get("momentum 0.99")[1] > curves.get("momentum 0.9")[1] + 0.1, text(curves));
        draws(Momentum.figure(curves));
    }

    /** Measured at the end: 0.0776 at the rate that falls from the start, 0.0214 along the cosine. */
    @Test
    void constantRatesAreRestlessAndDecayingOnesAreNot() throws IOException {
        Map<String, double[]> curves = Decay.curves();
        assertTrue(rises(curves.get("constant")) > 0, text(curves));
        assertEquals(0, rises(curves.get("rate / (1 + 0.005 t)")), text(curves));
        assertEquals(0, rises(curves.get("cosine")), text(curves));
        assertTrue(last(curves.get("rate / (1 + 0.005 t)")) > 1.5 * last(curves.get("cosine")), text(curves));
        draws(Decay.figure(curves));
    }

    private static long rises(double[] curve) {
        return IntStream.range(1, curve.length)
                .filter(i -> curve[i] > curve[i - 1])
                .count();
    }

    /** Measured after three epochs: 2.33, 0.96, 0.95. */
    @Test
    void clippingSavesWhatTooHighARateKills() throws IOException {
        Map<String, double[]> curves = Clipping.curves(3);
        assertEquals(GUESSING, last(curves.get("gradients as they come")), 0.15, text(curves));
        assertTrue(last(curves.get("shortened to a norm of 0.5")) < 0.7 * GUESSING, text(curves));
        assertTrue(last(curves.get("each element cut off at ±0.01")) < 0.7 * GUESSING, text(curves));
        draws(Clipping.figure(curves));
    }

    /** Measured, first layer beside twentieth: 4e-12 and 0.5 through sigmoids; within a factor of ten where cured. */
    @Test
    void gradientsVanishAndExplodeAndAreCured() throws IOException {
        Map<String, double[]> curves = DeepGradients.curves();
        double[] sigmoid = curves.get("sigmoid: they vanish");
        assertEquals(11, Math.log10(last(sigmoid) / sigmoid[0]), 1, text(curves));
        for (String cured : List.of("ReLU, He's weights", "sigmoid, batch normalization")) {
            double[] norms = curves.get(cured);
            assertTrue(Arrays.stream(norms).allMatch(norm -> norm > 0.05 && norm < 20), cured + ": " + text(curves));
        }
        double he = median(curves.get("ReLU, He's weights"));
        assertTrue(median(curves.get("ReLU, small weights: they vanish")) < he / 100, text(curves));
        assertTrue(median(curves.get("no activation, He's weights: they explode")) > he * 100, text(curves));
        draws(DeepGradients.figure(curves));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** The smoothed loss falls to 1.99 near a rate of 0.15 and rises from there on; the proposal was 0.044. */
    @Test
    void theLossFallsRoundTheProposalAndRisesAtTooHighARate() throws IOException {
        LearningRateRange range = LearningRates.range();
        assertTrue(range.proposal() > 1e-3 && range.proposal() < 0.2, range.proposal() + " is proposed");
        LearningRateRange.Point best =
                Collections.min(range.points(), (a, b) -> Double.compare(a.smoothedLoss(), b.smoothedLoss()));
        LearningRateRange.Point last = range.points().getLast();
        assertTrue(best.learningRate() > range.proposal(), "the best is " + best);
        assertTrue(best.smoothedLoss() < range.points().getFirst().smoothedLoss() - 0.2, "the best is " + best);
        assertTrue(
                last.learningRate() > best.learningRate() && last.smoothedLoss() > best.smoothedLoss() + 0.2,
                "it ends with " + last);
        Path file = directory.resolve("figure.svg");
        Charts.learningRateRange(range, file);
        assertTrue(Files.readString(file).contains("<svg"), "no picture");
    }

    /** On 500 shapes instead of 60,000 pieces of clothing. Measured after three epochs: 2.1, 1.4, 1.4, 2.3, 1.3. */
    @Test
    void allOptimizersLearnAndAdamTheTrainingPicturesBest() throws IOException {
        Map<String, History> histories;
        try (DataSplit data = ShapesDataset.generate(500, 100, 42)) {
            histories = CompareOptimizers.histories(data, 3);
        }
        assertEquals(5, histories.size());
        double adam = histories.get("Adam 0.001").last().loss();
        histories.forEach((name, history) -> {
            assertTrue(
                    history.last().loss() < 0.6 * history.epochs().getFirst().loss(), name + ": " + history.epochs());
            assertTrue(history.last().loss() >= adam, name + ": " + history.epochs());
        });
        Path file = directory.resolve("figure.svg");
        CompareOptimizers.draw(histories, file);
        assertTrue(Files.readString(file).contains("<svg"), "no picture");
    }

    /**
     * Guessing names a tenth of the ten shapes, a fifth of 200 pictures lies 4.7 standard deviations above; always
     * saying the mean brightness would score 0.
     */
    @Test
    void oneNetworkAnswersTwoQuestions() {
        Evaluation both = TwoOutputs.trained(2000, 10);
        assertTrue(both.metric("shape_accuracy") > 0.2, both.toString());
        assertTrue(both.metric("brightness_r2_score") > 0.3, both.toString());
    }
}
