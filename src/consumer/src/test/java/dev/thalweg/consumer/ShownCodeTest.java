package dev.thalweg.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.guide.Page;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each block of a build file that README or the guide shows is in the project of a consumer, which resolves it. */
class ShownCodeTest {
    @Test
    void everyFileThatIsShownIsTaken() throws IOException {
        Set<String> shown = new TreeSet<>();
        for (Page page : Page.all()) {
            page.blocks().stream()
                    .map(Page.Block::language)
                    .filter(language ->
                            Set.of("xml", "groovy", "kotlin", "java service").contains(language))
                    .forEach(language -> shown.add(language + " " + page));
        }
        Set<String> resolved = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("projects"))) {
            for (Path file : files.filter(file -> file.toString().matches(".*\\.(xml|gradle|java)"))
                    .toList()) {
                resolved.addAll(ShownCode.places(file));
            }
        }
        assertEquals(shown, resolved);
    }
}
