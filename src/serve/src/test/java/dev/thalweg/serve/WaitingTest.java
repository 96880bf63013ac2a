package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.inference.Batching;
import dev.thalweg.serve.Client.Answer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that wait to be computed: until somebody has enough of it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class WaitingTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String INFER = "v2/models/light/infer";

    @TempDir
    private Path directory;

    private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
    private InferenceServer.Builder builder;

    /** Two pictures wait for each other, so that one alone waits in vain. */
    @BeforeEach
    void write() throws IOException {
        builder = InferenceServer.of(TestModels.write(directory.resolve("light.safetensors"), 1))
                .port(0)
                .maxBatchSize(2)
                .batching(new Batching(LONG, 2))
                .timeout(LONG.multipliedBy(2))
                .accessLog(log::add);
    }

    private static byte[] request(int pictures, String parameters) {
        String json = "{\"parameters\":{%s},\"inputs\":[{\"name\":\"pictures\",\"datatype\":\"UINT8\","
                + "\"shape\":[%d,3,8,8],\"data\":[%s0]}]}";
        return json.formatted(parameters, pictures, "0,".repeat(pictures * TestModels.PICTURE.arrayLength() - 1))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] head(byte[] body) {
        return ("POST /" + INFER + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String metrics(Client client) throws IOException, InterruptedException {
        return client.get("metrics").text();
    }

    private static void await(Callable<Boolean> what) throws Exception {
        while (!what.call()) {
            Thread.sleep(10);
        }
    }

    private static void awaitWaiting(Client client, int pictures) throws Exception {
        await(() -> metrics(client).contains("thalweg_queue_pictures{model=\"light\"} " + pictures + ".0"));
    }

    private static String dropped(String reason) {
        return "thalweg_requests_dropped_total{model=\"light\",reason=\"" + reason + "\"} 1.0";
    }

    @Test
    void aFullQueueRefusesAndALateAnswerIsNone() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                InferenceServer server = builder.batching(new Batching(Duration.ofSeconds(10), 2))
                        .timeout(Duration.ofMillis(1500))
                        .start();
                Client client = Client.of(server)) {
            Future<Answer> late = threads.submit(() -> client.post("predict", TestModels.png(1)));
            awaitWaiting(client, 1);
            Answer refused = client.post(INFER, request(2, ""));
            assertEquals(503, refused.status());
            assertTrue(Integer.parseInt(refused.header("Retry-After")) >= 1);
            assertEquals(504, late.get().status());
            assertTrue(metrics(client).contains(dropped("expired")));
            assertTrue(metrics(client).contains(dropped("refused")));
        }
    }

    /** Triton's parameter, in microseconds. */
    @Test
    void aRequestMaySayHowLongItWaits() throws Exception {
        try (InferenceServer server = builder.start();
                Client client = Client.of(server)) {
            for (String parameters : new String[] {"\"timeout\":200000", "\"binary_data_output\":true,\"timeout\":1"}) {
                Answer late = client.post(INFER, request(1, parameters));
                assertEquals(504, late.status());
                assertTrue(late.json().get("error").asText().contains("time"));
            }
            for (String wrong : new String[] {"-1", "1.5", "\"1\"", "99999999999999999999", "null"}) {
                assertEquals(
                        400,
                        client.post(INFER, request(1, "\"timeout\":" + wrong)).status(),
                        wrong);
            }
            // 0 is no time of its own; and no time is longer than the server's.
            for (String none : new String[] {"0", Long.toString(Long.MAX_VALUE)}) {
                assertEquals(
                        200,
                        client.post(INFER, request(2, "\"timeout\":" + none)).status());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAClientAskedWhoHasGoneIsNotComputed(boolean politely) throws Exception {
        try (InferenceServer server = builder.start();
                Client client = Client.of(server)) {
            try (Socket gone = new Socket("localhost", server.port())) {
                byte[] body = request(1, "");
                gone.getOutputStream().write(head(body));
                gone.getOutputStream().write(body);
                awaitWaiting(client, 1);
                // Else the connection is reset.
                gone.setSoLinger(!politely, 0);
            }
            await(() -> metrics(client).contains(dropped("cancelled")));
            awaitWaiting(client, 0);
            await(() -> log.stream().anyMatch(line -> line.contains("\"status\":499")));
            assertTrue(metrics(client).contains("status=\"499\""));
            // It left its place: there is room for two, who are answered.
            assertEquals(200, client.post(INFER, request(2, "")).status());
            assertTrue(metrics(client).contains("thalweg_batch_pictures_sum{model=\"light\"} 2.0"));
        }
    }

    /** Whoever waits longer than the server looks away is answered like all others, and his connection goes on. */
    @Test
    void aPatientClientIsAnswered() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                InferenceServer server = builder.batching(new Batching(Duration.ofMillis(1200), 2))
                        .start();
                Socket socket = new Socket("localhost", server.port())) {
            byte[] body = request(1, "");
            // The third comes while the second is being answered.
            Future<?> asking = threads.submit(() -> {
                for (int i = 0; i < 3; i++) {
                    socket.getOutputStream().write(head(body));
                    socket.getOutputStream().write(body);
                    Thread.sleep(1000);
                }
                return null;
            });
            byte[] status = "HTTP/1.1 200".getBytes(StandardCharsets.UTF_8);
            StringBuilder got = new StringBuilder();
            int answers = 0;
            while (answers < 3) {
                int next = socket.getInputStream().read();
                assertTrue(next >= 0, () -> "the connection ended after " + got);
                got.append((char) next);
                answers = got.toString().split(new String(status, StandardCharsets.UTF_8), -1).length - 1;
            }
            asking.get();
            // A line is written when the answer is sent already.
            await(() -> log.size() == 3);
        }
    }

    /** Also what came before is answered so: whoever asks again in the same connection would ask in vain. */
    @Test
    void aServerThatEndsAnswersForAWhile() throws Exception {
        InferenceServer server = builder.batching(new Batching(Duration.ofMillis(1200), 4))
                .drain(Duration.ofSeconds(3))
                .start();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Client client = Client.of(server)) {
            assertEquals(200, client.get("v2/health/ready").status());
            Future<Answer> before = threads.submit(() -> client.post(INFER, request(1, "")));
            awaitWaiting(client, 1);
            Thread closing = Thread.startVirtualThread(server::close);
            await(() -> client.get("v2/health/ready").status() == 503);
            Future<Answer> after = threads.submit(() -> client.post(INFER, request(1, "")));
            for (Future<Answer> answer : List.of(before, after)) {
                assertEquals(200, answer.get().status());
                assertEquals("close", answer.get().header("Connection"));
            }
            closing.join();
        }
    }

    /** A sixteenth of the heap: one body may fill it, two large ones do not fit. */
    private static int roomOfAllBodies() {
        return Math.toIntExact(Runtime.getRuntime().maxMemory() / 16);
    }

    /** A body takes the room that there is for all until it is answered, and not until its client asks again. */
    @Test
    void whatIsAnsweredTakesNoRoom() throws Exception {
        int all = roomOfAllBodies();
        byte[] picture = Arrays.copyOf(TestModels.png(1), all * 2 / 3);
        try (InferenceServer server = builder.batching(new Batching(Duration.ofMillis(800), 2))
                        .maxBodySize(all)
                        .start();
                Client first = Client.of(server);
                Client second = Client.of(server)) {
            assertEquals(200, first.post("predict", picture).status());
            assertEquals(200, second.post("predict", picture).status());
            assertEquals(200, first.post("predict", picture).status());
        }
    }

    /** Nor does what is refused, while its client still sends. */
    @Test
    void whatIsRefusedTakesNoRoom() throws Exception {
        int all = roomOfAllBodies();
        byte[] picture = TestModels.png(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                InferenceServer server = builder.batching(new Batching(Duration.ofSeconds(2), 2))
                        .maxBodySize(all)
                        .start();
                Client client = Client.of(server);
                Socket slow = new Socket("localhost", server.port())) {
            Future<Answer> first = threads.submit(() -> client.post("predict", Arrays.copyOf(picture, all / 10 * 6)));
            awaitWaiting(client, 1);
            String head = "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: " + all / 10 * 9 + "\r\n\r\n";
            slow.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
            slow.getOutputStream().write(new byte[all / 10 * 6]);
            assertEquals(200, first.get().status());
            assertEquals(
                    200,
                    client.post("predict", Arrays.copyOf(picture, all / 10 * 7)).status());
        }
    }
}
