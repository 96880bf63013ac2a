package dev.thalweg.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Debian's Gradle (4.4, on the JDK that it chooses) finds the same artifacts as Maven does, offline. */
class GradleConsumerTest {
    @TempDir
    private static Path work;

    private static List<String> said;

    @BeforeAll
    static void run() throws IOException, InterruptedException {
        String gradle = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "gradle"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Path::toString)
                .orElse(null);
        assumeTrue(gradle != null, "Gradle is absent: install gradle");
        for (String file : List.of("build.gradle", "settings.gradle")) {
            ShownCode.copy(Path.of("projects/gradle", file), work.resolve(file));
        }
        List<String> command = List.of(
                gradle,
                "--offline",
                "--no-daemon",
                "-q",
                "-g",
                work.resolve("home").toString(),
                "-PthalwegVersion=" + Publication.VERSION,
                "-Ppublished=" + Publication.repository().toUri(),
                "-Pmachine=" + Publication.MACHINE.toUri(),
                "jars");
        said = Commands.run(work, Optional.empty(), command).lines().toList();
    }

    private static List<String> jars(String configuration) {
        return said.stream()
                .filter(line -> line.startsWith(configuration + " "))
                .map(line -> line.substring(configuration.length() + 1))
                .sorted()
                .toList();
    }

    @Test
    void coreAndOnePlatformAreAtMostFiveJarsBesideTheNativeOne() {
        List<String> jars = jars("runtimeClasspath");
        assertTrue(jars.contains("thalweg-" + Publication.VERSION + ".jar"), jars.toString());
        assertEquals(
                List.of(Publication.PLATFORM),
                jars.stream()
                        .filter(jar -> jar.startsWith("dnnl-"))
                        .map(jar -> jar.replaceAll("dnnl-[0-9.]+-[0-9.]+-(.*)\\.jar", "$1"))
                        .toList());
        assertTrue(jars.size() <= 1 + 5, jars.toString());
    }

    @Test
    void everythingBringsNeitherTestsNorJavaCpp() {
        List<String> jars = jars("everything");
        for (String wanted : List.of(
                "thalweg", "thalweg-pictures", "thalweg-parquet", "thalweg-interop", "thalweg-serve", "thalweg-app")) {
            assertTrue(jars.contains(wanted + "-" + Publication.VERSION + ".jar"), jars.toString());
        }
        assertEquals(
                List.of(),
                jars.stream()
                        .filter(jar -> jar.matches("(junit|opentest4j|hamcrest|jazzer|javacpp|pdfbox).*"))
                        .toList());
    }
}
