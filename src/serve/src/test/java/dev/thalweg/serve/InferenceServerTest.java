package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.interop.Onnx;
import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.serve.Client.Answer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server says to those who ask it as they should, and to those who do not. */
class InferenceServerTest {
    private static final float FACTOR = 4;
    private static final int LENGTH = TestModels.PICTURE.arrayLength();
    private static final String INFER = "v2/models/light/infer";

    @TempDir
    private static Path directory;

    private static final ConcurrentLinkedQueue<String> LOG = new ConcurrentLinkedQueue<>();
    private static InferenceServer server;
    private static Client client;

    @BeforeAll
    static void start() throws IOException {
        Path file = TestModels.write(directory.resolve("run/light.safetensors"), FACTOR);
        Files.writeString(directory.resolve("run/report.html"), "<p>the report</p>");
        server = InferenceServer.of(file)
                .port(0)
                .maxBodySize(100_000)
                .accessLog(LOG::add)
                .start();
        client = Client.of(server);
    }

    @AfterAll
    static void stop() {
        int port = server.port();
        client.close();
        server.close();
        server.close();
        assertEquals(0, MemoryOwner.liveBytes());
        assertThrows(ConnectException.class, () -> new Socket("localhost", port).close());
    }

    private static String request(String data) {
        return "{\"inputs\":[{\"name\":\"pictures\",\"datatype\":\"UINT8\",\"shape\":[1,3,8,8],\"data\":" + data
                + "}]}";
    }

