package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.format.BadFileException;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarTest {
    @TempDir
    private Path directory;

    /** Records whose pixels all are 10 times the label, red one more, green two, blue three. */
    static byte[] records(int labelBytes, int... labels) {
        byte[] bytes = new byte[labels.length * (labelBytes + 3072)];
        for (int i = 0; i < labels.length; i++) {
            int at = i * (labelBytes + 3072);
            bytes[at + labelBytes - 1] = (byte) labels[i];
            for (int p = 0; p < 3072; p++) {
                bytes[at + labelBytes + p] = (byte) (10 * labels[i] + 1 + p / 1024);
            }
        }
        return bytes;
    }

    private void writeTen() throws IOException {
        writeTen(directory);
    }

    /** Writes the files of a CIFAR-10 of three pictures to learn from and two to test with. */
    static void writeTen(Path directory) throws IOException {
        Files.write(directory.resolve("data_batch_1.bin"), records(1, 3, 1));
        Files.write(directory.resolve("data_batch_2.bin"), records(1, 9));
        Files.write(directory.resolve("test_batch.bin"), records(1, 0, 5));
        Files.writeString(
                directory.resolve("batches.meta.txt"),
                "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
    }

    static void checkTen(DataSplit data) {
        try (data) {
            assertEquals(Shape.of(3, 32, 32), data.train().imageShape());
            assertEquals(3, data.train().size());
            assertEquals(2, data.test().size());
            assertEquals("truck", data.train().classNames().get(data.train().label(2)));
            assertEquals(32, data.train().pixels(0).get(ValueLayout.JAVA_BYTE, 1024));
            assertEquals(93, data.train().pixels(2).get(ValueLayout.JAVA_BYTE, 3071));
        }
    }

    @Test
    void readsTheDirectory() throws IOException {
        writeTen();
        checkTen(Cifar.read(directory));
    }

    @Test
    void readsTheFineLabelsOfCifar100() throws IOException {
        byte[] train = records(2, 3, 99);
        train[0] = 17;
        Files.write(directory.resolve("train.bin"), train);
        Files.write(directory.resolve("test.bin"), records(2, 0));
        Files.write(directory.resolve("coarse_label_names.txt"), "x\n".getBytes(StandardCharsets.UTF_8));
        try (DataSplit data = Cifar.read(directory)) {
            assertEquals(100, data.train().classNames().size());
            assertEquals(3, data.train().label(0));
            assertEquals(99, data.train().label(1));
        }
    }

    @Test
    void badFilesAreNamedWithOffsetGotAndExpected() throws IOException {
        bad(directory, "expected the files data_batch_1.bin");
        writeTen();
        Files.write(directory.resolve("data_batch_2.bin"), Arrays.copyOf(records(1, 1), 3000));
        bad(directory, "data_batch_2.bin at byte 3000", "3073");
        byte[] wrong = records(1, 1, 2);
        wrong[3073] = 12;
        Files.write(directory.resolve("data_batch_2.bin"), wrong);
        bad(directory, "data_batch_2.bin at byte 3073", "label 12", "0 to 9");
    }

    @Test
    void namesThatSteerATerminalAreRefused() throws IOException {
        Files.write(directory.resolve("fine_label_names.txt"), "\u001b[2J\n".getBytes(StandardCharsets.UTF_8));
        Files.write(directory.resolve("train.bin"), records(2, 3));
        Files.write(directory.resolve("test.bin"), records(2, 0));
        bad(directory, "fine_label_names.txt", "printable", "\uFFFD[2J");
    }

    static void bad(Path source, String... parts) {
        String message =
                assertThrows(BadFileException.class, () -> Cifar.read(source)).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), part + " not in: " + message);
        }
    }
}
