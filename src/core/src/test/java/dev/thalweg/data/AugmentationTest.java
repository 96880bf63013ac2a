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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AugmentationTest {
    /** A picture whose pixels all differ: 10 times the row plus the column, and 100 a channel. */
    private static PixelBuffer picture() {
        PixelBuffer p = new PixelBuffer(2, 4, 5);
        for (int i = 0; i < p.pixels.length; i++) {
            p.pixels[i] = 1 + 100 * (i / 20) + 10 * (i / 5 % 4) + i % 5;
        }
        return p;
    }

    private static float at(PixelBuffer p, int c, int y, int x) {
        return y < 0 || y >= p.height || x < 0 || x >= p.width ? 0 : p.pixels[(c * p.height + y) * p.width + x];
    }

    /** Every result is the picture moved by one of the offsets, and each offset comes up. */
    @Test
    void cropsAreShifts() {
        Set<String> offsets = new HashSet<>();
        PixelBuffer before = picture();
        for (int seed = 0; seed < 300; seed++) {
            PixelBuffer p = picture();
            new RandomCrop(1).apply(p, new SplittableRandom(seed));
            String found = "";
            for (int dy = -1; dy <= 1; dy++) {
                for (int dx = -1; dx <= 1; dx++) {
                    boolean same = true;
                    for (int i = 0; i < p.pixels.length; i++) {
                        same &= p.pixels[i] == at(before, i / 20, i / 5 % 4 + dy, i % 5 + dx);
                    }
                    found += same ? dy + "," + dx : "";
                }
            }
            assertFalse(found.isEmpty());
            offsets.add(found);
        }
        assertEquals(9, offsets.size());
    }

    @Test
    void flipsAreMirrorImagesHalfOfTheTime() {
        int flipped = 0;
        PixelBuffer before = picture();
        for (int seed = 0; seed < 400; seed++) {
            PixelBuffer p = picture();
            new RandomHorizontalFlip().apply(p, new SplittableRandom(seed));
            boolean mirrored = p.pixels[0] != before.pixels[0];
            for (int i = 0; i < p.pixels.length; i++) {
                assertEquals(at(before, i / 20, i / 5 % 4, mirrored ? 4 - i % 5 : i % 5), p.pixels[i]);
            }
            flipped += mirrored ? 1 : 0;
        }
        // Five standard deviations of a fair coin.
        assertEquals(200, flipped, 50);
    }

    /** {@return which of 200 pictures, black to the left and white to the right, come out mirrored in an epoch} */
    private static boolean[] mirrored(long seed, int epoch, int firstBatch) {
        boolean[] mirrored = new boolean[200];
        Targets numbers = Targets.ofRegression(
                List.of("number"),
                IntStream.range(0, mirrored.length)
                        .mapToObj(i -> new float[] {i})
                        .toArray(float[][]::new));
        try (ImageDataset data = ImageDataset.of("halves", Shape.of(1, 1, 2), numbers, (i, pixels) -> {
                    pixels.fill((byte) 0);
                    pixels.set(1, (byte) -1);
                });
                BatchLoader loader =
                        new BatchLoader(data, 16, Normalization.unit(1), List.of(new AlternatingFlip()), null)) {
            loader.start(new RandomSampler(), seed, epoch, firstBatch);
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                for (int i = 0; i < batch.size(); i++) {
                    int number = (int) batch.targets().getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    mirrored[number] = batch.images().getAtIndex(ValueLayout.JAVA_FLOAT, 2L * i) == 1;
                }
            }
        }
        return mirrored;
    }

    @Test
    void alternatingFlipsTakeTurns() {
        boolean[] first = mirrored(4, 0, 0);
        for (int epoch = 1; epoch < 6; epoch++) {
            boolean[] other = mirrored(4, epoch, 0);
            for (int i = 0; i < first.length; i++) {
                assertEquals(epoch % 2 == 0, first[i] == other[i], "picture " + i + " in epoch " + epoch);
            }
        }
        // Five standard deviations of a fair coin; another seed tosses others.
        int count = 0;
        int same = 0;
        boolean[] other = mirrored(5, 0, 0);
        for (int i = 0; i < first.length; i++) {
            count += first[i] ? 1 : 0;
            same += first[i] == other[i] ? 1 : 0;
        }
        assertEquals(100, count, 36);
        assertEquals(100, same, 36);
    }

    @Test
    void erasingHitsARectangleOfTheAreaAskedFor() {
        for (int seed = 0; seed < 100; seed++) {
            PixelBuffer p = new PixelBuffer(1, 20, 20);
            Arrays.fill(p.pixels, 7);
            new RandomErasing(1, 0.1, 0.3, false).apply(p, new SplittableRandom(seed));
            int top = 20;
            int bottom = -1;
            int left = 20;
            int right = -1;
            int erased = 0;
            for (int i = 0; i < 400; i++) {
                if (p.pixels[i] == 0) {
                    erased++;
                    top = Math.min(top, i / 20);
                    bottom = Math.max(bottom, i / 20);
                    left = Math.min(left, i % 20);
                    right = Math.max(right, i % 20);
                }
            }
            assertEquals((bottom - top + 1) * (right - left + 1), erased, "a rectangle");
            // Sides are rounded to whole pixels.
            assertTrue(erased > 28 && erased < 140, "erased " + erased);
        }
        PixelBuffer untouched = picture();
        new RandomErasing(0, 0.1, 0.3, true).apply(untouched, new SplittableRandom(1));
        assertArrayEquals(picture().pixels, untouched.pixels);
    }

    /** Also of a picture so narrow that no ratio that is allowed leaves a column. */
    @Test
    void theWholeIsLeftAsItIsAndAPartLiesWithin() {
        PixelBuffer whole = picture();
        new CropBox(0, 0, 5, 4).enlarge(whole);
        assertArrayEquals(picture().pixels, whole.pixels);
        PixelBuffer one = picture();
        new CropBox(2, 1, 1, 1).enlarge(one);
        for (int i = 0; i < one.pixels.length; i++) {
            assertEquals(at(picture(), i / 20, 1, 2), one.pixels[i]);
        }
        assertEquals(new CropBox(0, 0, 1, 1), new RandomResizedCrop(1, 1, 9, 9).box(1, 1, new SplittableRandom(1)));
        assertEquals(
                new CropBox(0, 24, 10, 11), new RandomResizedCrop(1, 1, 0.9, 0.9).box(10, 60, new SplittableRandom(1)));
    }

    @Test
    void anAffineMapOfNothingChangesNothingAndAHalfTurnTurns() {
        PixelBuffer p = picture();
        new RandomAffine(0, 0, 0).apply(p, new SplittableRandom(1));
        assertArrayEquals(picture().pixels, p.pixels, 1e-4f);
        // A picture that is the same from all sides but for its corners stays bright in the middle, whatever the angle.
        PixelBuffer bright = new PixelBuffer(1, 9, 9);
        Arrays.fill(bright.pixels, 100);
        new RandomAffine(180, 0, 0).apply(bright, new SplittableRandom(5));
        assertEquals(100, bright.pixels[40], 1e-3);
    }

    @Test
    void jitterStaysWithinItsFactorsAndWithinBytes() {
        for (int seed = 0; seed < 50; seed++) {
            PixelBuffer p = new PixelBuffer(3, 2, 2);
            Arrays.fill(p.pixels, 100);
            new ColorJitter(0.2, 0.5, 0.5).apply(p, new SplittableRandom(seed));
            for (float v : p.pixels) {
                // A picture of one grey has neither contrast nor saturation to change.
                assertEquals(p.pixels[0], v, 1e-3);
                assertTrue(v >= 80 - 1e-3 && v <= 120 + 1e-3, "got " + v);
            }
        }
    }

    private static List<float[]> images(ImageDataset data, int batchSize, Augmentation... steps) {
        List<float[]> all = new ArrayList<>();
        try (BatchLoader loader = new BatchLoader(data, batchSize, Normalization.unit(3), List.of(steps), null)) {
            loader.start(new RandomSampler(), 4, 2, 0);
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                all.add(batch.images().toArray(ValueLayout.JAVA_FLOAT));
            }
        }
        return all;
    }

    @Test
    void theSameSeedAndEpochGiveTheSamePictures() {
        try (DataSplit data = ShapesDataset.generate(50, 10, 1)) {
            Augmentation[] steps = {
                new RandomCrop(4),
                new RandomHorizontalFlip(),
                new ColorJitter(0.3, 0.3, 0.3),
                new RandomAffine(10, 0.1, 0.1),
                new RandomErasing(),
                new MixUp(0.2)
            };
            List<float[]> a = images(data.train(), 8, steps);
            List<float[]> b = images(data.train(), 8, steps);
            for (int i = 0; i < a.size(); i++) {
                assertArrayEquals(a.get(i), b.get(i));
            }
            try (BatchLoader other = new BatchLoader(data.train(), 8, Normalization.unit(3), List.of(steps), null)) {
                other.start(new RandomSampler(), 4, 2, 3);
                assertArrayEquals(
                        a.get(3), other.next().images().toArray(ValueLayout.JAVA_FLOAT), "begun within the epoch");
            }
            assertFalse(Arrays.equals(a.get(0), images(data.train(), 8).get(0)));
        }
    }

    /** Two classes, black and white: the targets tell how much of each picture must be white. */
    @Test
    void mixedTargetsSayHowPicturesAreMixed() {
        ImageDataset data = ImageDataset.of(
                "black and white",
                Shape.of(3, 8, 8),
                List.of("black", "white"),
                new int[] {0, 1, 0, 1, 1, 0, 0, 1},
                (i, target) -> target.fill((byte) (i == 1 || i == 3 || i == 4 || i == 7 ? 255 : 0)));
        try (data) {
            for (Augmentation mixing : List.of(new MixUp(1), new CutMix(1))) {
                try (BatchLoader loader = new BatchLoader(data, 8, Normalization.unit(3), List.of(mixing), null)) {
                    boolean mixed = false;
                    for (int epoch = 0; epoch < 20; epoch++) {
                        loader.start(new RandomSampler(), 1, epoch, 0);
                        Batch batch = loader.next();
                        for (int i = 0; i < 8; i++) {
                            double white = 0;
                            for (int p = 0; p < 192; p++) {
                                white += batch.images().getAtIndex(ValueLayout.JAVA_FLOAT, i * 192L + p) / 192;
                            }
                            float target = batch.targets().getAtIndex(ValueLayout.JAVA_FLOAT, 2L * i + 1);
                            assertEquals(white, target, 1e-5, mixing.toString());
                            assertEquals(1, target + batch.targets().getAtIndex(ValueLayout.JAVA_FLOAT, 2L * i), 1e-6);
                            mixed |= target > 0.01 && target < 0.99;
                        }
                    }
                    assertTrue(mixed, mixing + " mixes");
                }
            }
        }
    }

    /** The mean of Beta(α, α) is 1/2, its variance 1 / (4 (2α + 1)). */
    @Test
    void betasHaveTheirVariance() {
        SplittableRandom random = new SplittableRandom(1);
        for (double alpha : new double[] {0.2, 1}) {
            double sum = 0;
            double squares = 0;
            int draws = 100_000;
            for (int i = 0; i < draws; i++) {
                double x = Betas.draw(alpha, random);
                sum += x / draws;
                squares += x * x / draws;
            }
            assertEquals(0.5, sum, 0.01);
            assertEquals(1 / (4 * (2 * alpha + 1)), squares - sum * sum, 0.005);
        }
    }

    @Test
    void rangesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new RandomCrop(0));
        assertThrows(IllegalArgumentException.class, () -> new MixUp(0));
        assertThrows(IllegalArgumentException.class, () -> new CutMix(2));
        assertThrows(IllegalArgumentException.class, () -> new RandomErasing(2, 0.1, 0.2, true));
        assertThrows(IllegalArgumentException.class, () -> new ColorJitter(-1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new RandomAffine(200, 0, 0));
        for (double[] wrong :
                new double[][] {{0, 1, 1, 1}, {0.5, 0.4, 1, 1}, {0.5, 1.1, 1, 1}, {0.5, 1, 0, 1}, {0.5, 1, 2, 1}}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new RandomResizedCrop(wrong[0], wrong[1], wrong[2], wrong[3]));
        }
        assertThrows(IllegalArgumentException.class, () -> new RandomResizedCrop(0.5, 1, 1, Double.POSITIVE_INFINITY));
    }
}
