package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.memory.MemoryOwner;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are broken, slow or meant to hurt: each is told what is wrong, and the server answers the next one. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class HostileClientsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    @TempDir
    private static Path directory;

    private static InferenceServer server;
    private static Client client;

    @BeforeAll
    static void start() throws IOException {
        server = InferenceServer.of(TestModels.write(directory.resolve("light.safetensors"), 4))
                .port(0)
                .timeout(TIMEOUT)
                .maxBodySize(1 << 20)
                .start();
        client = Client.of(server);
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
        assertEquals(0, MemoryOwner.liveBytes());
    }

    /** What the server answers to bytes, until it closes the connection. */
    private static String answer(byte[] request) throws IOException {
        try (Socket socket = new Socket("localhost", server.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request);
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static byte[] post(String path, String headers, byte[] body) {
        byte[] head = ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET /\u0000 HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n",
                "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "POST /predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /v2/models/light/infer HTTP/1.1\r\nHost: a\r\nInference-Header-Content-Length: x\r\n"
                        + "Content-Length: 2\r\nConnection: close\r\n\r\n{}",
                "POST /v2/models/light/infer HTTP/1.1\r\nHost: a\r\nInference-Header-Content-Length: -1\r\n"
                        + "Content-Length: 2\r\nConnection: close\r\n\r\n{}",
                "NONSENSE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n",
                "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Le",
                "GET /v2/models/%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            })
    void whatIsNoRequestIsTheClientsFault(String request) throws IOException {
        String answer = answer(request.getBytes(StandardCharsets.ISO_8859_1));
        assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
    }

    @Test
    void headersAreBounded() throws IOException {
        String many = "X-A: " + "a".repeat(100_000) + "\r\n";
        String answer = answer(post("/predict", many, new byte[0]));
        assertTrue(answer.startsWith("HTTP/1.1 4"), answer);
    }

    @Test
    void aBodyThatIsCutOffIsTold() throws IOException {
        String answer = answer(post("/predict", "Content-Length: 1000\r\n", new byte[10]));
        assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
        assertTrue(answer.contains("the body ends too early"), answer);
    }

    @Test
    void aSlowSenderIsNotWaitedFor() throws Exception {
        try (Socket socket = new Socket("localhost", server.port())) {
            socket.getOutputStream().write(post("/predict", "Content-Length: 1000\r\n", new byte[1]));
            Thread dripping = Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < 900; i++) {
                        socket.getOutputStream().write(0);
                        Thread.sleep(20);
                    }
                } catch (IOException | InterruptedException e) {
                    // The server has had enough.
                }
            });
            InputStream in = socket.getInputStream();
            String answer = new String(in.readNBytes(12), StandardCharsets.UTF_8);
            assertEquals("HTTP/1.1 408", answer);
            dripping.interrupt();
            dripping.join();
        }
        assertEquals(200, client.post("predict", TestModels.png(9)).status());
    }

    /** Beside the time that headers have, a quarter of a second between looks at the clock, and a slow machine. */
    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\n", "GET / HTTP/1.1\r\nX-A: "})
    void headersThatDoNotComeAreNotWaitedFor(String begun) throws Exception {
        try (Socket silent = new Socket("localhost", server.port());
                Socket dripping = new Socket("localhost", server.port())) {
            silent.setSoTimeout(20_000);
            silent.getOutputStream().write(begun.getBytes(StandardCharsets.UTF_8));
            dripping.getOutputStream().write(begun.getBytes(StandardCharsets.UTF_8));
            assertThrows(IOException.class, () -> {
                for (int i = 0; i < 200; i++) {
                    dripping.getOutputStream().write('a');
                    Thread.sleep(50);
                }
            });
            assertEnds(silent);
        }
    }

    private static void assertEnds(Socket socket) {
        try {
            int read = socket.getInputStream().readAllBytes().length;
            assertTrue(read >= 0);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the server still waits", e);
        } catch (IOException e) {
            // It is closed by force.
        }
    }

    /** Answers of many requests in one connection, none of which is read. */
    @Test
    void whoTakesNoAnswerLosesHisConnection() throws Exception {
        byte[] asked = "GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4096);
            socket.connect(new InetSocketAddress("localhost", server.port()));
            Thread asking = Thread.startVirtualThread(() -> {
                try {
                    for (int i = 0; i < 1000; i++) {
                        socket.getOutputStream().write(asked);
                    }
                } catch (IOException e) {
                    // The server has had enough.
                }
            });
            assertTrue(asking.join(Duration.ofSeconds(30)), "the server still takes requests");
        }
        assertEquals(200, client.post("predict", TestModels.png(9)).status());
    }

    @Test
    void aSilentSenderIsNotWaitedFor() throws Exception {
        try (Socket socket = new Socket("localhost", server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(post("/predict", "Content-Length: 1000\r\n", new byte[999]));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 408"), answer);
        }
        assertEquals(200, client.post("predict", TestModels.png(9)).status());
    }

    @Test
    void chunksAreRefusedBeforeTheyAreHeld() throws Exception {
        String chunked = answer(post(
                "/predict",
                "Transfer-Encoding: chunked\r\n",
                "5\r\nhello\r\n0\r\n\r\n".getBytes(StandardCharsets.UTF_8)));
        assertTrue(chunked.startsWith("HTTP/1.1 411"), chunked);
        assertTrue(chunked.contains("expected a Content-Length"), chunked);
    }

    /** What follows the last request of a connection is none, whoever says that it is the last, and be it a request. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /v2 | Connection: close | 200",
                "GET /v2 | Connection: Close | 200",
                "GET /v2 | Connection: keep-alive, close | 200",
                "GET /v2 | X: y | 200",
                "PUT /predict | X: y | 405",
                "POST /nowhere | X: y | 404",
                "POST /predict | Connection: close | 400",
            })
    void nothingFollowsTheLastAnswer(String asked, String header, int status) throws Exception {
        String body = "GET /v2/smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
        try (Socket socket = new Socket("localhost", server.port())) {
            socket.setSoTimeout(20_000);
            String request = asked + " HTTP/1.1\r\nHost: a\r\n" + header + "\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
            assertEquals(2, answer.split("HTTP/1.1 ", -1).length, answer);
        }
    }

    @Test
    void whatIsNoRequestIsToldInJsonToo() throws Exception {
        String answer = answer("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
        assertTrue(answer.contains("\r\n\r\n{\"error\":\""), answer);
    }

    @Test
    void emptyInputsAreCountedBeforeTheyAreKept() throws Exception {
        byte[] many = ("{\"inputs\":[" + "{},".repeat(100_000) + "{}]}").getBytes(StandardCharsets.UTF_8);
        Client.Answer answer = client.post("v2/models/light/infer", many);
        assertEquals(400, answer.status());
        assertTrue(
                answer.json().get("error").asText().contains("at most 64 inputs"),
                answer.json().toString());
    }

    /** A PNG file of few bytes that says it has 50,000 by 50,000 pixels. */
    private static byte[] bomb() {
        byte[] png = TestModels.png(0);
        png[16] = 0;
        png[17] = 0;
        png[18] = (byte) 0xc3;
        png[19] = 0x50;
        System.arraycopy(png, 16, png, 20, 4);
        CRC32 crc = new CRC32();
        crc.update(png, 12, 17);
        for (int i = 0; i < 4; i++) {
            png[29 + i] = (byte) (crc.getValue() >>> 24 - 8 * i);
        }
        return png;
    }

    @Test
    void aPictureThatWouldFillTheMemoryIsRefused() throws Exception {
        Client.Answer answer = client.post("predict", bomb());
        assertEquals(400, answer.status());
        assertTrue(
                answer.json().get("error").asText().contains("pixels"),
                answer.json().toString());
    }

    @Test
    void damagedRequestsGetAnAnswerThatSaysSo() throws Exception {
        Random random = new Random(7);
        byte[] png = TestModels.png(200);
        byte[] json =
                ("{\"id\":\"a\",\"inputs\":[{\"name\":\"pictures\",\"datatype\":\"UINT8\",\"shape\":[1,3,8,8],\"data\":"
                                + Arrays.toString(new int[192])
                                + "}],\"outputs\":[{\"name\":\"dense\"}]}")
                        .getBytes(StandardCharsets.UTF_8);
        List<Integer> statuses = new ArrayList<>();
        int count = Integer.getInteger("thalweg.test.requests", 1000);
        for (int i = 0; i < count; i++) {
            boolean picture = random.nextBoolean();
            byte[] body = damaged(picture ? png : json, random);
            Client.Answer answer = client.post(picture ? "predict" : "v2/models/light/infer", body);
            statuses.add(answer.status());
            if (answer.status() != 200) {
                assertEquals(400, answer.status(), new String(answer.response().body(), StandardCharsets.UTF_8));
                assertTrue(!answer.json().get("error").asText().isEmpty());
            }
        }
        assertTrue(statuses.contains(200) && statuses.contains(400));
        assertEquals(200, client.post("predict", png).status());
    }

    private static byte[] damaged(byte[] whole, Random random) {
        byte[] body = random.nextInt(4) == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
        for (int i = random.nextInt(4); i > 0 && body.length > 0; i--) {
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
        return body;
    }

    @Test
    void manyWhoNeverFinishKeepNobodyFromAnAnswer() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = new Socket("localhost", server.port());
                sockets.add(socket);
                socket.getOutputStream().write(post("/predict", "Content-Length: 1000000\r\n", new byte[100]));
            }
            for (int i = 0; i < 20; i++) {
                assertEquals(200, client.post("predict", TestModels.png(i)).status());
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}
