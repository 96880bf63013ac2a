package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.tensor.MemoryLimitException;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchLoaderTest {
    /** Picture i is [2, 1, 2]: 10i, 10i+1 in the first channel, 10i+2, 10i+3 in the second. */
    private static ImageDataset data(int count) {
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = i % 3;
        }
        return ImageDataset.of("numbers", Shape.of(2, 1, 2), List.of("a", "b", "c"), labels, (i, target) -> {
            for (int p = 0; p < 4; p++) {
                target.set(p, (byte) (10 * i + p));
            }
        });
    }

    @Test
    void batchesAreScaledOneHotAndEndWithTheRest() {
        try (ImageDataset data = data(7);
                BatchLoader loader =
                        new BatchLoader(data, 3, new Normalization(List.of(0f, 0.5f), List.of(1f, 0.25f)))) {
            loader.start();
            assertEquals(3, loader.batches());
            Batch first = loader.next();
            assertEquals(3, first.size());
            assertArrayEquals(
                    new float[] {10 / 255f, 11 / 255f, (12 / 255f - 0.5f) / 0.25f, (13 / 255f - 0.5f) / 0.25f},
                    first.images().asSlice(16, 16).toArray(ValueLayout.JAVA_FLOAT),
                    1e-6f);
            assertArrayEquals(
                    new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, first.targets().toArray(ValueLayout.JAVA_FLOAT));
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
            loader.start(new RandomSampler(), seed, epoch, 0);
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                for (int i = 0; i < batch.size(); i++) {
                    order.add(Math.round(batch.images().getAtIndex(ValueLayout.JAVA_FLOAT, 4L * i) * 255) / 10);
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
        try (ImageDataset data = data(20);
                BatchLoader loader = new BatchLoader(data, 2, Normalization.unit(2))) {
            for (int i = 0; i < 5; i++) {
                loader.start(new RandomSampler(), 1, i, 0);
                loader.next();
            }
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }

    @Test
    void mistakesAreExplained() {
        try (ImageDataset data = data(4)) {
            assertTrue(
                    assertThrows(IllegalArgumentException.class, () -> new BatchLoader(data, 2, Normalization.unit(3)))
                            .getMessage()
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

    private static ImageDataset streamed(PixelWriter pictures) {
        return ImageDataset.streamed(
                "streamed",
                Shape.of(2, 1, 2),
                Targets.ofClasses(List.of("a", "b", "c"), new int[20]),
                List.of(),
                pictures);
    }

    private static void await(CountDownLatch go) {
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("a filling thread was interrupted", e);
        }
    }

    private static long workers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("thalweg-data"))
                .count();
    }

    private static void assertNothingIsLeft(long bytesBefore) throws InterruptedException {
        assertEquals(bytesBefore, MemoryOwner.liveBytes());
        // A pool has ended a moment before its threads have.
        for (int i = 0; i < 1000 && workers() > 0; i++) {
            Thread.sleep(1);
        }
        assertEquals(0, workers());
    }

    @Test
    void closingFreesAllAlsoWhenSeveralBatchesFailed() throws InterruptedException {
        long before = MemoryOwner.liveBytes();
        try (ImageDataset data = streamed((i, pixels) -> {
                    throw new UncheckedIOException(new IOException("picture " + i));
                });
                BatchLoader loader = new BatchLoader(data, 2, Normalization.unit(2))) {
            loader.start();
            for (int batch = 0; batch < 3; batch++) {
                String message =
                        assertThrows(UncheckedIOException.class, loader::next).getMessage();
                assertTrue(message.contains("picture " + 2 * batch), message);
            }
            loader.start();
            assertThrows(UncheckedIOException.class, loader::next);
        }
        assertNothingIsLeft(before);
    }

    @Test
    void errorsOfThePicturesComeOutAsTheyAre() {
        OutOfMemoryError error = new OutOfMemoryError("of a decoder");
        try (ImageDataset data = streamed((i, pixels) -> {
                    throw error;
                });
                BatchLoader loader = new BatchLoader(data, 2, Normalization.unit(2))) {
            loader.start();
            assertSame(error, assertThrows(OutOfMemoryError.class, loader::next));
        }
    }

    @Test
    void closingFreesAllAlsoWhenTheDataSetIsClosed() throws InterruptedException {
        long before = MemoryOwner.liveBytes();
        ImageDataset data = data(20);
        try (BatchLoader loader = new BatchLoader(data, 2, Normalization.unit(2))) {
            loader.start();
            loader.next();
            data.close();
            assertThrows(IllegalStateException.class, () -> {
                for (int i = 0; i < 10; i++) {
                    loader.next();
                }
            });
        }
        assertNothingIsLeft(before);
    }

    @Test
    void anInterruptIsKeptAndNoBatchIsPassedOver() throws InterruptedException {
        long before = MemoryOwner.liveBytes();
        CountDownLatch go = new CountDownLatch(1);
        try (ImageDataset data = streamed((i, pixels) -> {
            await(go);
            pixels.fill((byte) (10 * i));
        })) {
            try (BatchLoader loader = new BatchLoader(data, 2, Normalization.unit(2))) {
                loader.start();
                Thread.currentThread().interrupt();
                assertTrue(assertThrows(IllegalStateException.class, loader::next)
                        .getMessage()
                        .contains("interrupted"));
                assertTrue(Thread.interrupted());
                go.countDown();
                assertEquals(0, loader.next().images().get(ValueLayout.JAVA_FLOAT, 0));
                assertEquals(20 / 255f, loader.next().images().get(ValueLayout.JAVA_FLOAT, 0), 1e-6f);
                Thread.currentThread().interrupt();
            }
            assertTrue(Thread.interrupted());
        }
        assertNothingIsLeft(before);
    }

    @Test
    void anEpochIsOneThreads() throws Exception {
        try (ImageDataset data = data(20);
                BatchLoader loader = new BatchLoader(data, 2, Normalization.unit(2));
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            assertTrue(assertThrows(IllegalStateException.class, loader::next)
                    .getMessage()
                    .contains("call start"));
            loader.start();
            loader.next();
            assertTrue(other.submit(() -> assertThrows(IllegalStateException.class, loader::next))
                    .get()
                    .getMessage()
                    .contains("another thread"));
            other.submit(() -> loader.start()).get();
            assertThrows(IllegalStateException.class, loader::next);
            assertEquals(
                    0,
                    other.submit(() -> loader.next().images().get(ValueLayout.JAVA_FLOAT, 0))
                            .get());
        }
    }

    /** The batch that is waited for is still filled; the waiting thread gets it or hears that the loader is closed. */
    @Test
    void closingWaitsForBatchesThatAreBeingFilled() throws Exception {
        long before = MemoryOwner.liveBytes();
        CountDownLatch filling = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (ExecutorService others = Executors.newFixedThreadPool(2);
                ImageDataset data = streamed((i, pixels) -> {
                    filling.countDown();
                    await(go);
                    pixels.fill((byte) i);
                })) {
            BatchLoader loader = new BatchLoader(data, 2, Normalization.unit(2));
            Future<?> taking = others.submit(() -> {
                loader.start();
                try {
                    Batch batch = loader.next();
                    while (batch != null) {
                        batch = loader.next();
                    }
                } catch (IllegalStateException closed) {
                    assertTrue(closed.getMessage().contains("closed"), closed.getMessage());
                }
            });
            filling.await();
            Future<?> closing = others.submit(loader::close);
            assertThrows(
                    TimeoutException.class,
                    () -> closing.get(50, TimeUnit.MILLISECONDS),
                    "memory that is being filled must not be freed");
            assertTrue(MemoryOwner.liveBytes() > before);
            go.countDown();
            closing.get();
            taking.get();
            assertThrows(IllegalStateException.class, loader::start);
        }
        assertNothingIsLeft(before);
    }

    @Test
    void aThreadThatFillsBatchesCannotCloseTheirLoader() {
        AtomicReference<BatchLoader> loader = new AtomicReference<>();
        try (ImageDataset data = streamed((i, pixels) -> loader.get().close())) {
            loader.set(new BatchLoader(data, 2, Normalization.unit(2)));
            loader.get().start();
            assertTrue(
                    assertThrows(IllegalStateException.class, () -> loader.get().next())
                            .getMessage()
                            .contains("by a thread that fills"));
            loader.get().close();
        }
    }

    @Test
    void sizesThatNoMemoryHasAreRefused() {
        try (ImageDataset data = ImageDataset.streamed(
                "huge",
                Shape.of(1, 1 << 15, 1 << 15),
                Targets.ofClasses(List.of("a", "b"), new int[1 << 9]),
                List.of(),
                (i, p) -> {})) {
            assertThrows(
                    MemoryLimitException.class, () -> new BatchLoader(data, Integer.MAX_VALUE, Normalization.unit(1)));
        }
        assertThrows(
                MemoryLimitException.class,
                () -> ImageDataset.of(
                        "huge", Shape.of(1, 1 << 15, 1 << 15), List.of("a", "b"), new int[1 << 9], (i, p) -> {}));
    }
}
