package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The parts of a batch together are the batch, whatever is done to its pictures. */
class BatchPartTest {
    private static final int PICTURES = 45;
    private static final int BATCH = 10;

    @Test
    void partsStandSideBySideAndDifferByOneAtMost() {
        for (int whole = 1; whole <= 40; whole++) {
            for (int replicas = 1; replicas <= 9; replicas++) {
                int place = 0;
                double shares = 0;
                for (int rank = 0; rank < replicas; rank++) {
                    BatchPart part = BatchPart.of(whole, rank, replicas);
                    assertTrue(part.size() == 0 || part.first() == place, part.toString());
                    assertTrue(part.size() >= whole / replicas && part.size() <= Math.ceilDiv(whole, replicas));
                    place += part.size();
                    shares += part.share();
                }
                assertEquals(whole, place);
                assertEquals(1, shares, 1e-6);
            }
        }
    }

    @Test
    void refusesWhatIsNoPart() {
        assertThrows(IllegalArgumentException.class, () -> new BatchPart(2, 3, 4));
        assertThrows(IllegalArgumentException.class, () -> new BatchPart(4, 0, 4));
        assertThrows(IllegalArgumentException.class, () -> new BatchPart(-1, 1, 4));
    }

    static Stream<List<Augmentation>> augmentations() {
        return Stream.of(
                List.of(),
                List.of(new RandomCrop(4), new RandomHorizontalFlip()),
                List.of(new AlternatingFlip()),
                List.of(new RandomCrop(4), new MixUp(0.4)),
                List.of(new CutMix(1), new MixUp(0.4)));
    }

    /** What one batch holds. */
    private record Copied(int whole, float[] images, float[] targets, float[] known) {
        static Copied of(Batch batch) {
            float[] known = new float[0];
            for (int i = 0; i < batch.part().size(); i++) {
                known = joined(known, batch.target(i));
            }
            int share = batch.part().size();
            return new Copied(
                    batch.part().whole(),
                    first(share, batch.size(), batch.images().toArray(ValueLayout.JAVA_FLOAT)),
                    first(share, batch.size(), batch.targets().toArray(ValueLayout.JAVA_FLOAT)),
                    known);
        }

        private static float[] first(int share, int size, float... numbers) {
            return Arrays.copyOf(numbers, numbers.length / size * share);
        }

        Copied with(Copied next) {
            assertEquals(whole, next.whole);
            return new Copied(
                    whole, joined(images, next.images), joined(targets, next.targets), joined(known, next.known));
        }
    }

    private static float[] joined(float[] first, float... second) {
        float[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static List<Copied> batches(
            ImageDataset data, List<Augmentation> steps, float @Nullable [] weights, int rank, int replicas) {
        List<Copied> batches = new ArrayList<>();
        try (BatchLoader loader = new BatchLoader(data, BATCH, Normalization.unit(3), steps, weights, rank, replicas)) {
            for (int epoch = 0; epoch < 2; epoch++) {
                loader.start(new RandomSampler(), 7, epoch, 0);
                for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                    assertEquals(batch.part(), loader.part(batches.size() % loader.batches()));
                    batches.add(Copied.of(batch));
                }
            }
        }
        return batches;
    }

    @ParameterizedTest
    @MethodSource("augmentations")
    void partsTogetherAreTheBatch(List<Augmentation> steps) {
        float[] weights = new float[10];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = 1 + i;
        }
        try (DataSplit split = ShapesDataset.generate(PICTURES, 1, 3)) {
            List<Copied> whole = batches(split.train(), steps, weights, 0, 1);
            for (int replicas : new int[] {2, 3, 7}) {
                int count = replicas;
                List<List<Copied>> parts = IntStream.range(0, replicas)
                        .mapToObj(rank -> batches(split.train(), steps, weights, rank, count))
                        .toList();
                for (int i = 0; i < whole.size(); i++) {
                    int batch = i;
                    Copied together = parts.stream()
                            .map(each -> each.get(batch))
                            .reduce(Copied::with)
                            .orElseThrow();
                    assertArrayEquals(whole.get(i).images(), together.images());
                    assertArrayEquals(whole.get(i).targets(), together.targets());
                    assertArrayEquals(whole.get(i).known(), together.known());
                }
            }
        }
    }
}
