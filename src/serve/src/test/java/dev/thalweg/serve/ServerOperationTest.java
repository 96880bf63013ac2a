package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.serve.Client.Answer;
import java.io.IOException;
import java.net.BindException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What whoever runs a server relies on: methods and paths, names and counts of requests, tokens, the start. */
class ServerOperationTest extends LightServer {
    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        for (String path : List.of("v2/models/dark", "v2/models/light/versions/2", "nothing", "v2/models/light/x")) {
            Answer answer = client.get(path);
            assertEquals(404, answer.status(), path);
            assertFalse(answer.json().get("error").asText().isEmpty());
        }
        assertEquals(
                404,
                client.post("v2/models/light/versions/2/infer", bytes("{}")).status());
        assertEquals(404, client.post("predict?model=dark", TestModels.png(1)).status());
        assertEquals(400, client.get("v2/%2e%2e/../x%00").status() / 100 * 100);
    }

    /** RFC 9110, section 9.3.2: the same answer, without its body; two of them in one connection. */
    @Test
    void whatIsAskedByHeadHasNoBody() throws Exception {
        for (String path : List.of(
                "/", "/openapi.json", "/v2", "/v2/health/ready", "/v2/models/light", "/models/light/report", "/no")) {
            try (Socket socket = new Socket("localhost", server.port())) {
                String head = "HEAD " + path + " HTTP/1.1\r\nHost: a\r\n";
                socket.getOutputStream().write(bytes(head + "\r\n" + head + "Connection: close\r\n\r\n"));
                String both = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                String answer = "HTTP/1.1 " + (path.equals("/no") ? "404 Not Found" : "200 OK");
                String ends = "\r\n\r\n";
                List<String> answers = List.of(both.split(ends));
                assertEquals(2, answers.size(), both);
                assertTrue(both.endsWith(ends), both);
                answers.forEach(each -> assertTrue(each.startsWith(answer), both));
                answers.forEach(each -> assertTrue(each.contains("Content-Type: "), both));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET | predict | POST",
                "DELETE | v2/models/light | GET, HEAD",
                "POST | v2/health/ready | GET, HEAD",
                "PUT | v2/models/light/infer | POST",
                "GET | v2/models/light/versions/1/infer | POST",
                "POST | metrics | GET, HEAD",
            })
    void anotherMethodIsToldThoseThatThereAre(String method, String path, String allowed) throws Exception {
        Answer answer = client.ask(method, path);
        assertEquals(405, answer.status());
        assertEquals(allowed, answer.header("Allow"));
        assertTrue(answer.json().get("error").asText().contains(allowed));
    }

    /** Else whoever asks for paths of his own would fill the memory with their counts. */
    @Test
    void whatIsNotThereIsCountedTogether() throws Exception {
        for (String path : List.of("nothing", "v2/nothing", "v3/models/light", "models/a/b/c")) {
            assertEquals(404, client.get(path).status(), path);
        }
        String text = client.get("metrics").text();
        List<String> routes = text.lines()
                .filter(line -> line.startsWith("http_server_requests_seconds_count{method=\"GET\""))
                .filter(line -> line.contains("status=\"404\""))
                .filter(line -> !line.contains("{model}"))
                .toList();
        assertEquals(1, routes.size(), routes.toString());
        assertTrue(routes.getFirst().contains("route=\"none\""), routes.toString());
    }

    @Test
    void everyRequestHasANameAndALine() throws Exception {
        Answer given = client.get("v2/health/live");
        String id = given.header("X-Request-Id");
        assertNotEquals("", id);
        HttpClient http = client.http();
        assertEquals(
                "mine-1",
                client.post("v2/repository/index", new byte[0], "X-Request-Id", "mine-1")
                        .header("X-Request-Id"));
        assertNotEquals(
                "a b",
                client.post("v2/repository/index", new byte[0], "X-Request-Id", "a b")
                        .header("X-Request-Id"));
        assertFalse(http.isTerminated());
        JsonNode line = LOG.stream()
                .filter(text -> text.contains(id))
                .map(ServerOperationTest::parsed)
                .findFirst()
                .orElseThrow();
        assertEquals("/v2/health/live", line.get("path").asText());
        assertEquals(200, line.get("status").asInt());
        assertEquals("GET", line.get("method").asText());
    }

    private static JsonNode parsed(String line) {
        try {
            return new JsonMapper().readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    @Test
    void metricsCountWhatWasDone() throws Exception {
        client.post("predict", TestModels.png(3));
        String text = client.get("metrics").text();
        for (String name : List.of(
                "http_server_requests_seconds_bucket{method=\"POST\",route=\"/predict\",status=\"200\"",
                "thalweg_queue_pictures{model=\"light\"} 0.0",
                "thalweg_batch_pictures_count{model=\"light\"}",
                "thalweg_batch_compute_seconds_bucket{model=\"light\"",
                "thalweg_queue_wait_seconds_count{model=\"light\"}",
                "thalweg_model_loads_total{model=\"light\",outcome=\"loaded\"} 1.0",
                "thalweg_memory_off_heap_bytes ")) {
            assertTrue(text.contains(name), name + " in " + text);
        }
    }

    @Test
    void thePageAndTheDescriptionComeWithTheServer() throws Exception {
        for (String path : List.of("", "page.js", "page.css", "openapi.json")) {
            Answer answer = client.get(path);
            assertEquals(200, answer.status(), path);
            assertTrue(answer.header("Content-Security-Policy").startsWith("default-src 'self'"), path);
        }
        assertTrue(client.get("openapi.json").json().get("paths").has("/predict"));
    }

    @Test
    void aTokenIsAskedForWhereThereIsOne(@TempDir Path own) throws Exception {
        Path file = TestModels.write(own.resolve("light.safetensors"), 1);
        try (InferenceServer closed =
                        InferenceServer.of(file).port(0).token("secret").start();
                Client asks = Client.of(closed)) {
            assertEquals(200, asks.get("v2/health/ready").status());
            for (String path : List.of("v2", "v2/models/light", "metrics", "models/light/card", "nothing")) {
                assertEquals(401, asks.get(path).status(), path);
            }
            assertEquals("Bearer", asks.get("v2").header("WWW-Authenticate"));
            assertEquals(401, asks.post("predict", TestModels.png(1)).status());
            assertEquals(
                    401,
                    asks.post("predict", TestModels.png(1), "Authorization", "Bearer other")
                            .status());
            assertEquals(
                    200,
                    asks.post("predict", TestModels.png(1), "Authorization", "Bearer secret")
                            .status());
        }
    }

    @Test
    void whatCannotBeServedIsRefusedAtOnce(@TempDir Path own) throws Exception {
        Path none = own.resolve("none.safetensors");
        assertThrows(
                BadFileException.class, () -> InferenceServer.of(none).port(0).start());
        Files.writeString(none, "hello");
        assertThrows(IOException.class, () -> InferenceServer.of(none).port(0).start());
        Path other = Files.writeString(own.resolve("other.txt"), "hello");
        assertThrows(
                BadFileException.class, () -> InferenceServer.of(other).port(0).start());
        assertThrows(
                BadFileException.class,
                () -> InferenceServer.of(Files.createDirectory(own.resolve("d")))
                        .port(0)
                        .start());
        InferenceServer.Builder builder = InferenceServer.of(own);
        assertThrows(IllegalArgumentException.class, () -> builder.port(65_536));
        assertThrows(IllegalArgumentException.class, () -> builder.timeout(Duration.ZERO));
        Duration tooLong = Duration.ofDays(1).plusNanos(1);
        assertThrows(IllegalArgumentException.class, () -> builder.timeout(tooLong));
        assertThrows(IllegalArgumentException.class, () -> builder.drain(tooLong));
        assertThrows(IllegalArgumentException.class, () -> builder.reload(tooLong));
        assertThrows(IllegalArgumentException.class, () -> builder.token(" "));
        assertThrows(IllegalArgumentException.class, () -> builder.drain(Duration.ofMillis(-1)));
        Path file = TestModels.write(own.resolve("light.safetensors"), 1);
        long before = MemoryOwner.liveBytes();
        assertThrows(
                IllegalArgumentException.class,
                () -> InferenceServer.of(file).port(0).maxBatchSize(1000).start());
        // A port that is taken.
        assertThrows(
                BindException.class,
                () -> InferenceServer.of(file).port(server.port()).start());
        assertEquals(before, MemoryOwner.liveBytes());
        assertEquals(URI.create("http://localhost:" + server.port() + "/"), server.uri());
    }
}
