package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shell script that starts the program, with a JVM that only says how it was started. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final String JVM = """
        #!/bin/sh
        echo "$@"
        case $1 in -XX:ArchiveClassesAtExit=*) echo classes > "${1#*=}" ;; esac
        case $* in *bad*) exit 1 ;; *interrupted*) kill -TERM $PPID ;; esac
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
        return start(code, cache, Map.of(), arguments);
    }

    private String start(int code, Path cache, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder command = new ProcessBuilder(Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments))
                        .toList())
                .redirectErrorStream(true);
        command.environment().put("JAVA_HOME", root.resolve("java").toString());
        command.environment().put("XDG_CACHE_HOME", cache.toString());
        command.environment().putAll(environment);
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

    /** Also one that is as long and, both being old, of the same day. */
    @Test
    void aProgramOfAnotherSecondHasOthers() throws Exception {
        Path program = launcher.resolveSibling("thalweg.jar");
        Files.setLastModifiedTime(program, FileTime.from(Instant.parse("2001-02-03T12:00:00Z")));
        start("predict");
        assertTrue(start("predict").startsWith("-XX:SharedArchiveFile="));
        Files.setLastModifiedTime(program, FileTime.from(Instant.parse("2001-02-03T12:00:01Z")));
        assertTrue(start("predict").startsWith("-XX:ArchiveClassesAtExit="));
    }

    /** Digits, dates and the order of files are then written otherwise; a locale that is not there is the usual one. */
    @Test
    void theSameProgramHasTheSameAnywhere() throws Exception {
        for (String jar : List.of("b.jar", "A.jar", "a-b.jar", "ab.jar")) {
            Files.writeString(launcher.resolveSibling("lib").resolve(jar), jar);
        }
        start("predict");
        for (String locale : List.of("C", "C.UTF-8", "en_US.UTF-8", "ar_EG.UTF-8")) {
            for (String zone : List.of("UTC0", "Pacific/Kiritimati", "America/Los_Angeles")) {
                Map<String, String> there = Map.of("TZ", zone, "LC_ALL", locale);
                String started = start(0, root.resolve("cache"), there, "predict");
                assertTrue(started.contains("-XX:SharedArchiveFile="), there + ": " + started);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"bad, 1", "interrupted, 143"})
    void aPredictionThatDoesNotEndWellLeavesNone(String argument, int code) throws Exception {
        start(code, root.resolve("cache"), "predict", argument);
        assertEquals(List.of(), archived());
    }

    @Test
    void whatAKilledPredictionLeftIsRemoved() throws Exception {
        start("predict");
        Path archive = archived().getFirst();
        Files.move(archive, archive.resolveSibling(archive.getFileName() + ".12345"));
        start("predict");
        assertEquals(List.of(archive), archived());
    }

    @Test
    void withoutAPlaceForThemTheProgramStartsAsWell() throws Exception {
        Path file = Files.writeString(root.resolve("file"), "no directory");
        assertTrue(start(0, file, "predict").startsWith("-jar "));
    }
}
