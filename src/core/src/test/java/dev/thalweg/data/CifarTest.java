package dev.thalweg.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarTest {
    @TempDir
    private Path directory;

    @Test
    void readsTheDirectory() throws IOException {
        CifarFiles.writeTen(directory);
        CifarFiles.checkTen(Cifar.read(directory));
    }

    @Test
    void readsTheFineLabelsOfCifar100() throws IOException {
        byte[] train = CifarFiles.records(2, 3, 99);
        train[0] = 17;
        Files.write(directory.resolve("train.bin"), train);
        Files.write(directory.resolve("test.bin"), CifarFiles.records(2, 0));
        Files.write(directory.resolve("coarse_label_names.txt"), "x\n".getBytes(StandardCharsets.UTF_8));
        try (DataSplit data = Cifar.read(directory)) {
            assertEquals(100, data.train().classNames().size());
            assertEquals(3, data.train().label(0));
            assertEquals(99, data.train().label(1));
        }
    }

    @Test
    void badFilesAreNamedWithOffsetGotAndExpected() throws IOException {
        CifarFiles.bad(directory, "expected the files data_batch_1.bin");
        CifarFiles.writeTen(directory);
        Files.write(directory.resolve("data_batch_2.bin"), Arrays.copyOf(CifarFiles.records(1, 1), 3000));
        CifarFiles.bad(directory, "data_batch_2.bin at byte 3000", "3073");
        byte[] wrong = CifarFiles.records(1, 1, 2);
        wrong[3073] = 12;
        Files.write(directory.resolve("data_batch_2.bin"), wrong);
        CifarFiles.bad(directory, "data_batch_2.bin at byte 3073", "label 12", "0 to 9");
    }

    @Test
    void namesThatSteerATerminalAreRefused() throws IOException {
        Files.write(directory.resolve("fine_label_names.txt"), "\u001b[2J\n".getBytes(StandardCharsets.UTF_8));
        Files.write(directory.resolve("train.bin"), CifarFiles.records(2, 3));
        Files.write(directory.resolve("test.bin"), CifarFiles.records(2, 0));
        CifarFiles.bad(directory, "fine_label_names.txt", "printable", "\uFFFD[2J");
    }
}
