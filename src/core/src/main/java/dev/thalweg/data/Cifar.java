package dev.thalweg.data;

import dev.thalweg.data.archive.ArchiveMember;
import dev.thalweg.data.archive.TarGzReader;
import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import dev.thalweg.picture.PicturesArtifact;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.PrintableText;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The binary versions of CIFAR-10 and CIFAR-100 (Krizhevsky 2009), from a directory or the {@code .tar.gz} as
 * published. A record is one label byte (CIFAR-100: a coarse and a fine one) and 3072 bytes of a picture {@code [3, 32,
 * 32]}. No file may have more records than the published one.
 */
public final class Cifar {
    private static final int PICTURE = 3 * 32 * 32;
    /** A published archive holds 186 million bytes. */
    private static final long MOST_ARCHIVED_BYTES = 200_000_000;

    private static final int MOST_NAMES_BYTES = 1 << 14;

    /** The two data sets, by how they store their records. */
    private enum Kind {
        TEN(
                1,
                10,
                "batches.meta.txt",
                10_000,
                "test_batch.bin",
                "data_batch_1.bin",
                "data_batch_2.bin",
                "data_batch_3.bin",
                "data_batch_4.bin",
                "data_batch_5.bin"),
        HUNDRED(2, 100, "fine_label_names.txt", 50_000, "test.bin", "train.bin");

        private final int labelBytes;
        private final int classes;
        private final String namesFile;
        private final int mostRecords;
        private final String testFile;
        private final List<String> trainFiles;

        Kind(int labelBytes, int classes, String namesFile, int mostRecords, String testFile, String... trainFiles) {
            this.labelBytes = labelBytes;
            this.classes = classes;
            this.namesFile = namesFile;
            this.mostRecords = mostRecords;
            this.testFile = testFile;
            this.trainFiles = List.of(trainFiles);
        }

        int recordBytes() {
            return labelBytes + PICTURE;
        }

        boolean hasRecords(String name) {
            return name.equals(testFile) || trainFiles.contains(name);
        }

        int mostBytes(String name) {
            return hasRecords(name) ? mostRecords * recordBytes() : MOST_NAMES_BYTES;
        }

        /** Which data set a file of this name belongs to, if to one. */
        static Optional<Kind> of(String name) {
            return Arrays.stream(values())
                    .filter(kind -> kind.namesFile.equals(name) || kind.hasRecords(name))
                    .findFirst();
        }
    }

    private Cifar() {}

    /**
     * Reads CIFAR-10 or CIFAR-100, whichever it is.
     *
     * @param source the directory with the {@code .bin} files, or the {@code .tar.gz}
     * @return the training and the test pictures, {@code [3, 32, 32]}
     * @throws IOException if it cannot be read
     * @throws BadFileException if files are missing, cut off or too large, or have labels out of range, or if it is an
     *     archive and the artifact {@code dev.thalweg:thalweg-pictures}, which reads those, is absent
     */
    public static DataSplit read(Path source) throws IOException {
        Map<String, byte[]> files = Files.isDirectory(source) ? directory(source) : archive(source);
        List<Kind> kinds = files.keySet().stream()
                .flatMap(name -> Kind.of(name).stream())
                .distinct()
                .filter(kind -> files.containsKey(kind.testFile))
                .toList();
        if (kinds.size() != 1) {
            throw new BadFileException(
                    source,
                    "expected the files data_batch_1.bin … and test_batch.bin of CIFAR-10, or train.bin and test.bin of"
                            + " CIFAR-100, found " + files.keySet()
                            + (Files.isDirectory(source)
                                    ? ""
                                    : "; a folder of pictures is read packed as .zip or .tar"));
        }
        return split(kinds.getFirst(), source, files);
    }

    static boolean isIn(Path directory) {
        return Arrays.stream(Kind.values()).anyMatch(kind -> Files.exists(directory.resolve(kind.testFile)));
    }

