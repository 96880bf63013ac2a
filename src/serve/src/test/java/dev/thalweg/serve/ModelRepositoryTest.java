package dev.thalweg.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.MemoryOwner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Models that come, are replaced and go while the server answers. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ModelRepositoryTest {
    @TempDir
    private Path directory;

    private Path models;

    private long before;

    @BeforeEach
    void count() throws IOException {
        models = Files.createDirectory(directory.resolve("models"));
        before = MemoryOwner.liveBytes();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(before, MemoryOwner.liveBytes());
    }

    private Path version(String name, String version) {
        return models.resolve(name).resolve(version).resolve("model.safetensors");
    }

    /** Puts a version there as a whole, as a copy and a move do. */
    private void publish(String name, String version, float factor, Path check) throws IOException {
        Path staging = models.resolveSibling("staging-" + name + "-" + version);
        TestModels.write(staging.resolve("model.safetensors"), factor);
        if (check != null) {
            Files.move(check, staging.resolve("check"));
        }
        Files.createDirectories(models.resolve(name));
        Files.move(staging, models.resolve(name).resolve(version), StandardCopyOption.ATOMIC_MOVE);
    }

    private InferenceServer start() throws IOException {
        return InferenceServer.of(models)
                .port(0)
                .maxBatchSize(2)
                .reload(Duration.ofMillis(5))
                .start();
    }

    private static String servedVersion(Client client, String name) throws IOException, InterruptedException {
        JsonNode model = client.get("v2/models/" + name).json();
        return model.has("versions") ? model.get("versions").get(0).asText() : "none";
    }

    private static void await(Client client, String name, String version) throws Exception {
        while (!servedVersion(client, name).equals(version)) {
            Thread.sleep(5);
        }
    }

    private static void awaitMetric(Client client, String line) throws Exception {
        while (!new String(client.get("metrics").response().body(), StandardCharsets.UTF_8).contains(line)) {
            Thread.sleep(5);
        }
    }

    private static double light(Client client, String name) throws Exception {
        for (JsonNode one :
                client.post("predict?model=" + name, TestModels.png(255)).json().get("classes")) {
            if (one.get("name").asText().equals("light")) {
                return one.get("probability").asDouble();
            }
        }
        throw new AssertionError("no class light");
    }

    @Test
    void theHighestVersionOfEachModelIsServed() throws Exception {
        TestModels.write(version("a", "2"), 2);
        TestModels.write(version("a", "10"), 3);
        TestModels.write(version("a", "latest"), 9);
        TestModels.write(version("b", "1"), 5);
        Files.createDirectories(models.resolve("b/7"));
        Files.writeString(models.resolve("notes.txt"), "none of them");
        Files.createDirectories(models.resolve(".hidden/1"));
        try (InferenceServer server = start();
                Client client = Client.of(server)) {
            assertEquals("10", servedVersion(client, "a"));
            assertEquals(TestModels.light(3, 255), light(client, "a"), 1e-5);
            assertEquals(TestModels.light(5, 255), light(client, "b"), 1e-5);
            assertEquals(
                    2, client.post("v2/repository/index", new byte[0]).json().size());
            assertEquals(400, client.post("predict", TestModels.png(1)).status());
        }
    }

    @Test
    void modelsComeAndGo() throws Exception {
        publish("a", "1", 1, null);
        try (InferenceServer server = start();
                Client client = Client.of(server)) {
            publish("b", "1", 2, null);
            await(client, "b", "1");
            publish("b", "2", 3, null);
            await(client, "b", "2");
            assertEquals(TestModels.light(3, 255), light(client, "b"), 1e-5);
            Files.move(models.resolve("b"), models.resolveSibling("gone"));
            while (client.get("v2/models/b").status() != 404) {
                Thread.sleep(5);
            }
            assertEquals(TestModels.light(1, 255), light(client, "a"), 1e-5);
        }
    }

    @Test
    void aVersionThatCannotBeReadOrFailsItsCheckIsNotServed() throws Exception {
        publish("a", "1", 4, null);
        try (InferenceServer server = start();
                Client client = Client.of(server)) {
            Files.createDirectories(models.resolve("a/2"));
            Files.writeString(version("a", "2"), "no model");
            awaitMetric(client, "thalweg_model_loads_total{model=\"a\",outcome=\"failed\"} 1.0");
            assertEquals("1", servedVersion(client, "a"));

            // One that calls light what is dark.
            Path check = models.resolveSibling("check");
            Files.createDirectories(check.resolve("dark"));
            Files.write(check.resolve("dark/night.png"), TestModels.png(5));
            publish("a", "3", -4, check);
            awaitMetric(client, "thalweg_model_loads_total{model=\"a\",outcome=\"failed\"} 2.0");
            TestModels.writeOverflowing(version("a", "4"));
            awaitMetric(client, "thalweg_model_loads_total{model=\"a\",outcome=\"failed\"} 3.0");
            assertEquals("1", servedVersion(client, "a"));
            assertEquals(TestModels.light(4, 255), light(client, "a"), 1e-5);

            Files.createDirectories(check.resolve("dark"));
            Files.write(check.resolve("dark/night.png"), TestModels.png(5));
            publish("a", "5", 6, check);
            await(client, "a", "5");
            // Each was tried once.
            String metrics = new String(client.get("metrics").response().body(), StandardCharsets.UTF_8);
            assertTrue(metrics.contains("thalweg_model_loads_total{model=\"a\",outcome=\"failed\"} 3.0"), metrics);
        }
    }

    @Test
    void aServerThatStartsHasTheVersionBeforeABrokenOneAnswer() throws Exception {
        publish("a", "1", 4, null);
        publish("a", "2", 5, null);
        Files.createDirectories(models.resolve("a/3"));
        Files.writeString(version("a", "3"), "no model");
        Files.createDirectories(models.resolve("b/1"));
        Files.writeString(version("b", "1"), "no model");
        try (InferenceServer server = start();
                Client client = Client.of(server)) {
            assertEquals("2", servedVersion(client, "a"));
            assertEquals(404, client.get("v2/models/b").status());
            publish("a", "4", 6, null);
            await(client, "a", "4");
        }
    }

    @Test
    void aServerWithoutAModelDoesNotStart() throws Exception {
        Files.createDirectories(models.resolve("b/1"));
        Files.writeString(version("b", "1"), "no model");
        BadFileException refused = assertThrows(BadFileException.class, this::start);
        assertTrue(refused.getMessage().contains("model.safetensors"), refused.getMessage());
    }

    @Test
    void theDirectoryOfATrainingIsOneModel() throws Exception {
        TestModels.write(models.resolve("model.safetensors"), 4);
        try (InferenceServer server = start();
                Client client = Client.of(server)) {
            assertEquals("1", servedVersion(client, "model"));
        }
    }

    @Test
    void twoFilesOfOneVersionChangeNothing() throws Exception {
        publish("a", "1", 4, null);
        publish("a", "2", 5, null);
        try (InferenceServer server = start();
                Client client = Client.of(server)) {
            Path second = Files.copy(version("a", "2"), version("a", "2").resolveSibling("new.safetensors"));
            // Others come meanwhile, and so does a later version.
            publish("b", "1", 1, null);
            await(client, "b", "1");
            assertEquals("2", servedVersion(client, "a"));
            publish("a", "3", 6, null);
            await(client, "a", "3");
            Files.delete(second);
        }
    }

    @Test
    void aFileThatIsReplacedIsServedAnew() throws Exception {
        Path file = TestModels.write(models.resolve("light.safetensors"), 1);
        try (InferenceServer server = InferenceServer.of(file)
                        .port(0)
                        .reload(Duration.ofMillis(5))
                        .start();
                Client client = Client.of(server)) {
            assertEquals(TestModels.light(1, 255), light(client, "light"), 1e-5);
            TestModels.write(file, 7);
            awaitMetric(client, "thalweg_model_loads_total{model=\"light\",outcome=\"loaded\"} 2.0");
            assertEquals(TestModels.light(7, 255), light(client, "light"), 1e-5);
        }
    }

    @Test
    void hundredSwapsUnderLoadFailNoRequest() throws Exception {
        int swaps = 100;
        publish("a", "1", 1, null);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        try (InferenceServer server = start();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
                Client client = Client.of(server)) {
            List<Future<?>> answers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                answers.add(callers.submit(() -> {
                    while (!over.get()) {
                        Client.Answer answer = client.post("predict?model=a", TestModels.png(255));
                        assertEquals(200, answer.status());
                        // The probability is that of the version which the answer names.
                        int version =
                                Integer.parseInt(answer.json().get("version").asText());
                        assertEquals(
                                TestModels.light(factor(version), 255),
                                answer.json()
                                        .get("classes")
                                        .get(0)
                                        .get("probability")
                                        .asDouble(),
                                1e-5);
                        asked.incrementAndGet();
                    }
                    return null;
                }));
            }
            for (int version = 2; version <= swaps + 1; version++) {
                publish("a", Integer.toString(version), factor(version), null);
                await(client, "a", Integer.toString(version));
            }
            over.set(true);
            for (Future<?> answer : answers) {
                answer.get();
            }
        }
        assertTrue(asked.get() > swaps, asked + " requests");
    }

    private static float factor(int version) {
        return version == 1 ? 1 : 1 + version / 100f;
    }
}
