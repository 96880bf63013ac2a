package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No more connections are taken than the server is told, and than the process may open files. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ConnectionsTest {
    private static final byte[] QUESTION =
            "GET /v2/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path directory;

    @Test
    void someFilesAreLeftForOthers() {
        assertEquals(1000, Connections.atMost(1000, 65_536));
        assertEquals(1024 - 256, Connections.atMost(1000, 1024));
        assertEquals(1, Connections.atMost(1000, 100));
        assertEquals(1000, Connections.atMost(1000, -1));
    }

    @Test
    void whoComesWhenAllAreTakenWaitsUntilOneEnds() throws IOException {
        InferenceServer.Builder builder = InferenceServer.of(
                        TestModels.write(directory.resolve("light.safetensors"), 4))
                .port(0)
                .maxConnections(2);
        assertThrows(IllegalArgumentException.class, () -> builder.maxConnections(0));
        try (InferenceServer server = builder.start();
                Socket third = new Socket()) {
            try (Socket first = connected(server);
                    Socket second = connected(server)) {
                assertAnswered(first);
                assertAnswered(second);
                third.connect(first.getRemoteSocketAddress());
                third.getOutputStream().write(QUESTION);
                third.setSoTimeout(300);
                assertThrows(SocketTimeoutException.class, third.getInputStream()::read);
            }
            third.setSoTimeout(0);
            assertNotEquals(-1, third.getInputStream().read());
        }
    }

    private static Socket connected(InferenceServer server) throws IOException {
        return new Socket(server.uri().getHost(), server.port());
    }

    private static void assertAnswered(Socket socket) throws IOException {
        socket.getOutputStream().write(QUESTION);
        assertNotEquals(-1, socket.getInputStream().read());
    }
}
