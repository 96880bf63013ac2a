package dev.thalweg.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code mvn -Prelease verify} makes beside each jar. */
@Tag("release")
class ReleaseTest {
    private static Path file(String module, String name) {
        return Publication.modules().get(module).resolve("target").resolve(name);
    }

    private static Set<String> entries(Path jar, String ending) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            Set<String> names = new TreeSet<>();
            zip.stream()
                    .map(entry -> entry.getName())
                    .filter(name -> name.endsWith(ending))
                    .forEach(name -> names.add(name.substring(0, name.length() - ending.length())));
            return names;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "thalweg, thalweg-%s, dev/thalweg/Model",
        "thalweg-pictures, thalweg-pictures-%s, dev/thalweg/pictures/WebpPlugin",
        "thalweg-parquet, thalweg-parquet-%s, dev/thalweg/parquet/ParquetReader",
        "thalweg-interop, thalweg-interop-%s, dev/thalweg/interop/Onnx",
        "thalweg-interop, thalweg-interop-%s, dev/thalweg/interop/StateDict",
        "thalweg-serve, thalweg-serve-%s, dev/thalweg/serve/InferenceServer",
        "thalweg-spark, thalweg-spark-%s, dev/thalweg/spark/SparkFit",
        "thalweg-spark-app, thalweg-spark-app-%s, dev/thalweg/spark/app/SparkCommands",
        "thalweg-app, thalweg, dev/thalweg/cli/Main"
    })
    void everyJarHasItsSourcesAndDocumentation(String module, String name, String documented) throws IOException {
        String jar = name.formatted(Publication.VERSION);
        Set<String> classes = entries(file(module, jar + ".jar"), ".class");
        assertTrue(classes.contains(documented), classes.toString());
        classes.removeIf(entry -> entry.contains("$"));
        classes.removeAll(entries(file(module, jar + "-sources.jar"), ".java"));
        assertEquals(Set.of(), classes, "classes without their source");
        Set<String> pages = entries(file(module, jar + "-javadoc.jar"), ".html");
        assertTrue(pages.containsAll(Set.of("index", documented)), pages.toString());
    }

    /** CycloneDX's list has what a consumer gets, and nothing that tests alone need. */
    @Test
    void theBillOfMaterialsListsWhatComesAlong() throws IOException {
        String bill = Files.readString(file("thalweg-app", "bom.json"));
        for (String library : List.of("jackson-databind", "dnnl", "picocli", "imageio-webp", "xchart")) {
            assertTrue(bill.contains("\"name\" : \"" + library + "\""), library);
        }
        for (String absent : List.of("junit-jupiter", "jazzer-junit", "archunit", "javacpp")) {
            assertFalse(bill.contains("\"name\" : \"" + absent + "\""), absent);
        }
    }

    @Test
    void theNoticesNameEveryLibraryOfTheProgram() throws IOException {
        String notices = Files.readString(file("thalweg-app", "THIRD-PARTY.txt"));
        try (Stream<Path> libraries = Files.list(file("thalweg-app", "lib"))) {
            assertEquals(
                    List.of(),
                    libraries
                            .map(library -> library.getFileName().toString())
                            .filter(name -> !name.startsWith("thalweg"))
                            .map(name -> name.replaceFirst("-[0-9].*", ""))
                            .filter(name -> !notices.contains(":" + name + ":"))
                            .toList());
        }
        assertFalse(notices.contains("dev.thalweg"), "notices of others name this library:\n" + notices);
    }
}
