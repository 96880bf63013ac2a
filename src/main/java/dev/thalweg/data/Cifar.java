package dev.thalweg.data;

import dev.thalweg.format.BadFileException;
import dev.thalweg.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009), from a directory or the {@code .tar.gz} as published. A
 * record is one label byte (CIFAR-100: a coarse and a fine one) and 3072 bytes of a picture {@code [3, 32, 32]}.
 */
public final class Cifar {
    private static final int PICTURE = 3 * 32 * 32;

    /** The two data sets, by how they store their records. */
    private enum Kind {
        TEN(1, 10, "batches.meta.txt", "data_batch_\\d+\\.bin", "test_batch.bin"),
        HUNDRED(2, 100, "fine_label_names.txt", "train.bin", "test.bin");

        private final int labelBytes;
        private final int classes;
        private final String namesFile;
        private final String trainFiles;
        private final String testFile;

        Kind(int labelBytes, int classes, String namesFile, String trainFiles, String testFile) {
            this.labelBytes = labelBytes;
            this.classes = classes;
            this.namesFile = namesFile;
            this.trainFiles = trainFiles;
            this.testFile = testFile;
        }
    }

    private record Records(List<byte[]> pictures, List<Integer> labels) {
        Records() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    private Cifar() {
    }

    /**
     * Reads CIFAR-10 or CIFAR-100, whichever it is.
     *
     * @param source the directory with the {@code .bin} files, or the {@code .tar.gz}
     * @return the training and the test pictures, {@code [3, 32, 32]}
     * @throws IOException if it cannot be read
     * @throws BadFileException if files are missing, cut off, or have labels out of range
     */
    public static DataSplit read(Path source) throws IOException {
        // Sorted by name, so that archive and directory give the pictures in the same order.
        TreeMap<String, byte[]> files = Files.isDirectory(source) ? directory(source) : archive(source);
        for (Kind kind : Kind.values()) {
            if (files.containsKey(kind.testFile)) {
                return split(kind, source, files);
            }
        }
        throw new BadFileException(source, "expected the files data_batch_1.bin … and test_batch.bin of CIFAR-10, or train.bin and test.bin of"
                + " CIFAR-100, found " + files.keySet());
    }

    static boolean isIn(Path directory) {
        return Files.exists(directory.resolve("test_batch.bin")) || Files.exists(directory.resolve("test.bin"));
    }

    private static TreeMap<String, byte[]> directory(Path directory) throws IOException {
        TreeMap<String, byte[]> files = new TreeMap<>();
        try (var children = Files.newDirectoryStream(directory, "*.{bin,txt}")) {
            for (Path child : children) {
                files.put(child.getFileName().toString(), Files.readAllBytes(child));
            }
        }
        return files;
    }

    private static TreeMap<String, byte[]> archive(Path file) throws IOException {
        TreeMap<String, byte[]> files = new TreeMap<>();
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                TarArchiveInputStream tar = new TarArchiveInputStream(new GzipCompressorInputStream(raw))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = Path.of(entry.getName()).getFileName().toString();
                if (entry.isFile() && name.matches(".*\\.(bin|txt)")) {
                    files.put(name, tar.readAllBytes());
                }
            }
        } catch (IOException e) {
            if (Files.isReadable(file)) {
                throw new BadFileException(file, "expected a complete .tar.gz: " + e.getMessage(), e);
            }
            throw e;
        }
        return files;
    }

    private static DataSplit split(Kind kind, Path source, TreeMap<String, byte[]> files) {
        List<String> classNames = classNames(kind, files);
        Records train = new Records();
        files.forEach((name, bytes) -> {
            if (name.matches(kind.trainFiles)) {
                add(kind, source.resolve(name), bytes, train);
            }
        });
        if (train.pictures().isEmpty()) {
            throw new BadFileException(source, "expected training files " + kind.trainFiles + ", found " + files.keySet());
        }
        Records test = new Records();
        add(kind, source.resolve(kind.testFile), files.get(kind.testFile), test);
        return new DataSplit(dataset("CIFAR train", train, classNames), dataset("CIFAR test", test, classNames));
    }

    private static List<String> classNames(Kind kind, TreeMap<String, byte[]> files) {
        byte[] text = files.get(kind.namesFile);
        List<String> names = text == null ? List.of()
                : new String(text, StandardCharsets.UTF_8).lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        return names.size() == kind.classes ? names : IntStream.range(0, kind.classes).mapToObj(Integer::toString).toList();
    }

    private static void add(Kind kind, Path file, byte[] bytes, Records records) {
        int record = kind.labelBytes + PICTURE;
        if (bytes.length % record != 0 || bytes.length == 0) {
            throw new BadFileException(file, bytes.length, "the file ends here, expected whole records of " + record + " bytes; it is cut off");
        }
        for (int offset = 0; offset < bytes.length; offset += record) {
            int label = Byte.toUnsignedInt(bytes[offset + kind.labelBytes - 1]);
            if (label >= kind.classes) {
                throw new BadFileException(file, offset + kind.labelBytes - 1, "got label " + label + ", expected 0 to " + (kind.classes - 1));
            }
            records.labels().add(label);
            byte[] picture = new byte[PICTURE];
            System.arraycopy(bytes, offset + kind.labelBytes, picture, 0, PICTURE);
            records.pictures().add(picture);
        }
    }

    private static ImageDataset dataset(String name, Records records, List<String> classNames) {
        return ImageDataset.of(name, Shape.of(3, 32, 32), classNames, records.labels().stream().mapToInt(Integer::intValue).toArray(),
                (i, target) -> target.copyFrom(MemorySegment.ofArray(records.pictures().get(i))));
    }
}