    private static String numbers(int number, int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> Integer.toString(number))
                .collect(Collectors.joining(",", "[", "]"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void assertLight(double grey, JsonNode probabilities) {
        // Two floats of 24 bits, of scores that are sums of 192 numbers.
        assertEquals(TestModels.light(FACTOR, grey), probabilities.get(1).asDouble(), 1e-5);
        assertEquals(1 - TestModels.light(FACTOR, grey), probabilities.get(0).asDouble(), 1e-5);
    }

    @Test
    void itSaysWhatItIsAndServes() throws Exception {
        assertEquals("thalweg", client.get("v2").json().get("name").asText());
        assertEquals("{\"live\":true}", client.get("v2/health/live").json().toString());
        assertEquals("{\"ready\":true}", client.get("v2/health/ready").json().toString());
        assertEquals(
                "{\"name\":\"light\",\"ready\":true}",
                client.get("v2/models/light/ready").json().toString());
        String model = "{\"name\":\"light\",\"versions\":[\"1\"],\"platform\":\"thalweg_safetensors\","
                + "\"inputs\":[{\"name\":\"pictures\",\"datatype\":\"UINT8\",\"shape\":[-1,3,8,8]}],"
                + "\"outputs\":[{\"name\":\"dense\",\"datatype\":\"FP32\",\"shape\":[-1,2]}]}";
        assertEquals(model, client.get("v2/models/light").json().toString());
        assertEquals(model, client.get("v2/models/light/versions/1").json().toString());
        JsonNode index = client.post("v2/repository/index", bytes("{}")).json();
        assertEquals("light", index.get(0).get("name").asText());
        JsonNode card = client.get("models/light/card").json();
        assertEquals("[\"dark\",\"light\"]", card.get("names").toString());
        assertTrue(card.get("summary").asText().contains("Conv2D"), card.toString());
        assertTrue(card.get("report").asBoolean());
        Answer report = client.get("models/light/report");
        assertEquals("<p>the report</p>", new String(report.response().body(), StandardCharsets.UTF_8));
        assertTrue(report.header("Content-Security-Policy").contains("sandbox"));
    }

    @Test
    void tensorsInJsonAreAnswered() throws Exception {
        for (int grey : new int[] {0, 100, 255}) {
            Answer answer = client.post(INFER, bytes(request(numbers(grey, LENGTH))));
            assertEquals(200, answer.status());
            assertEquals("light", answer.json().get("model_name").asText());
            assertEquals("1", answer.json().get("model_version").asText());
            JsonNode output = answer.json().get("outputs").get(0);
            assertEquals("dense", output.get("name").asText());
            assertEquals("[1,2]", output.get("shape").toString());
            assertLight(grey, output.get("data"));
        }
        String row = numbers(50, 8);
        String nested = Stream.generate(
                        () -> Stream.generate(() -> row).limit(8).collect(Collectors.joining(",", "[", "]")))
                .limit(3)
                .collect(Collectors.joining(",", "[[", "]]"));
        assertLight(
                50,
                client.post(INFER, bytes(request(nested)))
                        .json()
                        .get("outputs")
                        .get(0)
                        .get("data"));
    }

    @Test
    void floatsAreWhatTheNetworkSees() throws Exception {
        // The network's own pictures are scaled to 0 to 1.
        String floats = IntStream.range(0, LENGTH).mapToObj(_ -> "0.25").collect(Collectors.joining(",", "[", "]"));
        String request = "{\"id\":\"a\",\"parameters\":{\"x\":[1]},\"inputs\":[{\"data\":" + floats
                + ",\"shape\":[1,3,8,8],\"datatype\":\"FP32\",\"name\":\"pictures\"}],\"more\":{}}";
        JsonNode answer = client.post(INFER, bytes(request)).json();
        assertEquals("a", answer.get("id").asText());
        assertLight(255 * 0.25, answer.get("outputs").get(0).get("data"));
    }

    @Test
    void tensorsMayBeBytesInAndOut() throws Exception {
        byte[] header = bytes("{\"inputs\":[{\"name\":\"pictures\",\"datatype\":\"UINT8\",\"shape\":[2,3,8,8],"
                + "\"parameters\":{\"binary_data_size\":" + 2 * LENGTH + "}}],"
                + "\"outputs\":[{\"name\":\"dense\",\"parameters\":{\"binary_data\":true}}]}");
        ByteBuffer body = ByteBuffer.allocate(header.length + 2 * LENGTH).put(header);
        for (int i = 0; i < LENGTH; i++) {
            body.put(header.length + LENGTH + i, (byte) 200);
        }
        Answer answer =
                client.post(INFER, body.array(), "Inference-Header-Content-Length", Integer.toString(header.length));
        assertEquals(200, answer.status());
        assertEquals("application/octet-stream", answer.header("Content-Type"));
        int json = Integer.parseInt(answer.header("Inference-Header-Content-Length"));
        JsonNode output = new JsonMapper()
                .readTree(answer.response().body(), 0, json)
                .get("outputs")
                .get(0);
        assertEquals(16, output.get("parameters").get("binary_data_size").asInt());
        ByteBuffer numbers = ByteBuffer.wrap(answer.response().body()).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(json + 16, numbers.limit());
        assertEquals(TestModels.light(FACTOR, 0), numbers.getFloat(json + 4), 1e-5);
        assertEquals(TestModels.light(FACTOR, 200), numbers.getFloat(json + 12), 1e-5);
    }

    @Test
    void whatIsNoNumberIsRefused() throws Exception {
        byte[] header = bytes("{\"inputs\":[{\"name\":\"pictures\",\"datatype\":\"FP32\",\"shape\":[1,3,8,8],"
                + "\"parameters\":{\"binary_data_size\":" + LENGTH * Float.BYTES + "}}]}");
        ByteBuffer body =
                ByteBuffer.allocate(header.length + LENGTH * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        body.put(header).putFloat(header.length + 40, Float.NaN);
        Answer answer =
                client.post(INFER, body.array(), "Inference-Header-Content-Length", Integer.toString(header.length));
        assertEquals(400, answer.status());
        assertTrue(answer.json().get("error").asText().contains("expected numbers, got NaN"));
    }

    static Stream<Arguments> wrongRequests() {
        String good = request(numbers(1, LENGTH));
        return Stream.of(
                Arguments.of("", "a request as a JSON object, got the end"),
                Arguments.of("[]", "a request as a JSON object, got START_ARRAY"),
                Arguments.of("{", "no JSON that can be read"),
                Arguments.of(good + "1", "nothing after"),
                Arguments.of(
                        good.substring(0, good.length() - 1)
                                + ",\"outputs\":[{\"name\":\"dense\",\"parameters\":{\"classification\":3}}]}",
                        "expected no classification"),
                Arguments.of("{\"inputs\":1}", "the inputs as a list"),
                Arguments.of("{\"inputs\":[1]}", "an input as an object"),
                Arguments.of("{\"inputs\":[]}", "at least one input"),
                Arguments.of("{}", "at least one input"),
                Arguments.of("{\"inputs\":[{}]}", "a name, a datatype and a shape"),
                Arguments.of(good.replace("\"UINT8\"", "\"INT64\""), "UINT8 or FP32, got \"INT64\""),
                Arguments.of(good.replace("[1,3,8,8]", "[1,3,8]"), "expected 24 elements"),
                Arguments.of(good.replace("[1,3,8,8]", "[1,3,64]"), "[N, ...], got [1, 3, 64]"),
                Arguments.of(good.replace("[1,3,8,8]", "[1,8,3,8]"), "[N, ...], got [1, 8, 3, 8]"),
                Arguments.of(good.replace("[1,3,8,8]", "[-1,3,8,8]"), "no negative extent"),
                Arguments.of(good.replace("[1,3,8,8]", "[4000000000,4000000000,8,8]"), "too large"),
                Arguments.of(good.replace("[1,3,8,8]", "[99999999999999999999]"), "no JSON that can be read"),
                Arguments.of(good.replace("[1,3,8,8]", "[\"1\"]"), "whole numbers as a shape"),
                Arguments.of(request(numbers(256, LENGTH)), "whole numbers from 0 to 255"),
                Arguments.of(request(numbers(-1, LENGTH)), "whole numbers from 0 to 255"),
                Arguments.of(request(numbers(1, LENGTH - 1)), "expected 192 elements"),
                Arguments.of(request("[true]"), "the data of an input as numbers, got true"),
                Arguments.of(request("7"), "the data of an input as a list"),
                Arguments.of(request("[NaN]"), "no JSON that can be read"),
                Arguments.of(request("[1e999]").replace("UINT8", "FP32"), "in the range of floats"),
                Arguments.of(request("[".repeat(50) + "]".repeat(50)), "no JSON that can be read"),
                Arguments.of(good.replace("pictures", "other"), "got one that the model has not"),
                Arguments.of(good.replace("\"inputs\"", "\"outputs\":[{}],\"inputs\""), "a name of each output"),
                Arguments.of(
                        good.replace("\"inputs\"", "\"outputs\":[{\"name\":\"x\"}],\"inputs\""),
                        "got one that the model has not"),
                Arguments.of(good.replace("\"data\"", "\"name\":\"a\",\"data\""), "no JSON that can be read"),
                Arguments.of(
                        good.replace("\"data\"", "\"parameters\":{\"binary_data_size\":5},\"data\""), "one of both"),
                Arguments.of(
                        "{\"inputs\":[{\"name\":\"pictures\",\"datatype\":\"FP32\",\"shape\":[1],"
                                + "\"parameters\":{\"binary_data_size\":4}}]}",
                        "within the 0 bytes that are left"));
    }

    @ParameterizedTest
    @MethodSource("wrongRequests")
    void aWrongRequestIsToldWhatIsWrong(String body, String expected) throws Exception {
        Answer answer = client.post(INFER, bytes(body));
        assertEquals(400, answer.status(), new String(answer.response().body(), StandardCharsets.UTF_8));
        String error = answer.json().get("error").asText();
        assertTrue(error.contains(expected), error);
    }

    @Test
    void moreThanTheQueueHoldsIsNoMatterOfPatience() throws Exception {
        byte[] header = bytes("{\"inputs\":[{\"name\":\"pictures\",\"datatype\":\"UINT8\",\"shape\":[513,3,8,8],"
                + "\"parameters\":{\"binary_data_size\":" + 513 * LENGTH + "}}]}");
        byte[] body = Arrays.copyOf(header, header.length + 513 * LENGTH);
        Answer answer = client.post(INFER, body, "Inference-Header-Content-Length", Integer.toString(header.length));
        assertEquals(400, answer.status());
        assertTrue(answer.json().get("error").asText().contains("at most 512 pictures at a time"));
    }

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

    @Test
    void picturesAreAnsweredByNames() throws Exception {
        Answer answer = client.post("predict", TestModels.png(230));
        assertEquals(200, answer.status());
        JsonNode classes = answer.json().get("classes");
        assertEquals("light", classes.get(0).get("name").asText());
        assertEquals(
                TestModels.light(FACTOR, 230), classes.get(0).get("probability").asDouble(), 1e-5);
        assertEquals("dark", classes.get(1).get("name").asText());
        assertFalse(answer.json().has("explanation"));
        assertEquals(
                1,
                client.post("predict?top=1&model=light", TestModels.png(10))
                        .json()
                        .get("classes")
                        .size());
    }

    @Test
    void aFormMayHoldThePicture() throws Exception {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        String parts = """
                --xyz
                Content-Disposition: form-data; name="a"

                text
                --xyz
                Content-Disposition: form-data; name="file"; filename="p.png"
                Content-Type: image/png

                """;
        form.writeBytes(bytes(parts.replace("\n", "\r\n")));
        form.writeBytes(TestModels.png(0));
        form.writeBytes(bytes("\r\n--xyz--\r\n"));
        String type = "multipart/form-data; boundary=xyz";
        JsonNode answer =
                client.post("predict", form.toByteArray(), "Content-Type", type).json();
        assertEquals("dark", answer.get("classes").get(0).get("name").asText(), answer.toString());
        String longest = "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + "\u00e9".repeat(240)
                + "\"\r\n\r\n";
        ByteArrayOutputStream named = new ByteArrayOutputStream();
        named.write(bytes(longest));
        named.write(TestModels.png(1));
        named.write(bytes("\r\n--xyz--\r\n"));
        assertEquals(
                200,
                client.post("predict", named.toByteArray(), "Content-Type", type)
                        .status());
        String none = "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\ntext\r\n--xyz--\r\n";
        assertEquals(
                400, client.post("predict", bytes(none), "Content-Type", type).status());
        assertEquals(
                400,
                client.post("predict", bytes("--xyz"), "Content-Type", type).status());
        assertEquals(
                400,
                client.post("predict", bytes("x"), "Content-Type", "multipart/form-data")
                        .status());
    }

    @Test
    void anExplanationIsAPictureOfTheNetworksSize() throws Exception {
        String uri = client.post("predict?explain=true", TestModels.png(230))
                .json()
                .get("explanation")
                .asText();
        String start = "data:image/png;base64,";
        assertTrue(uri.startsWith(start), uri);
        byte[] png = Base64.getDecoder().decode(uri.substring(start.length()));
        assertEquals(8, ImageIO.read(new ByteArrayInputStream(png)).getWidth());
    }

    @Test
    void whatIsNoPictureIsRefused() throws Exception {
        byte[] cut = Arrays.copyOf(TestModels.png(1), 60);
        for (byte[] body : List.of(new byte[0], bytes("hello"), cut)) {
            Answer answer = client.post("predict", body);
            assertEquals(400, answer.status());
            assertFalse(answer.json().get("error").asText().isEmpty());
        }
        assertEquals(400, client.post("predict?top=0", TestModels.png(1)).status());
        assertEquals(400, client.post("predict?top=many", TestModels.png(1)).status());
        assertEquals(
                400, client.post("predict?explain=perhaps", TestModels.png(1)).status());
        assertEquals(413, client.post("predict", new byte[100_001]).status());
        assertEquals(413, client.post(INFER, new byte[700_000]).status());
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
                .map(InferenceServerTest::parsed)
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
        String text = new String(client.get("metrics").response().body(), StandardCharsets.UTF_8);
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
        String text = new String(client.get("metrics").response().body(), StandardCharsets.UTF_8);
        List<String> routes = text.lines()
                .filter(line -> line.startsWith("http_server_requests_seconds_count{method=\"GET\""))
                .filter(line -> line.contains("status=\"404\""))
                .filter(line -> !line.contains("{model}"))
                .toList();
        assertEquals(1, routes.size(), routes.toString());
        assertTrue(routes.getFirst().contains("route=\"none\""), routes.toString());
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
    void onnxIsServedToo(@TempDir Path own) throws Exception {
        Path file = own.resolve("light.onnx");
        try (Model model = TestModels.model(FACTOR)) {
            Onnx.write(model, file);
        }
        try (InferenceServer onnx = InferenceServer.of(file).port(0).start();
                Client asks = Client.of(onnx)) {
            assertEquals(
                    "onnx", asks.get("v2/models/light").json().get("platform").asText());
            JsonNode classes = asks.post("predict", TestModels.png(230)).json().get("classes");
            assertEquals(
                    TestModels.light(FACTOR, 230),
                    classes.get(0).get("probability").asDouble(),
                    1e-5);
        }
    }

    @Test
    void integersAreServedToo(@TempDir Path own) throws Exception {
        Path file = own.resolve("light.safetensors");
        try (Model model = TestModels.model(FACTOR);
                ImageDataset greys = ImageDataset.of(
                        "greys",
                        TestModels.PICTURE,
                        List.of("dark", "light"),
                        new int[256],
                        (grey, pixels) -> pixels.fill((byte) grey));
                Model integers = model.quantize(greys)) {
            integers.save(file);
        }
        try (InferenceServer eight = InferenceServer.of(file).port(0).start();
                Client asks = Client.of(eight)) {
            for (int grey : new int[] {0, 100, 255}) {
                JsonNode said = asks.post(INFER, bytes(request(numbers(grey, LENGTH))))
                        .json()
                        .get("outputs")
                        .get(0)
                        .get("data");
                // Three products in a row, of which each number is rounded to one of 256.
                assertEquals(TestModels.light(FACTOR, grey), said.get(1).asDouble(), 0.03);
            }
        }
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
