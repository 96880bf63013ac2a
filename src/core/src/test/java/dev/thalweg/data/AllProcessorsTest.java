package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AllProcessorsTest {
    /** A pool counts as ended a moment before its last thread does. */
    private static void assertNoThreadIsLeft() {
        List<Thread> left = Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("thalweg-pictures"))
                .toList();
        for (Thread thread : left) {
            assertTrue(assertDoesNotThrow(() -> thread.join(Duration.ofSeconds(30))), thread + " goes on");
        }
    }

    @Test
    void eachTaskIsDoneOnce() {
        for (int count : new int[] {0, 1, 2, 1000}) {
            AtomicIntegerArray done = new AtomicIntegerArray(count);
            AllProcessors.forEach(count, done::incrementAndGet);
            for (int i = 0; i < count; i++) {
                assertEquals(1, done.get(i));
            }
            assertNoThreadIsLeft();
        }
    }

    @Test
    void whatTheFirstByIndexThrewIsThrown() {
        Error[] failures = {new AssertionError("of the first"), new AssertionError("of a later one")};
        for (int round = 0; round < 200; round++) {
            AtomicInteger running = new AtomicInteger();
            CountDownLatch later = new CountDownLatch(1);
            Error got = assertThrows(
                    AssertionError.class,
                    () -> AllProcessors.forEach(100, i -> {
                        running.incrementAndGet();
                        try {
                            if (i == 1) {
                                later.countDown();
                                throw failures[1];
                            }
                            if (i == 0) {
                                // The later one fails first, where there are two processors.
                                await(later, Runtime.getRuntime().availableProcessors() > 1);
                                throw failures[0];
                            }
                        } finally {
                            running.decrementAndGet();
                        }
                    }));
            assertSame(failures[0], got);
            assertEquals(0, running.get(), "none runs any more");
        }
        assertNoThreadIsLeft();
    }

    private static void await(CountDownLatch latch, boolean wanted) {
        if (wanted) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void anInterruptEndsIt() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        AtomicInteger done = new AtomicInteger();
        Thread caller = new Thread(() -> {
            try {
                AllProcessors.forEach(Integer.MAX_VALUE, i -> {
                    begun.countDown();
                    done.incrementAndGet();
                });
            } catch (Throwable e) {
                thrown.set(Thread.currentThread().isInterrupted() ? e : null);
            }
        });
        caller.start();
        begun.await();
        caller.interrupt();
        caller.join();
        assertTrue(thrown.get() instanceof IllegalStateException, String.valueOf(thrown));
        assertTrue(
                thrown.get().getMessage().contains("interrupted"), thrown.get().getMessage());
        assertTrue(done.get() < Integer.MAX_VALUE);
        assertNoThreadIsLeft();
    }

    private static ImageDataset parallel(Shape shape, int count, PixelWriter writer) {
        Targets targets = Targets.ofClasses(List.of("one"), new int[count]);
        return ImageDataset.of(PictureStore.held("parallel", shape, targets, writer, AllProcessors::forEach), targets);
    }

    @Test
    void aDataSetIsFilledAsByOneThread() {
        int[] labels = new int[500];
        Shape shape = Shape.of(3, 2, 2);
        PixelWriter writer = (i, pixels) -> pixels.copyFrom(MemorySegment.ofArray(new int[] {i, -i, i * i}));
        try (ImageDataset inOrder = ImageDataset.of("in order", shape, List.of("one"), labels, writer);
                ImageDataset parallel = parallel(shape, labels.length, writer)) {
            for (int i = 0; i < labels.length; i++) {
                assertEquals(i, parallel.pixels(i).get(ValueLayout.JAVA_INT_UNALIGNED, 0));
                assertEquals(-1, inOrder.pixels(i).mismatch(parallel.pixels(i)));
            }
        }
    }

    @Test
    void aFailureLeavesNoMemory() {
        long before = MemoryOwner.liveBytes();
        PixelWriter writer = (i, pixels) -> {
            if (i == 60) {
                throw new StackOverflowError();
            }
            pixels.fill((byte) i);
        };
        assertThrows(StackOverflowError.class, () -> parallel(Shape.of(1, 8, 8), 100, writer));
        assertEquals(before, MemoryOwner.liveBytes());
    }
}
