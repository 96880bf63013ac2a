package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.thalweg.format.BadFileException;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What every format of pictures keeps to when its files are damaged. */
final class DamagedPictures {
    static final Shape SHAPE = Shape.of(3, 8, 8);

    private DamagedPictures() {}

    static byte[] read(Path file) throws IOException {
        byte[] pixels = new byte[SHAPE.arrayLength()];
        Pictures.write(file, SHAPE, Resize.STRETCH, MemorySegment.ofArray(pixels));
        return pixels;
    }

    /** {@return the message by which a file is refused} */
    static String refused(Path file) {
        return assertThrows(BadFileException.class, () -> read(file), file.toString())
                .getMessage();
    }

    /** A picture that is cut off is refused, or read as if it was whole because no more than its end is missing. */
    static void cutOff(Path folder, Map<String, byte[]> samples) throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, byte[]> sample : samples.entrySet()) {
            byte[] whole = sample.getValue();
            byte[] right = read(Files.write(folder.resolve(sample.getKey()), whole));
            for (int length = 0; length < whole.length; length += length < whole.length - 40 ? 11 : 1) {
                Path cut = Files.write(folder.resolve(sample.getKey()), Arrays.copyOf(whole, length));
                try {
                    if (!Arrays.equals(right, read(cut)) || length <= whole.length / 2) {
                        wrong.add(sample.getKey() + " cut off at " + length + " of " + whole.length);
                    }
                } catch (BadFileException e) {
                    assertTrue(e.getMessage().startsWith(cut + ": "), e.getMessage());
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    /** A picture with some other bytes is read or refused by the documented exception. */
    static void changed(Path folder, Map<String, byte[]> samples) throws IOException {
        long seed = 12;
        Random random = new Random(seed);
        for (Map.Entry<String, byte[]> sample : samples.entrySet()) {
            for (int round = 0; round < 100; round++) {
                byte[] changed = sample.getValue().clone();
                int within = random.nextBoolean() ? changed.length : Math.min(changed.length, 64);
                for (int i = random.nextInt(4); i >= 0; i--) {
                    changed[random.nextInt(within)] = (byte) random.nextInt(256);
                }
                Path file = Files.write(folder.resolve(sample.getKey()), changed);
                try {
                    Pictures.header(file);
                    read(file);
                } catch (BadFileException expected) {
                    assertFalse(expected.getMessage().isEmpty());
                } catch (Throwable e) {
                    throw new AssertionError(sample.getKey() + ", seed " + seed + ", round " + round, e);
                }
            }
        }
    }

    /** A header that promises much makes room for nothing. */
    static void refusedBeforeAnythingIsAllocated(Path file) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        String message = refused(file);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 4 << 20, file.getFileName() + " allocated " + allocated + " bytes: " + message);
    }
}
