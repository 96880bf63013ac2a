package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class TrainingFolderTest {
    @TempDir
    private Path directory;

    @Command(name = "x")
    private static final class Holder {
        @Mixin
        private TrainingFolder folder;
    }

    private static TrainingFolder folder(Path output) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs("--output", output.toString());
        return holder.folder;
    }

    private static String refused(Path output) {
        return assertThrows(IllegalArgumentException.class, () -> folder(output).check(false, false))
                .getMessage();
    }

    @Test
    void foldersOfTheSameSecondDiffer() throws Exception {
        Set<Path> all = new HashSet<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<Path>> made = IntStream.range(0, 40)
                    .mapToObj(i -> threads.submit(() -> TrainingFolder.fresh(directory, "20260101-120000")))
                    .toList();
            for (Future<Path> one : made) {
                assertTrue(all.add(one.get()), "twice: " + one.get());
            }
        }
        assertTrue(
                all.contains(directory.resolve("20260101-120000"))
                        && all.contains(directory.resolve("20260101-120000-40")),
                all.toString());
    }

    @Test
    void foreignFoldersAreNotWrittenInto() throws IOException {
        Path photos = Files.createDirectories(directory.resolve("photos/cat")).getParent();
        for (int i = 0; i < 7; i++) {
            Files.createFile(photos.resolve(i + ".jpg"));
        }
        String message = refused(photos);
        assertTrue(
                message.contains("photos")
                        && message.contains("8 other things")
                        && message.contains("0.jpg, 1.jpg")
                        && message.endsWith(", ..."),
                message);
        // Among what a training leaves, too: it might not be one's own.
        Files.createFile(photos.resolve("model.safetensors"));
        assertTrue(refused(photos).contains("8 other things"));
        Path file = Files.createFile(directory.resolve("file"));
        assertTrue(refused(file).contains("expected a folder, found a file"));
    }

    @Test
    void newEmptyAndEarlierOnesAreTaken() throws IOException {
        Path run = directory.resolve("deep/run");
        folder(run).check(false, false);
        assertFalse(Files.exists(run), "looking makes nothing");
        Files.createDirectories(run);
        folder(run).check(false, false);
        TrainingFolder first = folder(run);
        first.claim().close();
        assertEquals(run, first.path());
        Files.createFile(run.resolve("my notes.txt"));
        folder(run).check(false, false);
        // As trainings left folders before they marked them.
        Path old = Files.createDirectories(directory.resolve("old/checkpoints")).getParent();
        Files.createFile(old.resolve("report.html"));
        folder(old).check(false, false);
        Files.createFile(old.resolve("notes.txt"));
        Files.createFile(old.resolve("checkpoints/checkpoint-00001-0000000.safetensors"));
        folder(old).check(true, false);
    }

    @Test
    void checkpointsAreGoneOnFromOrLeftAlone() throws IOException {
        Path run = Files.createDirectories(directory.resolve("run/checkpoints")).getParent();
        String none = assertThrows(
                        IllegalArgumentException.class, () -> folder(run).check(true, false))
                .getMessage();
        assertTrue(none.startsWith("--resume: ") && none.endsWith("found none in " + run), none);
        Files.createFile(run.resolve("checkpoints/checkpoint-00001-0000000.safetensors"));
        String some = refused(run);
        assertTrue(
                some.startsWith("--output " + run + " holds checkpoints") && some.contains("expected --resume"), some);
        folder(run).check(true, false);
    }
}
