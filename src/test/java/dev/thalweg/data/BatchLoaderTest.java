package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.model.Normalization;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BatchLoaderTest {
    /** Picture i is [2, 1, 2]: 10i, 10i+1 in the first channel, 10i+2, 10i+3 in the second. */
    private static ImageDataset data(int count) {
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 3;
        }
        return ImageDataset.of("numbers", Shape.of(2, 1, 2), List.of("a", "b", "c"), labels, (i, target) -> {
            for (int p = 0; p < 4; p++) {
                target.set(ValueLayout.JAVA_BYTE, p, (byte) (10 * i + p));
            }
        });
    }

    @Test
    void batchesAreScaledOneHotAndEndWithTheRest() {
        try (ImageDataset data = data(7);
                BatchLoader loader = new BatchLoader(data, 3, new Normalization(List.of(0f, 0.5f), List.of(1f, 0.25f)))) {
            loader.start();
            assertEquals(3, loader.batches());
            Batch first = loader.next();
            assertEquals(3, first.size());
            assertArrayEquals(new float[] {10 / 255f, 11 / 255f, (12 / 255f - 0.5f) / 0.25f, (13 / 255f - 0.5f) / 0.25f},
                    first.images().asSlice(16, 16).toArray(ValueLayout.JAVA_FLOAT), 1e-6f);
            assertArrayEquals(new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, first.targets().toArray(ValueLayout.JAVA_FLOAT));
            assertEquals(3, loader.next().size());
            Batch last = loader.next();
            assertEquals(1, last.size());
            assertEquals(60 / 255f, last.images().get(ValueLayout.JAVA_FLOAT, 0), 1e-6f);
            assertArrayEquals(new float[] {1, 0, 0}, last.targets().toArray(ValueLayout.JAVA_FLOAT));
            assertNull(loader.next());
        }
    }

    private static List<Integer> order(ImageDataset data, int batchSize, long seed, int epoch) {
        List<Integer> order = new ArrayList<>();
        try (BatchLoader loader = new BatchLoader(data, batchSize, Normalization.unit(2))) {
            loader.startShuffled(seed, epoch, 0);
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                for (int i = 0; i < batch.size(); i++) {
                    order.add(Math.round(batch.images().getAtIndex(ValueLayout.JAVA_FLOAT, 4 * i) * 255) / 10);
                }
            }
        }
        return order;
    }

    @Test
    void shufflingDependsOnSeedAndEpochAlone() {
        try (ImageDataset data = data(25)) {
            List<Integer> order = order(data, 4, 9, 0);
            assertEquals(25, new TreeSet<>(order).size(), "every picture once: " + order);
            assertEquals(order, order(data, 7, 9, 0));
            assertFalse(order.equals(order(data, 4, 9, 1)));
            assertFalse(order.equals(order(data, 4, 10, 0)));
        }
    }

    @Test
    void anEpochCanBeAbandonedAndMemoryComesBack() {
        long before = MemoryOwner.liveBytes();
        try (ImageDataset data = data(20); BatchLoader loader = new BatchLoader(data, 2, Normalization.unit(2))) {
            for (int i = 0; i < 5; i++) {
                loader.startShuffled(1, i, 0);
                loader.next();
            }
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }

    @Test
    void mistakesAreExplained() {
        try (ImageDataset data = data(4)) {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> new BatchLoader(data, 2, Normalization.unit(3))).getMessage()
                    .contains("3 channels"));
            assertThrows(IllegalArgumentException.class, () -> new BatchLoader(data, 0, Normalization.unit(2)));
        }
    }

    @Test
    void standardizationBringsMeanToZeroAndDeviationToOne() {
        try (ImageDataset data = data(20)) {
            Normalization normalization = ChannelStatistics.standardization(data);
            float[][] tables = normalization.tables();
            for (int channel = 0; channel < 2; channel++) {
                double sum = 0;
                double squares = 0;
                for (int i = 0; i < data.size(); i++) {
                    for (int p = 0; p < 2; p++) {
                        double v = tables[channel][data.pixels(i).get(ValueLayout.JAVA_BYTE, 2L * channel + p) & 0xff];
                        sum += v;
                        squares += v * v;
                    }
                }
                assertEquals(0, sum / 40, 1e-5);
                assertEquals(1, squares / 40, 1e-4);
            }
        }
    }
}
