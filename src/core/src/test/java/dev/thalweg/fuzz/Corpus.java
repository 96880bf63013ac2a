package dev.thalweg.fuzz;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The committed files that a fuzz test begins with. */
public final class Corpus {
    private Corpus() {}

    /**
     * {@return the files' contents by name}
     *
     * @param test the fuzz test's class
     * @param method its method
     * @throws IOException if they cannot be read
     */
    public static Map<String, byte[]> of(Class<?> test, String method) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (var files = Files.list(Path.of(
                test.getResource(test.getSimpleName() + "Inputs/" + method).toURI()))) {
            for (Path file : files.toList()) {
                contents.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
        return contents;
    }
}
