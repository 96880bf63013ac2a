package dev.thalweg.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNamesTest {
    @TempDir
    private Path directory;

    @Test
    void pathsAreTheirText() {
        for (String path : List.of("a", "a/b.png", "/", "/a b/c", "", "..")) {
            assertEquals(path, FileNames.text(Path.of(path)));
        }
    }

    /** Old archives leave names of bytes that are no UTF-8; Java cannot write them, a shell can. */
    @Test
    void namesOfBytesAreReadAsUtf8ElseAsLatin1() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "skipped: no /bin/bash");
        Process shell = new ProcessBuilder(
                        "/bin/bash",
                        "-c",
                        "mkdir $'\\xe7\\x8c\\xab' $'caf\\xe9' $'caf\\xe8' 'caf%e9' && touch $'caf\\xe9/\\xfc.png'")
                .directory(directory.toFile())
                .start();
        assumeTrue(shell.waitFor() == 0, "skipped: this file system takes no such names");
        try (Stream<Path> all = Files.walk(directory)) {
            List<String> names =
                    all.map(p -> FileNames.text(directory.relativize(p))).toList();
            assertEquals(new TreeSet<>(List.of("", "猫", "café", "cafè", "caf%e9", "café/ü.png")), new TreeSet<>(names));
        }
    }
}
