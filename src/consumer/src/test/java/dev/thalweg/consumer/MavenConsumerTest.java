package dev.thalweg.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Projects that Maven builds against the published artifacts, offline; and what they run as. */
class MavenConsumerTest {
    private static final String PREDICT = "com.example.predict/com.example.predict.Predict";
    private static final String NATIVE_ACCESS = "--enable-native-access=dev.thalweg";

    @TempDir
    private static Path work;

    private static Path project;
    private static Path model;

    @BeforeAll
    static void build() throws IOException, InterruptedException {
        project = work.resolve("project");
        copyTree(Path.of("projects/maven"), project);
        Path settings = Files.writeString(work.resolve("settings.xml"), """
            <settings>
              <mirrors>
                <mirror>
                  <id>machine</id>
                  <mirrorOf>central</mirrorOf>
                  <url>%s</url>
                </mirror>
              </mirrors>
            </settings>
            """.formatted(Publication.MACHINE.toUri()));
        Commands.run(
                project,
                Optional.of(System.getProperty("java.home")),
                List.of(
                        Path.of(
                                        System.getProperty("thalweg.test.maven"),
                                        "bin",
                                        File.separatorChar == '\\' ? "mvn.cmd" : "mvn")
                                .toString(),
                        "-q",
                        "-B",
                        "-o",
                        "-Daether.offline.protocols=file",
                        "-s",
                        settings.toString(),
                        "-Dmaven.repo.local=" + work.resolve("repository"),
                        "-Dpublished=" + Publication.repository().toUri(),
                        "process-classes"));
        model = work.resolve("model.safetensors");
        said(java(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                path(all("class-path")),
                "com.example.Train",
                model.toString()));
    }

    private static void copyTree(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Files.createDirectories(to.resolve(from.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                ShownCode.copy(file, to.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static List<Path> jars(String module) throws IOException {
        try (Stream<Path> files = Files.list(project.resolve(module).resolve("target/dependency"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    private static boolean isNative(Path jar) {
        return jar.getFileName().toString().startsWith("dnnl-");
    }

    /** {@return a module's classes and its jars} */
    private static List<Path> all(String module) throws IOException {
        List<Path> all = new ArrayList<>(jars(module));
        all.add(project.resolve(module).resolve("target/classes"));
        return all;
    }

    private static String path(List<Path> entries) {
        return String.join(
                File.pathSeparator, entries.stream().map(Path::toString).toList());
    }

    /** A JVM that has never unpacked oneDNN. */
    private static List<String> java(String... arguments) throws IOException {
        return cold(Commands.jdk("java"), arguments);
    }

    private static List<String> cold(String java, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                java, "-Djava.awt.headless=true", "-Dthalweg.cache=" + Files.createTempDirectory(work, "cache")));
        command.addAll(List.of(arguments));
        return command;
    }

    private static void said(List<String> command) throws IOException, InterruptedException {
        String text = Commands.run(work, Optional.empty(), command);
        assertTrue(text.contains("backend onednn"), text);
        assertEquals(1, text.lines().count(), "nothing is warned of: " + text);
    }

    @Test
    void inferencePullsInAtMostFiveJarsBesideTheNativeOne() throws IOException {
        List<Path> jars = jars("class-path");
        assertEquals(1, jars.stream().filter(MavenConsumerTest::isNative).count(), jars.toString());
        assertTrue(jars.size() <= 1 + 5, jars.toString());
        for (Path jar : jars) {
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                List<String> foreign = zip.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.matches("(org/bytedeco|org/junit|junit)/.*\\.class"))
                        .toList();
                assertEquals(List.of(), foreign, jar.toString());
            }
        }
    }

    @Test
    void aModelIsTrainedOnTheClassPath() throws IOException {
        assertTrue(Files.size(model) > 0);
    }

    @Test
    void aModelIsAskedOnTheModulePath() throws IOException, InterruptedException {
        said(java(NATIVE_ACCESS, "--module-path", path(all("module-path")), "-m", PREDICT, model.toString()));
    }

    @Test
    @Timeout(120)
    void aServiceOfSpringAnswers() throws IOException, InterruptedException {
        List<String> command = java(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                path(all("spring")),
                "com.example.PictureService",
                "--model=" + model,
                "--server.port=0");
        Process service = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader said =
                        new BufferedReader(new InputStreamReader(service.getInputStream(), StandardCharsets.UTF_8));
                HttpClient client = HttpClient.newHttpClient()) {
            Matcher port = said.lines()
                    .map(Pattern.compile(" started on port (\\d+)")::matcher)
                    .filter(Matcher::find)
                    .findFirst()
                    .orElseThrow();
            URI place = URI.create("http://localhost:" + port.group(1) + "/predict");
            ByteArrayOutputStream picture = new ByteArrayOutputStream();
            ImageIO.write(new BufferedImage(50, 40, BufferedImage.TYPE_INT_RGB), "png", picture);
            HttpResponse<String> answer = post(client, place, picture.toByteArray());
            assertTrue(answer.body().matches("\\{\"name\":\"[a-z ]+\",\"probability\":0\\.\\d+}"), answer.body());
            assertEquals(400, post(client, place, new byte[] {1, 2, 3}).statusCode());
        } finally {
            service.destroyForcibly();
        }
    }

    private static HttpResponse<String> post(HttpClient client, URI place, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(place)
                .header("Content-Type", "application/octet-stream")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** The native jar lies in the image's directory {@code natives}, or where a property says. */
    @Test
    void aModelIsAskedByAnImageThatJlinkMade() throws IOException, InterruptedException {
        List<Path> modules = new ArrayList<>(all("module-path"));
        Path natives =
                modules.stream().filter(MavenConsumerTest::isNative).findFirst().orElseThrow();
        modules.remove(natives);
        Path image = work.resolve("image");
        Commands.run(
                work,
                Optional.empty(),
                List.of(
                        Commands.jdk("jlink"),
                        "--module-path",
                        path(modules),
                        "--add-modules",
                        "com.example.predict",
                        "--output",
                        image.toString()));
        String java = image.resolve("bin/java").toString();
        said(cold(java, NATIVE_ACCESS, "-Dthalweg.natives=" + natives, "-m", PREDICT, model.toString()));
        Path within = Files.createDirectory(image.resolve("natives"));
        Files.copy(natives, within.resolve(natives.getFileName()));
        said(cold(java, NATIVE_ACCESS, "-m", PREDICT, model.toString()));
    }
}
