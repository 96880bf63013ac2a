package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The shell script that starts the program, with a JVM that only says how it was started. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final String JVM = """
        #!/bin/sh
        echo "$@"
        case $1 in -XX:ArchiveClassesAtExit=*) echo classes > "${1#*=}" ;; esac
        case $* in *bad*) exit 1 ;; esac
        """;

    @TempDir
    private Path root;

    private Path launcher;

    @BeforeEach
    void install() throws IOException {
        Path home = Files.createDirectories(root.resolve("home"));
        Files.createDirectories(home.resolve("lib"));
        Files.writeString(home.resolve("thalweg.jar"), "a program");
        launcher = Files.copy(Path.of("src/main/bin/thalweg"), home.resolve("thalweg"));
        Path java = Files.writeString(
                Files.createDirectories(root.resolve("java/bin")).resolve("java"), JVM);
        for (Path program : List.of(launcher, java)) {
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private Path archives() {
        return root.resolve("cache/thalweg/classes");
    }

    private List<Path> archived() throws IOException {
        try (Stream<Path> files = Files.list(archives())) {
            return files.toList();
        }
    }

    private String start(int code, Path cache, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder(Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments))
                        .toList())
                .redirectErrorStream(true);
        command.environment().put("JAVA_HOME", root.resolve("java").toString());
        command.environment().put("XDG_CACHE_HOME", cache.toString());
        return ForkedJvm.finish(command.start()).expect(code).text().strip();
    }

    private String start(String... arguments) throws IOException, InterruptedException {
        return start(0, root.resolve("cache"), arguments);
    }

    @Test
    void aPredictionLeavesClassesWithWhichAllCommandsStart() throws Exception {
        String plain = "-jar " + launcher.resolveSibling("thalweg.jar");
        assertEquals(plain + " train --epochs 2", start("train", "--epochs", "2"));
        assertTrue(start("predict", "a model", "x.png").endsWith(plain + " predict a model x.png"));
        Path archive = archived().getFirst();
        assertEquals(List.of(archive), archived());
        for (String command : List.of("predict", "train")) {
            assertTrue(start(command).startsWith("-XX:SharedArchiveFile=" + archive + " "));
        }
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(archives())));
    }

    @Test
    void anotherProgramHasOthers() throws Exception {
        start("predict");
        Path before = archived().getFirst();
        Files.writeString(launcher.resolveSibling("thalweg.jar"), "a longer program");
        assertTrue(start("predict").startsWith("-XX:ArchiveClassesAtExit="));
        assertEquals(1, archived().size());
        assertFalse(archived().contains(before));
    }

    @Test
    void aPredictionThatFailsLeavesNone() throws Exception {
        start(1, root.resolve("cache"), "predict", "bad");
        assertEquals(List.of(), archived());
    }

    @Test
    void withoutAPlaceForThemTheProgramStartsAsWell() throws Exception {
        Path file = Files.writeString(root.resolve("file"), "no directory");
        assertTrue(start(0, file, "predict").startsWith("-jar "));
    }
}
