package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that ends under load answers what it accepted. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ServerEndTest {
    @TempDir
    private Path directory;

    @RepeatedTest(3)
    void noAcceptedRequestIsLost() throws Exception {
        InferenceServer server = InferenceServer.of(TestModels.write(directory.resolve("light.safetensors"), 4))
                .port(0)
                .start();
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger farewells = new AtomicInteger();
        int callers = 8;
        CountDownLatch warm = new CountDownLatch(callers);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                ends.add(threads.submit(() -> {
                    // A client of its own has a connection of its own, which the server says the end of.
                    try (Client client = new Client(HttpClient.newHttpClient(), server.uri())) {
                        while (true) {
                            Client.Answer answer = client.post("predict", TestModels.png(1));
                            assertEquals(200, answer.status());
                            answered.incrementAndGet();
                            warm.countDown();
                            if (answer.header("Connection").equalsIgnoreCase("close")) {
                                farewells.incrementAndGet();
                                return null;
                            }
                        }
                    } catch (IOException e) {
                        throw new AssertionError("a request was lost", e);
                    }
                }));
            }
            warm.await();
            server.close();
            for (Future<?> end : ends) {
                end.get();
            }
        }
        assertEquals(callers, farewells.get());
        assertTrue(answered.get() >= 2 * callers, answered + " answers");
    }
}