    private static Map<String, byte[]> directory(Path directory) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (var children = Files.newDirectoryStream(directory, "*.{bin,txt}")) {
            for (Path child : children) {
                String name = child.getFileName().toString();
                Optional<Kind> kind = Kind.of(name);
                if (kind.isPresent() && Files.isRegularFile(child)) {
                    try (InputStream in = Files.newInputStream(child)) {
                        files.put(name, content(child, kind.get().mostBytes(name), Files.size(child), in));
                    }
                }
            }
        }
        return files;
    }

    private static Map<String, byte[]> archive(Path file) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (InputStream archive = new BufferedInputStream(Files.newInputStream(file))) {
            reader(file).read(archive, MOST_ARCHIVED_BYTES, (member, content) -> take(file, member, content, files));
        } catch (BadFileException e) {
            throw e;
        } catch (IOException e) {
            if (Files.isReadable(file)) {
                throw new BadFileException(file, "expected a complete .tar.gz: " + e.getMessage(), e);
            }
            throw e;
        }
        return files;
    }

    private static TarGzReader reader(Path file) throws BadFileException {
        return PicturesArtifact.providers(TarGzReader.class).stream()
                .findFirst()
                .orElseThrow(() -> PicturesArtifact.absent(file, "a single file, expected to be a .tar.gz archive"));
    }

    private static void take(Path file, ArchiveMember member, InputStream content, Map<String, byte[]> files)
            throws IOException {
        String name = member.path().substring(member.path().lastIndexOf('/') + 1);
        Optional<Kind> kind = Kind.of(name);
        if (kind.isEmpty()) {
            return;
        }
        if (!member.plainFile() || files.containsKey(name)) {
            throw new BadFileException(
                    file, "its member " + name + " is sparse, there twice, or no file, expected one plain file");
        }
        files.put(name, content(file.resolve(name), kind.get().mostBytes(name), member.size(), content));
    }

    /** A file's bytes, for which no memory is taken before their count is found fit. */
    private static byte[] content(Path file, int most, long size, InputStream in) throws IOException {
        if (size > most) {
            throw new BadFileException(file, "got " + size + " bytes, expected at most " + most);
        }
        byte[] bytes = in.readNBytes((int) size);
        if (bytes.length < size) {
            throw new BadFileException(file, bytes.length, "the file ends here, expected " + size + " bytes");
        }
        return bytes;
    }

    private static DataSplit split(Kind kind, Path source, Map<String, byte[]> files) throws BadFileException {
        List<String> classNames = classNames(kind, source, files.getOrDefault(kind.namesFile, new byte[0]));
        Map<String, byte[]> training = among(files, kind.trainFiles);
        if (training.isEmpty()) {
            throw new BadFileException(
                    source, "expected training files " + kind.trainFiles + ", found " + files.keySet());
        }
        try (Scope opening = new Scope()) {
            ImageDataset train = opening.own(dataset("CIFAR train", kind, source, training, classNames));
            Map<String, byte[]> test = among(files, List.of(kind.testFile));
            DataSplit both = new DataSplit(train, dataset("CIFAR test", kind, source, test, classNames));
            opening.handOver();
            return both;
        }
    }

    private static Map<String, byte[]> among(Map<String, byte[]> files, List<String> names) {
        Map<String, byte[]> some = new TreeMap<>(files);
        some.keySet().retainAll(names);
        return some;
    }

    private static List<String> classNames(Kind kind, Path source, byte[] text) throws BadFileException {
        List<String> names = new String(text, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        if (!names.stream().allMatch(PrintableText::isPrintable)) {
            throw new BadFileException(
                    source.resolve(kind.namesFile),
                    "expected printable names of classes, got " + PrintableText.excerpt(names));
        }
        return names.size() == kind.classes
                ? names
                : IntStream.range(0, kind.classes).mapToObj(Integer::toString).toList();
    }

    private static ImageDataset dataset(
            String title, Kind kind, Path source, Map<String, byte[]> files, List<String> classNames)
            throws BadFileException {
        List<Integer> labels = new ArrayList<>();
        List<MemorySegment> pictures = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            add(kind, source.resolve(file.getKey()), file.getValue(), labels, pictures);
        }
        return ImageDataset.of(
                title,
                Shape.of(3, 32, 32),
                classNames,
                labels.stream().mapToInt(Integer::intValue).toArray(),
                (i, target) -> target.copyFrom(pictures.get(i)));
    }

    private static void add(Kind kind, Path file, byte[] bytes, List<Integer> labels, List<MemorySegment> pictures)
            throws BadFileException {
        int record = kind.recordBytes();
        if (bytes.length % record != 0 || bytes.length == 0) {
            throw new BadFileException(
                    file,
                    bytes.length,
                    "the file ends here, expected whole records of " + record + " bytes; it is cut off");
        }
        for (int offset = 0; offset < bytes.length; offset += record) {
            int label = Byte.toUnsignedInt(bytes[offset + kind.labelBytes - 1]);
            if (label >= kind.classes) {
                throw new BadFileException(
                        file,
                        offset + kind.labelBytes - 1,
                        "got label " + label + ", expected 0 to " + (kind.classes - 1));
            }
            labels.add(label);
            pictures.add(MemorySegment.ofArray(bytes).asSlice(offset + kind.labelBytes, PICTURE));
        }
    }
}
