package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.inference.Batching;
import dev.thalweg.memory.MemoryOwner;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Far more clients than there is room for, for minutes, {@code -Dthalweg.test.minutes=10}: who is accepted is answered
 * in time, the others are refused, and memory stays as it is.
 */
@Tag("soak")
class OverloadSoakTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    /** Besides: to be read, to be sent, and until a thread of the client runs, of which two processors have many. */
    private static final Duration ON_THE_WAY = Duration.ofSeconds(2);

    private static final int CLIENTS = 256;
    private static final int QUEUE = 32;
    private static final long MEBIBYTE = 1 << 20;

    @TempDir
    private Path directory;

    @Test
    void whoIsAcceptedIsAnsweredInTime() throws Exception {
        Duration whole = Duration.ofMinutes(Integer.getInteger("thalweg.test.minutes", 1));
        Path model = TestModels.write(directory.resolve("light.safetensors"), 4);
        Map<Integer, LongAdder> statuses = new ConcurrentHashMap<>();
        AtomicLong slowest = new AtomicLong();
        long before = MemoryOwner.liveBytes();
        try (InferenceServer server = InferenceServer.of(model)
                        .port(0)
                        .timeout(TIMEOUT)
                        .maxBatchSize(4)
                        .batching(new Batching(Duration.ZERO, QUEUE))
                        .start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Client client = new Client(
                        HttpClient.newBuilder()
                                .version(HttpClient.Version.HTTP_1_1)
                                .build(),
                        server.uri())) {
            long end = System.nanoTime() + whole.toNanos();
            long offHeap = MemoryOwner.liveBytes();
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                callers.add(threads.submit(() -> {
                    while (System.nanoTime() < end) {
                        long start = System.nanoTime();
                        int status = client.post("predict", TestModels.png(1)).status();
                        statuses.computeIfAbsent(status, _ -> new LongAdder()).increment();
                        if (status == 200) {
                            slowest.accumulateAndGet(System.nanoTime() - start, Math::max);
                        }
                    }
                    return null;
                }));
            }
            Thread.sleep(whole.dividedBy(4));
            long early = heap();
            for (Future<?> caller : callers) {
                caller.get();
            }
            long late = heap();
            assertEquals(offHeap, MemoryOwner.liveBytes());
            assertTrue(
                    late - early < 64 * MEBIBYTE,
                    "from " + early / MEBIBYTE + " to " + late / MEBIBYTE + " MiB of the heap");
        }
        System.out.println("overload: answers by status " + statuses + ", the slowest that was accepted "
                + Duration.ofNanos(slowest.get()).toMillis() + " ms");
        assertTrue(statuses.containsKey(200), statuses.toString());
        assertTrue(List.of(200, 503, 504).containsAll(statuses.keySet()), statuses.toString());
        assertTrue(
                slowest.get() < TIMEOUT.plus(ON_THE_WAY).toNanos(), "the slowest took " + slowest.get() / 1e9 + " s");
        assertEquals(before, MemoryOwner.liveBytes());
    }

    private static long heap() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(50);
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
