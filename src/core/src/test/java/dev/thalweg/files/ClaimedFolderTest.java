package dev.thalweg.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.ForkedJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One training at a time in a folder, whoever else wants it, and nothing left over from those that were killed. */
class ClaimedFolderTest {
    private static final String FOREIGN = "data.part";

    @TempDir
    private Path folder;

    /** Another process that holds the folder, and is in the middle of writing a file there, until it is killed. */
    static final class Holder {
        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[0]);
            try (var _ = ClaimedFolder.claim(folder)) {
                AtomicFile.write(folder.resolve("model.safetensors"), out -> {
                    out.write("half".getBytes(StandardCharsets.US_ASCII));
                    System.out.println("kill me");
                    try {
                        Thread.sleep(60_000);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                });
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> !f.equals(ClaimedFolder.MARK))
                    .sorted()
                    .toList();
        }
    }

    private static String refused(Path folder) {
        return assertThrows(IllegalStateException.class, () -> ClaimedFolder.claim(folder))
                .getMessage();
    }

    @Test
    void aSecondClaimOfThisProcessIsRefusedByWhateverName() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolveSibling(folder.getFileName() + "-link"), folder);
        try (var _ = ClaimedFolder.claim(folder)) {
            assertTrue(refused(folder).contains("another training of this program"));
            assertTrue(refused(link).contains("another training of this program"));
        }
        ClaimedFolder.claim(link).close();
        Files.delete(link);
    }

    /** The system would drop the lock when this process opens and closes the file again. */
    @Test
    void aRefusedClaimOfThisProcessDoesNotLetAnotherProcessIn() throws Exception {
        try (var _ = ClaimedFolder.claim(folder)) {
            refused(folder);
            new ForkedJvm()
                    .run(Holder.class, folder.toString())
                    .expect(
                            0,
                            "another training (process "
                                    + ProcessHandle.current().pid() + ", since 20");
        }
    }

    @Test
    void whatAnotherProcessHoldsIsFreeOnceItIsKilledAndItsHalfFileGoes() throws Exception {
        Files.writeString(folder.resolve(FOREIGN), "not ours");
        Process holder =
                new ForkedJvm().builder(Holder.class, folder.toString()).start();
        try (BufferedReader lines = holder.inputReader()) {
            assertTrue(lines.readLine().startsWith("kill me"));
            String message = refused(folder);
            assertTrue(message.contains("process " + holder.pid() + ","), message);
            AtomicFile.removeLeftovers(folder);
            assertEquals(2, files().size(), "what is being written stays: " + files());
        } finally {
            holder.destroyForcibly();
            assertTrue(holder.waitFor(30, TimeUnit.SECONDS));
        }
        assertEquals(2, files().size(), "the kill left a part: " + files());
        ClaimedFolder.claim(folder).close();
        assertEquals(List.of(FOREIGN), files());
    }

    @Test
    void whatAnotherThreadWritesStays() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> writer = threads.submit(() -> {
                AtomicFile.write(folder.resolve("x"), out -> {
                    writing.countDown();
                    try {
                        looked.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    out.write('x');
                });
                return null;
            });
            writing.await();
            ClaimedFolder.claim(folder).close();
            looked.countDown();
            writer.get();
        }
        assertEquals(List.of("x"), files());
        assertEquals("x", Files.readString(folder.resolve("x")));
    }

    @Test
    void aWriterThatFailsLeavesWhatStoodThere() throws IOException {
        Path file = Files.writeString(folder.resolve("x"), "old");
        for (Throwable failure : List.of(new IOException("full"), new OutOfMemoryError("full"))) {
            assertThrows(
                    failure.getClass(),
                    () -> AtomicFile.write(file, out -> {
                        out.write('n');
                        if (failure instanceof Error e) {
                            throw e;
                        }
                        throw (IOException) failure;
                    }));
            assertEquals(List.of("x"), files());
            assertEquals("old", Files.readString(file));
        }
    }
}
