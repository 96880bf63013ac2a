package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.interop.Onnx;
import dev.thalweg.serve.Client.Answer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a server answers to tensors, by the Open Inference Protocol, and to those that are none. */
class InferenceServerTest extends LightServer {
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
        assertEquals("<p>the report</p>", report.text());
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
                Arguments.of(good.replace("[1,3,8,8]", "[1,3,64]"), "[N, ...] of [3, 8, 8], got [1, 3, 64]"),
                Arguments.of(good.replace("[1,3,8,8]", "[1,8,3,8]"), "[N, ...] of [3, 8, 8], got [1, 8, 3, 8]"),
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
                Arguments.of(good.replace("pictures", "other"), "expected inputs of [pictures], got \"other\""),
                Arguments.of(good.replace("\"inputs\"", "\"outputs\":[{}],\"inputs\""), "a name of each output"),
                Arguments.of(
                        good.replace("\"inputs\"", "\"outputs\":[{\"name\":\"x\"}],\"inputs\""),
                        "expected outputs of [dense], got \"x\""),
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
        assertEquals(400, answer.status(), answer.text());
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
}
