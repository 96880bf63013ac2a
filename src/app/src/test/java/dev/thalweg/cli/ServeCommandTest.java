package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.ForkedJvm;
import dev.thalweg.Model;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code thalweg serve}: a process that answers until a signal ends it. */
class ServeCommandTest {
    @TempDir
    private Path directory;

    private Path model() throws IOException {
        Path file = directory.resolve("small.safetensors");
        try (Model model = Model.of(Networks.cnn(Shape.of(3, 32, 32), 3))) {
            model.save(file);
        }
        return file;
    }

    private static byte[] picture() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB), "png", file);
        return file.toByteArray();
    }

    private static BufferedReader said(Process run) {
        return new BufferedReader(new InputStreamReader(run.getInputStream(), StandardCharsets.UTF_8));
    }

    private static URI address(BufferedReader said) throws IOException {
        String line = said.readLine();
        while (!line.startsWith("thalweg answers at ")) {
            line = said.readLine();
        }
        return URI.create(line.substring("thalweg answers at ".length()));
    }

    private static HttpRequest.Builder asking(URI server, byte[] picture) {
        return HttpRequest.newBuilder(server.resolve("predict?top=2"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(picture));
    }

    @Test
    @Timeout(120)
    void answersUntilASignalEndsIt() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "secret\n");
        Process run = new ForkedJvm()
                .builder(
                        Main.class,
                        "serve",
                        model().toString(),
                        "--port",
                        "0",
                        "--max-batch-size",
                        "2",
                        "--token-file",
                        token.toString())
                .start();
        try (BufferedReader said = said(run);
                HttpClient client = HttpClient.newHttpClient()) {
            URI server = address(said);
            HttpResponse<byte[]> answer = client.send(
                    asking(server, picture())
                            .header("Authorization", "Bearer secret")
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            assertEquals(200, answer.statusCode());
            JsonNode classes = new JsonMapper().readTree(answer.body()).get("classes");
            assertEquals(2, classes.size());
            JsonNode logged = new JsonMapper().readTree(said.readLine());
            assertEquals("/predict", logged.get("path").asText());
            run.toHandle().destroy();
            List<String> rest = said.lines().toList();
            assertTrue(run.waitFor(30, TimeUnit.SECONDS), rest.toString());
            // 128 and 15, the signal's number.
            assertEquals(143, run.exitValue(), rest.toString());
        } finally {
            run.destroyForcibly();
        }
    }

    /** Clients that ask one time after another are told that their connection ends; none of their requests is lost. */
    @Test
    @Timeout(120)
    void answersWhatItAcceptedWhenASignalEndsIt() throws Exception {
        Process run = new ForkedJvm()
                .builder(Main.class, "serve", model().toString(), "--port", "0", "--no-access-log")
                .start();
        byte[] picture = picture();
        int callers = 8;
        CountDownLatch warm = new CountDownLatch(callers);
        try (BufferedReader said = said(run);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            URI server = address(said);
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                ends.add(threads.submit(() -> {
                    // A client of its own has a connection of its own.
                    try (HttpClient client = HttpClient.newHttpClient()) {
                        HttpResponse<String> answer;
                        do {
                            answer = client.send(asking(server, picture).build(), HttpResponse.BodyHandlers.ofString());
                            assertEquals(200, answer.statusCode(), answer.body());
                            warm.countDown();
                        } while (!answer.headers().firstValue("Connection").equals(Optional.of("close")));
                        return null;
                    }
                }));
            }
            warm.await();
            run.toHandle().destroy();
            for (Future<?> end : ends) {
                end.get();
            }
            List<String> rest = said.lines().toList();
            assertTrue(run.waitFor(30, TimeUnit.SECONDS), rest.toString());
            assertEquals(143, run.exitValue(), rest.toString());
        } finally {
            run.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--port 65536 | --port",
                "--max-batch-size 0 | --max-batch-size",
                "--queue 8 | expected at least the 32 pictures of --max-batch-size",
                "--max-body 2048 | --max-body: expected at most 2047",
                "--timeout 0 | --timeout",
                "--max-delay -1 | --max-delay",
                "--max-delay 2000 --timeout 2 | --max-delay: expected less than the 2000 ms of --timeout",
                "--reload -1 | --reload",
                "--reload 86401 | expected a number of seconds from 0 to 86400, got '86401'",
                "--drain 1e300 | expected a number of seconds from 0 to 86400, got '1e300'",
                "--timeout 1e300 | expected a number of seconds above 0 and at most 86400, got '1e300'",
                "--tls-key a | expected both or none",
                "--tls-password-file a | expected --tls-keystore beside it",
                "--tls-keystore a --tls-key b --tls-certificate c | expected no --tls-certificate beside it",
                "--test-time-augmentation none,mirror | expected none alone"
            })
    void whatCannotBeMeantIsRefused(String words, String problem) {
        MainTest.Result result = MainTest.run(("serve /nowhere " + words).split(" "));
        assertEquals(2, result.exit(), result.err());
        assertTrue(result.err().contains(problem), result.err());
    }

    @Test
    void whatIsNoModelIsRefused() throws IOException {
        MainTest.Result none = MainTest.run("serve", directory.resolve("none").toString());
        assertEquals(1, none.exit());
        assertTrue(none.err().contains("expected a file with a model, or a directory NAME/VERSION/"), none.err());
        Path empty = Files.writeString(directory.resolve("token"), " \n");
        MainTest.Result secret = MainTest.run("serve", model().toString(), "--token-file", empty.toString());
        assertEquals(2, secret.exit());
        assertTrue(secret.err().contains("expected a secret in this file"), secret.err());
    }
}
