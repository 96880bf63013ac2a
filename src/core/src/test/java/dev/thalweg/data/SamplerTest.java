package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.tensor.Shape;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final List<String> NAMES = List.of("a", "b", "none", "c");
    /** 100 pictures: 70 of a, 25 of b, none of the third, 5 of c. */
    private static final ClassTargets TARGETS = Targets.ofClasses(
            NAMES, IntStream.range(0, 100).map(i -> i < 70 ? 0 : i < 95 ? 1 : 3).toArray());

    private static int[] countsOfClasses(int... order) {
        int[] counts = new int[NAMES.size()];
        Arrays.stream(order).forEach(i -> counts[TARGETS.label(i)]++);
        return counts;
    }

    private static int[] countsOfPictures(int... order) {
        int[] counts = new int[TARGETS.size()];
        Arrays.stream(order).forEach(i -> counts[i]++);
        return counts;
    }

    @Test
    void eachPictureComesOnceWhereNothingElseIsSaid() {
        int[] own = new SequentialSampler().order(TARGETS, new SplittableRandom(1));
        assertArrayEquals(IntStream.range(0, 100).toArray(), own);
        int[] random = new RandomSampler().order(TARGETS, new SplittableRandom(1));
        assertFalse(Arrays.equals(own, random));
        assertArrayEquals(own, Arrays.stream(random).sorted().toArray());
    }

    @Test
    void balancedClassesComeEquallyOftenAndTheirPicturesTakeTurns() {
        for (int seed = 0; seed < 50; seed++) {
            int[] order = new BalancedSampler().order(TARGETS, new SplittableRandom(seed));
            assertEquals(100, order.length);
            int[] classes = countsOfClasses(order);
            assertEquals(0, classes[2]);
            int[] pictures = countsOfPictures(order);
            for (int c : new int[] {0, 1, 3}) {
                assertTrue(classes[c] == 33 || classes[c] == 34, Arrays.toString(classes));
                int of = c;
                int[] own = IntStream.range(0, 100)
                        .filter(i -> TARGETS.label(i) == of)
                        .map(i -> pictures[i])
                        .toArray();
                assertTrue(
                        Arrays.stream(own).max().orElseThrow()
                                        - Arrays.stream(own).min().orElseThrow()
                                <= 1,
                        Arrays.toString(own));
            }
        }
    }

    /** Each picture is drawn n·p times in the mean; 5 standard deviations of that are wide enough for fixed seeds. */
    @Test
    void weightedPicturesComeAsOftenAsTheirWeightsSay() {
        double[] weights = {1, 2, 9, 0};
        int epochs = 500;
        long[] seen = new long[100];
        for (int seed = 0; seed < epochs; seed++) {
            int[] counts =
                    countsOfPictures(new WeightedRandomSampler(weights).order(TARGETS, new SplittableRandom(seed)));
            for (int i = 0; i < 100; i++) {
                seen[i] += counts[i];
            }
        }
        double all = 70 * 1 + 25 * 2;
        for (int i = 0; i < 100; i++) {
            double p = weights[TARGETS.label(i)] / all;
            double draws = 100.0 * epochs;
            assertEquals(draws * p, seen[i], 5 * Math.sqrt(draws * p * (1 - p)), "picture " + i);
        }
    }

    /** In the last place there is room for one of three. */
    @Test
    void repeatedPicturesComeAfterEachOtherAndAllAsOften() {
        int[] seen = new int[100];
        for (int seed = 0; seed < 600; seed++) {
            int[] order = new RepeatedAugmentation(3).order(TARGETS, new SplittableRandom(seed));
            assertEquals(100, order.length);
            for (int i = 0; i < 100; i++) {
                assertEquals(order[i / 3 * 3], order[i], "place " + i);
                seen[order[i]]++;
            }
            assertEquals(34, Arrays.stream(order).distinct().count());
        }
        // A picture is there three times in 33 of 100 epochs, once in one of them: five standard deviations.
        double variance = 0.33 * 9 + 0.01 - 1;
        for (int count : seen) {
            assertEquals(600, count, 5 * Math.sqrt(600 * variance));
        }
        assertArrayEquals(
                new RandomSampler().order(TARGETS, new SplittableRandom(1)),
                new RepeatedAugmentation(1).order(TARGETS, new SplittableRandom(1)));
        assertThrows(IllegalArgumentException.class, () -> new RepeatedAugmentation(0));
    }

    /** Also not the numbers of a neighbour, moved by one; of 64 bits no two of some thousand are the same. */
    @Test
    void noTwoPicturesDrawTheSameNumbers() {
        Set<Long> drawn = ConcurrentHashMap.newKeySet();
        PictureAugmentation anew = (picture, random) -> random.longs(8).forEach(drawn::add);
        EpochAugmentation lasting = (picture, random, epoch) -> random.longs(8).forEach(drawn::add);
        MixingAugmentation mixing = (batch, random) -> random.longs(8).forEach(drawn::add);
        try (ImageDataset data =
                        ImageDataset.of("d", Shape.of(1, 1, 2), TARGETS, (i, pixels) -> pixels.fill((byte) i));
                BatchLoader loader =
                        new BatchLoader(data, 10, Normalization.unit(1), List.of(anew, lasting, mixing), null)) {
            for (int epoch = 0; epoch < 3; epoch++) {
                loader.start(new RandomSampler(), 7, epoch, 0);
                for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                    assertEquals(10, batch.size());
                }
            }
        }
        // In each of three epochs for each picture and each batch, and once for each picture.
        assertEquals(3 * (100 + 10) * 8 + 100 * 8, drawn.size());
    }

    /** What is drawn has 20 bits: that two of three are the same for one of 34 pictures has a chance of 0.01 %. */
    @Test
    void repeatedPicturesAreChangedDifferently() {
        try (ImageDataset data =
                ImageDataset.of("d", Shape.of(1, 1, 2), TARGETS, (i, pixels) -> pixels.fill((byte) i))) {
            List<Integer> seen = seen(data, new RepeatedAugmentation(3), 2, 0);
            for (int i = 0; i < 99; i += 3) {
                List<Integer> drawn = List.of(seen.get(2 * i), seen.get(2 * i + 2), seen.get(2 * i + 4));
                assertEquals(3, drawn.stream().distinct().count(), drawn.toString());
                assertEquals(seen.get(2 * i + 1), seen.get(2 * i + 5), "the same picture");
            }
        }
    }

    @Test
    void weightsThatSayNothingAreRefused() {
        for (Runnable wrong : List.<Runnable>of(
                () -> new WeightedRandomSampler(0, 0),
                () -> new WeightedRandomSampler(1, -1),
                () -> new WeightedRandomSampler(1, Double.NaN),
                () -> new WeightedRandomSampler(Double.POSITIVE_INFINITY, 1),
                () -> new WeightedRandomSampler(1, 1).order(TARGETS, new SplittableRandom(1)),
                () -> new WeightedRandomSampler(0, 0, 1, 0).order(TARGETS, new SplittableRandom(1)),
                () -> new WeightedRandomSampler(1e308, 1e308, 1, 1).order(TARGETS, new SplittableRandom(1)),
                () -> new BalancedSampler()
                        .order(Targets.ofRegression(List.of(), new float[3][1]), new SplittableRandom(1)))) {
            assertThrows(IllegalArgumentException.class, wrong::run);
        }
    }

    @Test
    void anOrderThatIsNoneIsRefused() {
        try (ImageDataset data =
                        ImageDataset.of("d", Shape.of(1, 1, 1), TARGETS, (i, pixels) -> pixels.fill((byte) i));
                BatchLoader loader = new BatchLoader(data, 10, Normalization.unit(1))) {
            for (Sampler wrong : List.<Sampler>of(
                    (targets, random) -> new int[99],
                    (targets, random) -> new int[101],
                    (targets, random) -> IntStream.rangeClosed(1, 100).toArray(),
                    (targets, random) -> IntStream.range(-1, 99).toArray())) {
                assertThrows(IllegalArgumentException.class, () -> loader.start(wrong, 0, 0, 0));
            }
        }
    }

    /** Pictures as they come out of a loader: of an epoch from a batch on. */
    private static List<Integer> seen(ImageDataset data, Sampler sampler, int epoch, int firstBatch) {
        List<Integer> all = new ArrayList<>();
        PictureAugmentation noise = (picture, random) -> picture.pixels()[0] = random.nextInt(1 << 20);
        try (BatchLoader loader =
                new BatchLoader(data, 8, new Normalization(List.of(0f), List.of(1 / 255f)), List.of(noise), null)) {
            loader.start(sampler, 7, epoch, firstBatch);
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                for (int i = 0; i < batch.size(); i++) {
                    all.add(Math.round(batch.images().getAtIndex(ValueLayout.JAVA_FLOAT, 2L * i)));
                    all.add(Math.round(batch.images().getAtIndex(ValueLayout.JAVA_FLOAT, 2L * i + 1)));
                }
            }
        }
        return all;
    }

    @Test
    void anEpochDependsOnSeedAndEpochAloneAlsoFromWithin() {
        try (ImageDataset data =
                ImageDataset.of("d", Shape.of(1, 1, 2), TARGETS, (i, pixels) -> pixels.fill((byte) i))) {
            for (Sampler sampler : List.of(
                    new RandomSampler(),
                    new SequentialSampler(),
                    new BalancedSampler(),
                    new RepeatedAugmentation(3),
                    new WeightedRandomSampler(1, 1, 1, 20))) {
                List<Integer> whole = seen(data, sampler, 3, 0);
                assertEquals(200, whole.size());
                assertEquals(whole, seen(data, sampler, 3, 0));
                assertEquals(whole.subList(2 * 8 * 5, 200), seen(data, sampler, 3, 5));
                assertFalse(whole.equals(seen(data, sampler, 4, 0)));
            }
        }
    }

    /** What is drawn to change a picture has 20 bits: that two of 100 are the same has a chance of 0.5 %. */
    @Test
    void aPictureThatComesAgainIsChangedAnew() {
        try (ImageDataset data =
                ImageDataset.of("d", Shape.of(1, 1, 2), TARGETS, (i, pixels) -> pixels.fill((byte) i))) {
            List<Integer> seen = seen(data, (targets, random) -> new int[targets.size()], 0, 0);
            List<Integer> drawn =
                    IntStream.range(0, 100).mapToObj(i -> seen.get(2 * i)).toList();
            assertEquals(100, drawn.stream().distinct().count(), drawn.toString());
            assertTrue(IntStream.range(0, 100).allMatch(i -> seen.get(2 * i + 1) == 0));
        }
    }
}
