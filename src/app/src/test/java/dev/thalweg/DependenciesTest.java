package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the program brings along. */
class DependenciesTest {
    @Test
    void noLibraryComesAlongThatNothingUses() throws IOException {
        List<String> names = ForkedJvm.runtimeClassPath().stream()
                .map(p -> Path.of(p).getFileName().toString())
                .toList();
        assertTrue(names.stream().anyMatch(n -> n.startsWith("picocli")), "the list is of another thing: " + names);
        assertEquals(
                List.of(),
                names.stream()
                        .filter(n -> n.matches(
                                "(.*(junit|hamcrest|opentest4j|pdfbox|fontbox|gif-lib)|graphics2d|commons-log).*"))
                        .toList());
    }
}
