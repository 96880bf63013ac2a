package dev.thalweg.data;

import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.Counted;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The IDX format of MNIST and Fashion-MNIST (LeCun, Cortes and Burges, "The MNIST database"), plain or gzipped: a magic
 * number, big-endian extents, then bytes.
 */
public final class Idx {
    /** Three axes of unsigned bytes: grey pictures. */
    private static final int IMAGES_MAGIC = 0x803;
    /** One axis of unsigned bytes: labels. */
    private static final int LABELS_MAGIC = 0x801;

    private static final List<String> FASHION = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private Idx() {}

    /**
     * Reads a file of grey pictures and a file of their labels.
     *
     * @param images pictures, magic 0x803
     * @param labels labels, magic 0x801
     * @param classNames what the labels stand for
     * @return the pictures, {@code [1, H, W]}
     * @throws IOException if a file cannot be read
     * @throws BadFileException if a file is no such file, is cut off, has a label out of range, or the counts differ
     */
    public static ImageDataset read(Path images, Path labels, List<String> classNames) throws IOException {
        try (ByteReader in = ByteReader.open(images)) {
            int count = header(in, IMAGES_MAGIC, "IDX pictures");
            Shape all = shape(in, count, extent(in, "the pictures' height"), extent(in, "the pictures' width"));
            int[] classes = labels(labels, count, images, classNames.size());
            byte[] pixels = in.bytes(all.arrayLength(), "pictures " + all);
            in.expectEnd();
            int picture = pixels.length / count;
            return ImageDataset.of(
                    images.getFileName().toString(),
                    all.with(0, 1),
                    classNames,
                    classes,
                    (i, target) -> target.copyFrom(MemorySegment.ofArray(pixels).asSlice((long) i * picture, picture)));
        }
    }

    private static Shape shape(ByteReader in, int count, int height, int width) throws BadFileException {
        try {
            Shape shape = Shape.of(count, height, width);
            in.expectBytes(shape.elements(), "pictures " + shape);
            shape.arrayLength();
            return shape;
        } catch (ShapeException e) {
            throw new BadFileException(in.file(), Integer.BYTES, String.valueOf(e.getMessage()), e);
        }
    }

    private static int header(ByteReader in, int magic, String what) throws IOException {
        int got = in.bigEndianInt("the magic number");
        if (got != magic) {
            throw new BadFileException(
                    in.file(), 0, String.format("got magic number 0x%08x, expected 0x%08x for %s", got, magic, what));
        }
        return extent(in, "the count");
    }

    private static int extent(ByteReader in, String what) throws IOException {
        int value = in.bigEndianInt(what);
        if (value < 1 || value > 100_000_000) {
            throw new BadFileException(
                    in.file(), in.offset() - 4, "got " + value + " as " + what + ", expected 1 to 100,000,000");
        }
        return value;
    }

    private static int[] labels(Path file, int count, Path images, int classes) throws IOException {
        try (ByteReader in = ByteReader.open(file)) {
            int got = header(in, LABELS_MAGIC, "IDX labels");
            if (got != count) {
                throw new BadFileException(
                        file,
                        Integer.BYTES,
                        "got " + Counted.of(got, "label") + ", expected " + count + ", as many as pictures in "
                                + images);
            }
            in.expectBytes(count, "labels");
            byte[] bytes = in.bytes(count, "labels");
            in.expectEnd();
            for (int i = 0; i < bytes.length; i++) {
                if (Byte.toUnsignedInt(bytes[i]) >= classes) {
                    throw new BadFileException(
                            file,
                            2 * Integer.BYTES + i,
                            "got label " + Byte.toUnsignedInt(bytes[i]) + ", expected 0 to " + (classes - 1));
                }
            }
            return IntStream.range(0, bytes.length)
                    .map(i -> Byte.toUnsignedInt(bytes[i]))
                    .toArray();
        }
    }

    /**
     * Reads MNIST or Fashion-MNIST under the files' usual names, with or without {@code .gz}.
     *
     * @param directory where the four files lie
     * @return the training and the test pictures
     * @throws IOException if a file is missing or cannot be read
     * @throws BadFileException if a file is not what it should be
     */
    public static DataSplit readDirectory(Path directory) throws IOException {
        List<String> names = directory.toString().contains("fashion")
                ? FASHION
                : IntStream.range(0, 10).mapToObj(Integer::toString).toList();
        try (Scope opening = new Scope()) {
            ImageDataset train = opening.own(read(
                    find(directory, "train-images-idx3-ubyte"), find(directory, "train-labels-idx1-ubyte"), names));
            DataSplit both = new DataSplit(
                    train,
                    read(find(directory, "t10k-images-idx3-ubyte"), find(directory, "t10k-labels-idx1-ubyte"), names));
            opening.handOver();
            return both;
        }
    }

    static boolean isIn(Path directory) {
        return Files.exists(directory.resolve("train-images-idx3-ubyte"))
                || Files.exists(directory.resolve("train-images-idx3-ubyte.gz"));
    }

    private static Path find(Path directory, String name) throws IOException {
        for (String candidate : List.of(name, name + ".gz")) {
            if (Files.isRegularFile(directory.resolve(candidate))) {
                return directory.resolve(candidate);
            }
        }
        throw new BadFileException(directory, "expected a file " + name + " or " + name + ".gz in it, found neither");
    }
}
