package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** What the guide's page shows, beside the tests that run it. */
final class ShownCode {
    private static final Pattern BLOCK = Pattern.compile("(?s)```java spark\\n(.*?)```");

    private ShownCode() {}

    /** Looks whether a test has a block of the page, counted from 0, to the letter but for spaces. */
    static void assertIsIn(Class<?> test, int block) throws IOException {
        Path root = Path.of(System.getProperty("thalweg.test.root", "../.."));
        String page = Files.readString(root.resolve("src/site/markdown/cluster.md"));
        List<String> blocks =
                BLOCK.matcher(page).results().map(found -> found.group(1)).toList();
        String source = test.getName().replace('.', '/') + ".java";
        String run = Files.readString(root.resolve("src/spark/src/test/java").resolve(source));
        assertTrue(run.replaceAll("\\s", "").contains(blocks.get(block).replaceAll("\\s", "")), blocks.get(block));
    }
}
