package dev.thalweg.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.thalweg.format.BadFileException;
import dev.thalweg.tensor.MemoryOwner;
import dev.thalweg.tensor.PrintableText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * What every loader keeps to, whatever file it is given: it loads it or refuses it by a documented exception that names
 * it, in two seconds of processor time and 256 MiB, and leaves no memory held off the heap. The time is no measurement:
 * what is read of a small file in seconds is read in time that grows faster than the file.
 */
public final class LoaderBounds {
    private static final Duration MOST_TIME = Duration.ofSeconds(2);
    private static final long MOST_BYTES = 256L << 20;
    private static final int LONGEST_MESSAGE = 5_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Loads from a file. */
    @FunctionalInterface
    public interface Loader {
        /**
         * Loads.
         *
         * @param file to be loaded
         * @return what is to be closed of it; null for nothing
         * @throws IOException as documented
         */
        AutoCloseable load(Path file) throws IOException;
    }

    private LoaderBounds() {}

    /**
     * Gives a loader a file.
     *
     * @param content of the file
     * @param file where it is written and deleted again
     * @param loader given it
     * @return whether it was loaded, not refused
     */
    public static boolean loads(byte[] content, Path file, Loader loader) {
        try {
            Files.write(file, content);
            try {
                return loads(file, loader);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Gives a loader a file that is there.
     *
     * @param file given to it
     * @param loader given it
     * @return whether it was loaded, not refused
     */
    public static boolean loads(Path file, Loader loader) {
        long held = MemoryOwner.liveBytes();
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long started = THREADS.getCurrentThreadCpuTime();
        boolean loaded = false;
        try {
            AutoCloseable content = loader.load(file);
            loaded = true;
            allocated -= MemoryOwner.liveBytes() - held;
            if (content != null) {
                content.close();
            }
        } catch (BadFileException | IOException e) {
            checkMessage(file, e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("closing what was loaded failed", e);
        }
        Duration took = Duration.ofNanos(THREADS.getCurrentThreadCpuTime() - started);
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - allocated;
        assertTrue(took.compareTo(MOST_TIME) < 0, () -> "took " + took + " of processor time");
        assertTrue(bytes < MOST_BYTES, () -> "took " + bytes + " bytes of memory");
        assertEquals(held, MemoryOwner.liveBytes(), "bytes held off the heap afterwards");
        return loaded;
    }

    private static void checkMessage(Path file, Exception refusal) {
        String message = refusal.getMessage();
        if (message == null
                || message.length() > LONGEST_MESSAGE
                || !message.contains(file.getFileName().toString())
                || !message.lines().allMatch(PrintableText::isPrintable)) {
            throw new AssertionError(
                    "expected a message that names the file, is printable and of at most " + LONGEST_MESSAGE
                            + " characters",
                    refusal);
        }
    }

    /**
     * Gives every file that is cut off to a consumer, the empty one first.
     *
     * @param valid a whole file
     * @param each told of each beginning of it
     */
    public static void cutOff(byte[] valid, Consumer<byte[]> each) {
        for (int length = 0; length < valid.length; length++) {
            each.accept(Arrays.copyOf(valid, length));
        }
    }

    /**
     * Gives every file that differs in one byte of its beginning to a consumer: all its bits other, the lowest, or a
     * digit or bracket in its place.
     *
     * @param valid a whole file
     * @param length of the beginning
     * @param each told of each corrupted file
     */
    public static void corrupted(byte[] valid, int length, Consumer<byte[]> each) {
        for (int place = 0; place < length; place++) {
            byte right = valid[place];
            for (int wrong : new int[] {~right, right ^ 1, '9', ']'}) {
                byte[] corrupted = valid.clone();
                corrupted[place] = (byte) wrong;
                if (corrupted[place] != right) {
                    each.accept(corrupted);
                }
            }
        }
    }
}
