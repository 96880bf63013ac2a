package dev.thalweg.inference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Resize;
import dev.thalweg.engine.BackendSpec;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.inference.InferenceListener.ComputedBatch;
import dev.thalweg.inference.InferenceListener.Drop;
import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Network;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.Threads;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that share batches: each gets its own answer, what waits is bounded, and nothing is left at the end. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class InferenceServiceTest {
    private static final Shape PICTURE = Shape.of(1, 2, 2);
    private static final Duration LONG = Duration.ofSeconds(50);

    /** Keeps the service's thread after each batch until it is let go, and remembers what it was told. */
    private static final class Gate implements InferenceListener {
        private final Semaphore permits = new Semaphore(0);
        private final BlockingQueue<ComputedBatch> batches = new LinkedBlockingQueue<>();
        private final BlockingQueue<Drop> drops = new LinkedBlockingQueue<>();

        @Override
        public void onBatch(ComputedBatch batch) {
            batches.add(batch);
            permits.acquireUninterruptibly();
        }

        @Override
        public void onDrop(Drop reason) {
            drops.add(reason);
        }

        void open() {
            permits.release(1 << 20);
        }
    }

    private long before;

    @BeforeEach
    void nothingIsThere() {
        before = MemoryOwner.liveBytes();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(before, MemoryOwner.liveBytes());
    }

    /** A network that adds a number to a hundred times the sum of a picture's bytes, which are scaled by 1 / 255. */
    private static Inference inference(String backend, Shape picture, float number, Integer... sizes) {
        Network network = Network.sequential(picture, List.of(new Flatten(), new Dense(1)));
        float[] kernel = new float[picture.arrayLength()];
        Arrays.fill(kernel, 25500);
        return new Inference(
                ModelDescription.of(
                                network,
                                Map.of("dense.kernel", kernel, "dense.bias", new float[] {number}),
                                Normalization.unit(picture.dim(0)))
                        .with(new BackendSpec(BackendChoice.of(backend), Threads.of(2), Device.cpu())),
                Map.of(),
                Resize.CROP,
                Inference.Mode.LATENCY,
                List.of(sizes));
    }

    private static Inference inference(float number) {
        return inference("java", PICTURE, number, 1, 2, 4, 8);
    }

    private static byte[] picture(int sum) {
        byte[] pixels = new byte[PICTURE.arrayLength()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) Math.min(sum, 255);
            sum -= pixels[i] & 0xff;
        }
        return pixels;
    }

    private static CompletableFuture<Predictions> ask(InferenceService service, int sum) {
        return service.submit(List.of(picture(sum)), Map.of(), LONG);
    }

    private static void assertAnswers(float expected, Predictions answer) {
        assertEquals(1, answer.outputs().size());
        // Sums of at most 1020 bytes, scaled to at most 4, in floats of 24 bits.
        assertEquals(expected, answer.outputs().getFirst()[0], 0.1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void eachOfManyCallersGetsHisOwnAnswer(String backend) throws Exception {
        BlockingQueue<ComputedBatch> batches = new LinkedBlockingQueue<>();
        InferenceListener listener = new InferenceListener() {
            @Override
            public void onBatch(ComputedBatch batch) {
                batches.add(batch);
            }
        };
        int calls = 400;
        try (InferenceService service = new InferenceService(
                        inference(backend, PICTURE, 7, 1, 3, 8), Batching.DEFAULT.queueCapacity(calls * 11), listener);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> answers = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                int sum = i;
                answers.add(callers.submit(() -> {
                    // Up to eleven at a time, which is more than the largest batch.
                    List<byte[]> pictures = new ArrayList<>();
                    for (int k = 0; k <= sum % 11; k++) {
                        pictures.add(picture(sum + k));
                    }
                    List<float[]> rows = service.predict(pictures, LONG).outputs();
                    assertEquals(pictures.size(), rows.size());
                    for (int k = 0; k < rows.size(); k++) {
                        assertEquals(100f * (sum + k) + 7, rows.get(k)[0], 0.1);
                    }
                    return null;
                }));
            }
            for (Future<?> answer : answers) {
                answer.get();
            }
        }
        assertEquals(calls, batches.stream().mapToInt(ComputedBatch::requests).sum());
        assertTrue(batches.stream().allMatch(batch -> batch.pictures() <= 8 || batch.requests() == 1));
    }

    @Test
    void whatWaitsTogetherIsOneBatch() throws Exception {
        Gate gate = new Gate();
        try (InferenceService service = new InferenceService(inference(0), Batching.DEFAULT, gate)) {
            var _ = ask(service, 0);
            assertEquals(1, gate.batches.take().requests());
            List<CompletableFuture<Predictions>> asked = new ArrayList<>();
            for (int sum = 1; sum <= 11; sum++) {
                asked.add(ask(service, sum));
            }
            assertEquals(11, service.pending());
            gate.open();
            for (int sum = 1; sum <= 11; sum++) {
                assertAnswers(100f * sum, asked.get(sum - 1).get());
            }
            // Eight are the largest batch; three are computed as four.
            assertEquals(8, gate.batches.take().pictures());
            ComputedBatch last = gate.batches.take();
            assertEquals(3, last.pictures());
            assertTrue(last.compute().isPositive() && last.longestWait().isPositive(), last.toString());
        }
    }

    @Test
    void theFirstOneWaitsForOthersAsLongAsItMay() throws Exception {
        Gate gate = new Gate();
        gate.open();
        Batching patient = Batching.DEFAULT.maxDelay(Duration.ofSeconds(30));
        try (InferenceService service = new InferenceService(inference(0), patient, gate)) {
            for (int i = 0; i < 8; i++) {
                var _ = ask(service, i);
            }
            assertEquals(8, gate.batches.take().requests());
        }
        try (InferenceService service =
                new InferenceService(inference(0), patient.maxDelay(Duration.ofMillis(50)), gate)) {
            long start = System.nanoTime();
            assertAnswers(300, ask(service, 3).get());
            assertTrue(System.nanoTime() - start >= 50_000_000, "it did not wait");
        }
    }

    @Test
    void aFullQueueRefusesAtOnce() throws Exception {
        Gate gate = new Gate();
        try (InferenceService service = new InferenceService(inference(0), Batching.DEFAULT.queueCapacity(5), gate)) {
            CompletableFuture<Predictions> first = ask(service, 1);
            gate.batches.take();
            for (int i = 0; i < 4; i++) {
                var _ = ask(service, i);
            }
            OverloadedException refused = assertThrows(
                    OverloadedException.class, () -> service.submit(List.of(picture(1), picture(2)), Map.of(), LONG));
            assertEquals("expected at most 5 pictures to wait, got 2 beside 4", refused.getMessage());
            assertTrue(refused.retryAfter().isPositive(), refused.retryAfter().toString());
            assertEquals(Drop.REFUSED, gate.drops.take());
            var _ = ask(service, 5);
            assertThrows(OverloadedException.class, () -> ask(service, 6));
            gate.open();
            assertAnswers(100, first.get());
        }
        assertEquals(List.of(Drop.REFUSED), List.copyOf(gate.drops));
    }

    @Test
    void whatIsLateOrCancelledOrInterruptedGivesItsPlaceToOthers() throws Exception {
        Gate gate = new Gate();
        try (InferenceService service = new InferenceService(inference(0), Batching.DEFAULT.queueCapacity(2), gate)) {
            var _ = ask(service, 1);
            gate.batches.take();

            CompletableFuture<Predictions> late = service.submit(List.of(picture(1)), Map.of(), Duration.ofMillis(20));
            assertInstanceOf(
                    TimeoutException.class,
                    assertThrows(ExecutionException.class, late::get).getCause());
            assertEquals(Drop.EXPIRED, gate.drops.take());
            assertThrows(TimeoutException.class, () -> service.predict(List.of(picture(1)), Duration.ofMillis(20)));
            assertEquals(Drop.EXPIRED, gate.drops.take());

            CompletableFuture<Predictions> cancelled = ask(service, 2);
            assertEquals(1, service.pending());
            assertTrue(cancelled.cancel(false));
            assertEquals(Drop.CANCELLED, gate.drops.take());

            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> service.predict(List.of(picture(1)), LONG));
            assertEquals(Drop.CANCELLED, gate.drops.take());
            assertEquals(0, service.pending());

            CompletableFuture<Predictions> kept = ask(service, 3);
            var _ = ask(service, 4);
            gate.open();
            assertAnswers(300, kept.get());
            assertEquals(2, gate.batches.take().requests());
        }
    }

    @Test
    void hundredSwapsUnderLoadFailNoRequest() throws Exception {
        int swaps = 100;
        int callers = 6;
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch asked = new CountDownLatch(callers);
        try (InferenceService service = new InferenceService(inference(0), Batching.DEFAULT);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> answers = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                answers.add(threads.submit(() -> {
                    float last = 0;
                    while (!over.get()) {
                        float answer = service.predict(List.of(picture(0)), LONG)
                                .outputs()
                                .getFirst()[0];
                        assertTrue(answer >= last, answer + " came after " + last);
                        last = answer;
                        asked.countDown();
                    }
                    return null;
                }));
            }
            asked.await();
            Inference old = null;
            for (int number = 1; number <= swaps; number++) {
                Inference next = inference(number);
                service.swap(next);
                assertAnswers(number, ask(service, 0).get());
                if (old != null) {
                    assertThrows(IllegalStateException.class, old::checkOpen);
                }
                old = next;
            }
            over.set(true);
            for (Future<?> answer : answers) {
                answer.get();
            }
        }
    }

    @Test
    void aModelOfOtherPicturesAnswersWhatComesAfterIt() throws Exception {
        Gate gate = new Gate();
        try (InferenceService service = new InferenceService(inference(1), Batching.DEFAULT, gate);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var _ = ask(service, 0);
            gate.batches.take();
            CompletableFuture<Predictions> early = ask(service, 5);
            Shape larger = Shape.of(3, 4, 4);
            Future<?> swap = threads.submit(() -> service.swap(inference("java", larger, 2, 1, 2)));
            // The old model's pictures are refused as soon as the new one is there.
            while (true) {
                try {
                    var _ = ask(service, 1).cancel(false);
                } catch (ShapeException e) {
                    break;
                }
            }
            CompletableFuture<Predictions> after =
                    service.submit(List.of(new byte[larger.arrayLength()]), Map.of(), LONG);
            assertFalse(swap.isDone());
            gate.open();
            assertAnswers(501, early.get());
            assertAnswers(2, after.get());
            swap.get();
        }
    }

    @Test
    void whatIsRefusedChangesNothing() throws Exception {
        Inference closed = inference(3);
        closed.close();
        assertThrows(IllegalStateException.class, () -> new InferenceService(closed, Batching.DEFAULT));
        try (InferenceService service = new InferenceService(inference(1), Batching.DEFAULT)) {
            assertThrows(IllegalStateException.class, () -> service.swap(closed));
            assertThrows(ShapeException.class, () -> service.predict(List.of(new byte[3]), LONG));
            assertThrows(IllegalArgumentException.class, () -> service.predict(List.of(picture(1)), Duration.ZERO));
            assertAnswers(401, ask(service, 4).get());
            List<byte[]> many = Collections.nCopies(513, picture(1));
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> service.predict(many, LONG));
            assertEquals(
                    "expected at most 512 pictures at a time, which the queue holds, got 513", refused.getMessage());
            assertEquals(List.of(), service.predict(List.of(), LONG).outputs());
        }
    }

    @Test
    void closingAnswersWhatWasAccepted() throws Exception {
        Gate gate = new Gate();
        InferenceService service = new InferenceService(inference(1), Batching.DEFAULT, gate);
        List<CompletableFuture<Predictions>> accepted = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            accepted.add(ask(service, i));
        }
        gate.open();
        assertTrue(service.isAnswering());
        service.close();
        assertFalse(service.isAnswering());
        for (int i = 0; i < 20; i++) {
            assertAnswers(100f * i + 1, accepted.get(i).getNow(null));
        }
        assertThrows(IllegalStateException.class, () -> ask(service, 1));
        Inference late = inference(2);
        assertThrows(IllegalStateException.class, () -> service.swap(late));
        assertThrows(IllegalStateException.class, late::checkOpen);
        service.close();
    }

    @Test
    void picturesAndFloatsAreNotMixed() throws Exception {
        Gate gate = new Gate();
        try (InferenceService service = new InferenceService(inference(1), Batching.DEFAULT, gate)) {
            var _ = ask(service, 0);
            gate.batches.take();
            CompletableFuture<Predictions> bytes = ask(service, 4);
            float[] half = {0.5f, 0, 0, 0};
            CompletableFuture<Predictions> floats =
                    service.submit(List.of(), Map.of("pictures", List.of(half, half)), LONG);
            CompletableFuture<Predictions> more = ask(service, 6);
            gate.open();
            assertAnswers(401, bytes.get());
            assertEquals(12751, floats.get().outputs().get(1)[0], 0.1);
            assertAnswers(601, more.get());
        }
    }

    @Test
    void filesAreDecodedAsTheModelWantsThem() throws Exception {
        BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
        image.setRGB(1, 2, 0x123456);
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ImageIO.write(image, "png", file);
        byte[] png = file.toByteArray();
        Inference inference = inference("java", Shape.of(3, 2, 2), 1, 1, 2);
        byte[] pixels = inference.decode("a", png);
        float expected = inference.predict(List.of(pixels)).outputs().getFirst()[0];
        try (InferenceService service = new InferenceService(inference, Batching.DEFAULT)) {
            assertArrayEquals(
                    new float[] {expected},
                    service.submitFiles(List.of(png), LONG).get().outputs().getFirst());
            BadFileException bad = assertThrows(
                    BadFileException.class, () -> service.submitFiles(List.of(png, new byte[] {1, 2, 3}), LONG));
            assertTrue(bad.getMessage().startsWith("picture 2"), bad.getMessage());
        }
    }

    @Test
    void aListenerThatFailsIsNoReasonToFail() throws Exception {
        RuntimeException broken = new IllegalStateException("told");
        InferenceListener listener = new InferenceListener() {
            @Override
            public void onBatch(ComputedBatch batch) {
                throw broken;
            }
        };
        try (InferenceService service = new InferenceService(inference(1), Batching.DEFAULT, listener)) {
            assertAnswers(101, ask(service, 1).get());
            assertAnswers(201, ask(service, 2).get());
        }
    }

    @Test
    void whatComputingThrowsIsTheAnswer() throws Exception {
        Gate gate = new Gate();
        gate.open();
        Inference inference = inference(1);
        try (InferenceService service = new InferenceService(inference, Batching.DEFAULT, gate)) {
            // As if the backend failed from here on.
            inference.close();
            ExecutionException failure =
                    assertThrows(ExecutionException.class, () -> ask(service, 1).get());
            assertInstanceOf(IllegalStateException.class, failure.getCause());
            assertEquals(Drop.FAILED, gate.drops.take());
            assertSame(
                    failure.getCause().getClass(),
                    assertThrows(IllegalStateException.class, () -> service.predict(List.of(picture(1)), LONG))
                            .getClass());
            service.swap(inference(2));
            assertAnswers(102, ask(service, 1).get());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 60_001})
    void delaysAreBounded(long millis) {
        assertThrows(IllegalArgumentException.class, () -> Batching.DEFAULT.maxDelay(Duration.ofMillis(millis)));
        assertThrows(IllegalArgumentException.class, () -> Batching.DEFAULT.queueCapacity(0));
    }
}
