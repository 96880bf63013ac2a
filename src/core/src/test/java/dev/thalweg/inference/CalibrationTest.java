package dev.thalweg.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.graph.Quantization;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalibrationTest {
    private static float[] normal(int count, long seed) {
        Random random = new Random(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static ActivationHistogram histogram(float[]... batches) {
        ActivationHistogram histogram = new ActivationHistogram();
        for (float[] batch : batches) {
            histogram.add(batch);
        }
        return histogram;
    }

    /** {@code D(P ‖ Q)} of the paper's pseudocode, step by step, with lists of its names. */
    private static double divergence(long[] counts, int i, int levels) {
        long[] bins = counts.clone();
        double[] p = new double[i];
        double[] q = new double[i];
        double outliers = Arrays.stream(bins).skip(i).sum();
        for (int bin = 0; bin < i; bin++) {
            p[bin] = bins[bin];
        }
        p[i - 1] += outliers;
        // Ours: what is cut off behind an empty bin is compared with one number there.
        if (bins[i - 1] == 0 && outliers > 0) {
            bins[i - 1] = 1;
        }
        double[] quantized = new double[levels];
        double[] members = new double[levels];
        int[] levelOf = new int[i];
        for (int level = 0; level < levels; level++) {
            for (int bin = level * i / levels; bin < (level + 1) * i / levels; bin++) {
                levelOf[bin] = level;
                quantized[level] += bins[bin];
                members[level] += bins[bin] != 0 ? 1 : 0;
            }
        }
        for (int bin = 0; bin < i; bin++) {
            q[bin] = bins[bin] == 0 ? 0 : quantized[levelOf[bin]] / members[levelOf[bin]];
        }
        double sumP = Arrays.stream(p).sum();
        double sumQ = Arrays.stream(q).sum();
        double divergence = 0;
        for (int bin = 0; bin < i; bin++) {
            if (p[bin] > 0) {
                divergence += p[bin] / sumP * (Math.log(p[bin] / sumP) - Math.log(q[bin] / sumQ));
            }
        }
        return divergence;
    }

    @Test
    void numbersCountAlikeInWhateverOrderTheyCome() {
        float[] small = normal(500, 1);
        float[] large = {30, -47.5f, 0, 0};
        ActivationHistogram first = histogram(small, large);
        ActivationHistogram second = histogram(large, small);
        assertArrayEquals(first.sizes(), second.sizes());
        assertEquals(502, Arrays.stream(first.sizes()).sum());
        assertEquals(0x1p-5, first.width());
        assertEquals(first.width(), second.width());
    }

    @Test
    void minMaxHoldsAllThatWasSeen() {
        assertEquals(
                Quantization.unsigned(-3, 5),
                Quantizer.range(new Calibration.MinMax(), histogram(new float[] {-3, 1}, new float[] {5, 2})));
    }

    @Test
    void percentileIsThatOfTheSortedNumbersToTheWidthOfABin() {
        float[] numbers = normal(10_000, 2);
        ActivationHistogram histogram = histogram(numbers);
        float[] sorted = numbers.clone();
        Arrays.sort(sorted);
        for (int rank : new int[] {1, 50, 2_000, 5_000, 9_000, 9_950, 10_000}) {
            assertEquals(sorted[rank - 1], histogram.quantile(rank / 10_000.0), histogram.width(), "rank " + rank);
        }
        Quantization quantization = Quantizer.range(new Calibration.Percentile(99), histogram);
        double range = sorted[9_949] - sorted[49];
        assertEquals(range / 255, quantization.scale(), 2 * histogram.width() / 255);
    }

    @Test
    void halfOfThePercentileIsZeroWhereHalfOfTheNumbersAre() {
        float[] rectified = normal(1_000, 3);
        for (int i = 0; i < rectified.length; i++) {
            rectified[i] = Math.max(rectified[i], 0);
        }
        assertEquals(0, histogram(rectified).quantile(0.3));
        assertEquals(
                0,
                Quantizer.range(new Calibration.Percentile(99), histogram(rectified))
                        .zeroPoint());
    }

    @Test
    void informationLossIsThePublishedDivergence() {
        Random random = new Random(4);
        for (int levels : new int[] {4, 16}) {
            long[] bins = random.longs(90, 0, 6).toArray();
            for (int kept = levels; kept <= bins.length; kept++) {
                double want = divergence(bins, kept, levels);
                double got = InformationLoss.of(bins, kept, levels);
                assertTrue(want == got || Math.abs(want - got) <= 1e-12, kept + ": " + got + ", expected " + want);
            }
        }
    }

    @Test
    void nothingIsLostWhereLevelsSuffice() {
        long[] bins = {5, 0, 3, 1};
        assertEquals(0, InformationLoss.of(bins, 4, 4), 1e-15);
        assertEquals(4, InformationLoss.leastAt(bins, 4, 1));
    }

    @Test
    void entropyCutsWhatIsFarOutAndKeepsWhatIsEven() {
        float[] numbers = normal(100_000, 5);
        numbers[0] = 100;
        Quantization cut = Quantizer.range(new Calibration.Entropy(), histogram(numbers));
        assertTrue(cut.scale() * 255 < 30, cut.toString());
        float[] even = new float[100_000];
        for (int i = 0; i < even.length; i++) {
            even[i] = i / 50_000f - 1;
        }
        Quantization kept = Quantizer.range(new Calibration.Entropy(), histogram(even));
        assertEquals(2, kept.scale() * 255, 0.1);
    }

    /** Pictures with one background, activations of which half are alike, bytes: numbers that stand out alone. */
    @Test
    void entropyKeepsWhatLiesBeyondNumbersThatStandOut() {
        Random random = new Random(6);
        for (double background : new double[] {-0.8, -0.4, 0.3, 1, 2.5}) {
            for (double steps : new double[] {1e-6, 3 / 255.0}) {
                float[] numbers = new float[20_000];
                for (int i = 0; i < numbers.length; i++) {
                    double number = random.nextInt(4) > 0 ? background : 4 * random.nextDouble() - 1;
                    numbers[i] = (float) (Math.rint(number / steps) * steps);
                }
                Quantization range = Quantizer.range(new Calibration.Entropy(), histogram(numbers));
                double greatest = (255 - range.zeroPoint()) * range.scale();
                long beyond = IntStream.range(0, numbers.length)
                        .filter(i -> numbers[i] > greatest + range.scale())
                        .count();
                assertTrue(
                        beyond <= numbers.length / 1_000,
                        background + " in steps of " + steps + ": " + range + " leaves out " + beyond);
            }
        }
    }

    @Test
    void whatIsNotFiniteIsRefused() {
        assertThrows(ArithmeticException.class, () -> histogram(new float[] {1, Float.NaN}));
        assertThrows(IllegalArgumentException.class, () -> new Calibration.Percentile(50));
    }
}
