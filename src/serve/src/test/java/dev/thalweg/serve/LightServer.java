package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.thalweg.memory.MemoryOwner;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A server of a model that knows dark pictures from light ones, and how it is asked. */
abstract class LightServer {
    static final float FACTOR = 4;
    static final int LENGTH = TestModels.PICTURE.arrayLength();
    static final String INFER = "v2/models/light/infer";

    @TempDir
    private static Path directory;

    static final ConcurrentLinkedQueue<String> LOG = new ConcurrentLinkedQueue<>();
    static InferenceServer server;
    static Client client;

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

    static String request(String data) {
        return "{\"inputs\":[{\"name\":\"pictures\",\"datatype\":\"UINT8\",\"shape\":[1,3,8,8],\"data\":" + data
                + "}]}";
    }

    static String numbers(int number, int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> Integer.toString(number))
                .collect(Collectors.joining(",", "[", "]"));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
