package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
    private static final List<String> CLASSES = List.of("a", "b", "c");

    @TempDir
    private Path directory;

    private static byte[] images(int magic, int count, int height, int width, int bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out);
        for (int header : new int[] {magic, count, height, width}) {
            data.writeInt(header);
        }
        for (int i = 0; i < bytes; i++) {
            data.writeByte(i);
        }
        return out.toByteArray();
    }

    private static byte[] labels(int magic, int count, int... labels) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(out);
        data.writeInt(magic);
        data.writeInt(count);
        for (int label : labels) {
            data.writeByte(label);
        }
        return out.toByteArray();
    }

    private Path write(String name, byte[] content, boolean gzip) throws IOException {
        Path file = directory.resolve(name);
        try (OutputStream out =
                gzip ? new GZIPOutputStream(Files.newOutputStream(file)) : Files.newOutputStream(file)) {
            out.write(content);
        }
        return file;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readsPlainAndGzippedFiles(boolean gzip) throws IOException {
        Path images = write("images", images(0x803, 3, 2, 4, 24), gzip);
        Path labels = write("labels", labels(0x801, 3, 2, 0, 1), gzip);
        try (ImageDataset data = Idx.read(images, labels, CLASSES)) {
            assertEquals(3, data.size());
            assertEquals(Shape.of(1, 2, 4), data.imageShape());
            assertEquals(List.of(2, 0, 1), List.of(data.label(0), data.label(1), data.label(2)));
            assertArrayEquals(
                    new byte[] {8, 9, 10, 11, 12, 13, 14, 15}, data.pixels(1).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private void bad(byte[] images, byte[] labels, String... parts) throws IOException {
        bad(write("images", images, false), write("labels", labels, false), parts);
    }

    private static void bad(Path images, Path labels, String... parts) {
        String message = assertThrows(BadFileException.class, () -> Idx.read(images, labels, CLASSES))
                .getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), part + " not in: " + message);
        }
    }

    @Test
    void badFilesAreNamedWithOffsetGotAndExpected() throws IOException {
        byte[] images = images(0x803, 3, 2, 2, 12);
        byte[] labels = labels(0x801, 3, 0, 1, 2);
        bad(images(0x903, 3, 2, 2, 12), labels, "images at byte 0", "0x00000903", "0x00000803");
        bad(images, labels(0x803, 3, 0, 1, 2), "labels at byte 0", "0x00000803", "0x00000801");
        bad(
                images(0x803, 3, 2, 2, 10),
                labels,
                "images at byte 16",
                "expected 12 bytes of pictures [3, 2, 2]",
                "holds 10 more");
        bad(images(0x803, 100_000_000, 100_000_000, 1, 0), labels, "images at byte 4", "2^40");
        bad(images(0x803, 65_536, 65_536, 256, 0), labels, "images at byte 16", "expected 1099511627776 bytes");
        bad(
                images(0x803, 100_000_000, 1, 1, 12),
                labels,
                "images at byte 16",
                "expected 100000000 bytes",
                "holds 12 more");
        bad(images(0x803, 3, 2, 2, 13), labels, "images at byte 28", "expected its end");
        bad(images, labels(0x801, 3, 0, 1), "labels at byte 8", "expected 3 bytes", "holds 2 more");
        bad(images, labels(0x801, 3, 0, 7, 1), "labels at byte 9", "label 7", "0 to 2");
        bad(images, labels(0x801, 2, 0, 1), "labels at byte 4", "got 2 labels", "expected 3");
        bad(images(0x803, -1, 2, 2, 12), labels, "images at byte 4", "got -1");
        bad(new byte[2], labels, "images at byte 2", "magic number");
    }

    @Test
    void aCutOffGzipFileIsReported() throws IOException {
        Path images = write("images.gz", images(0x803, 30, 20, 20, 12_000), true);
        byte[] whole = Files.readAllBytes(images);
        Files.write(images, Arrays.copyOf(whole, whole.length / 2));
        bad(images, write("labels", labels(0x801, 30, new int[30]), false), "images.gz", "compressed data ends");
        whole[whole.length / 2] ^= 0x55;
        bad(
                Files.write(images, whole),
                write("labels", labels(0x801, 30, new int[30]), false),
                "images.gz",
                "compressed data");
        bad(
                Files.write(images, new byte[] {0x1f, (byte) 0x8b, 1}),
                write("labels", labels(0x801, 30, new int[30]), false),
                "images.gz at byte 0",
                "begin");
    }

    @Test
    void aGzipFileThatPromisesFarMoreThanItsSizeIsRefusedBeforeItIsRead() throws IOException {
        Path images = write("images.gz", images(0x803, 1_000, 1_000, 1_000, 0), true);
        bad(
                images,
                write("labels", labels(0x801, 1_000), false),
                "images.gz at byte 16",
                "expected 1000000000 bytes",
                "16777200 more at most");
    }

    @Test
    void aDirectoryWithoutTheFilesSaysWhichIsMissing() {
        String message = assertThrows(BadFileException.class, () -> Idx.readDirectory(directory))
                .getMessage();
        assertTrue(message.contains("train-images-idx3-ubyte"), message);
    }
}
