package dev.thalweg;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A data set that is read and learnt in no time: IDX files of grey pictures, whose class is where they are light. */
public final class TinyPictures {
    private static final int CLASSES = 10;

    private TinyPictures() {}

    /** Writes it. */
    public static Path write(Path directory, int train, int test, int size) throws IOException {
        Files.createDirectories(directory);
        Random random = new Random(1);
        write(directory, "train", train, size, random);
        write(directory, "t10k", test, size, random);
        return directory;
    }

    private static void write(Path directory, String part, int count, int size, Random random) throws IOException {
        ByteArrayOutputStream images = new ByteArrayOutputStream();
        ByteArrayOutputStream labels = new ByteArrayOutputStream();
        DataOutputStream pixels = new DataOutputStream(images);
        DataOutputStream numbers = new DataOutputStream(labels);
        for (int header : new int[] {0x803, count, size, size}) {
            pixels.writeInt(header);
        }
        numbers.writeInt(0x801);
        numbers.writeInt(count);
        for (int i = 0; i < count; i++) {
            int label = i % CLASSES;
            numbers.writeByte(label);
            for (int pixel = 0; pixel < size * size; pixel++) {
                pixels.writeByte(random.nextInt(100) + (pixel * CLASSES / (size * size) == label ? 150 : 0));
            }
        }
        Files.write(directory.resolve(part + "-images-idx3-ubyte"), images.toByteArray());
        Files.write(directory.resolve(part + "-labels-idx1-ubyte"), labels.toByteArray());
    }
}
