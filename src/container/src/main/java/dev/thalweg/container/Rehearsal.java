package dev.thalweg.container;

import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import javax.imageio.ImageIO;

/** A server is started, asked once for all that it is asked for, and ended, so that its classes are all seen. */
final class Rehearsal {
    private static final String ANSWERS = "thalweg answers at ";
    /** What a JVM ends with by the signal TERM. */
    private static final int TERMINATED = 143;

    private Rehearsal() {}

    static void of(List<String> command) throws IOException, InterruptedException {
        Process server = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader said = server.errorReader()) {
            ask(address(said));
            server.destroy();
            int status = server.waitFor();
            if (status != TERMINATED) {
                throw new IOException("expected " + TERMINATED + " of the server, got " + status);
            }
        } finally {
            server.destroyForcibly();
        }
    }

    private static URI address(BufferedReader said) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(ANSWERS)) {
                return URI.create(line.substring(ANSWERS.length()));
            }
            all.append(line).append('\n');
        }
        throw new IOException("expected a server that answers, got:\n" + all);
    }

    private static void ask(URI server) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (String path : List.of("", "v2/health/ready", "v2/models/model", "metrics")) {
                send(client, HttpRequest.newBuilder(server.resolve(path)).build());
            }
            send(
                    client,
                    HttpRequest.newBuilder(server.resolve("predict?explain=true"))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(picture()))
                            .build());
        }
    }

    private static void send(HttpClient client, HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(request.uri() + ": expected 200, got " + answer.statusCode() + ": " + answer.body());
        }
    }

    private static byte[] picture() throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB), "png", png);
        return png.toByteArray();
    }
}
