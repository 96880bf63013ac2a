package dev.thalweg.data;

import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Data sets by name or place. Nothing is downloaded: named data sets are looked for where {@value #DIRECTORY_PROPERTY}
 * (system property) or {@value #DIRECTORY_VARIABLE} (environment) says, then where Debian's packages put them, then in
 * the current directory.
 */
public final class Datasets {
    /** The system property that names the directory under which named data sets lie. */
    public static final String DIRECTORY_PROPERTY = "thalweg.data";
    /** The environment variable that names the directory under which named data sets lie. */
    public static final String DIRECTORY_VARIABLE = "THALWEG_DATA";

    private static final int BUILTIN_TRAIN = 10_000;
    private static final int BUILTIN_TEST = 2_000;

    private Datasets() {}

    /**
     * Draws the built-in data set of shapes: 10,000 pictures to train on and 2,000 to test with.
     *
     * @param seed the same seed draws the same pictures
     * @return the pictures, {@code [3, 32, 32]}, 10 classes
     */
    public static DataSplit builtin(long seed) {
        return ShapesDataset.generate(BUILTIN_TRAIN, BUILTIN_TEST, seed);
    }

    /**
     * Reads Fashion-MNIST (Xiao et al. 2017).
     *
     * @return the pictures, {@code [1, 28, 28]}, 10 classes
     * @throws IOException if a file cannot be read
     * @throws BadFileException if it is not found or damaged
     */
    public static DataSplit fashionMnist() throws IOException {
        return Idx.readDirectory(find(
                "fashion-mnist",
                "install the Debian package dataset-fashion-mnist, or get its four IDX files",
                "fashion-mnist"));
    }

    /**
     * Reads CIFAR-10 (Krizhevsky 2009).
     *
     * @return the pictures, {@code [3, 32, 32]}, 10 classes
     * @throws IOException if a file cannot be read
     * @throws BadFileException if it is not found or damaged
     */
    public static DataSplit cifar10() throws IOException {
        return Cifar.read(find(
                "cifar10",
                "get the binary version, cifar-10-binary.tar.gz",
                "cifar-10-batches-bin",
                "cifar-10-binary.tar.gz",
                "cifar10"));
    }

    private static Path find(String name, String advice, String... candidates) throws BadFileException {
        String property = System.getProperty(DIRECTORY_PROPERTY);
        String chosen = property != null ? property : System.getenv(DIRECTORY_VARIABLE);
        List<Path> roots =
                chosen != null ? List.of(Path.of(chosen)) : List.of(Path.of("/usr/share/datasets"), Path.of(""));
        return roots.stream()
                .flatMap(root -> Stream.of(candidates).map(root::resolve))
                .filter(Files::exists)
                .findFirst()
                .orElseThrow(() -> new BadFileException(
                        roots.getFirst(),
                        "expected the data set " + name + " (" + String.join(" or ", candidates)
                                + ") in it, found none: " + advice + ", and set " + DIRECTORY_VARIABLE
                                + " to the directory that holds it"));
    }

    /**
     * Reads a data set that was published in parts, if one lies at a place: IDX or CIFAR files.
     *
     * @param place a directory, or CIFAR's {@code .tar.gz}
     * @return its training and test pictures; empty for a directory without such files, a folder of pictures for
     *         instance, and for a {@code .zip}, {@code .tar} or {@code .parquet}, which {@link ImageFolder} reads
     * @throws IOException if it cannot be read
     * @throws BadFileException if nothing lies there, or a file is damaged
     */
    public static Optional<DataSplit> readParts(Path place) throws IOException {
        if (Containers.isAt(place)) {
            return Optional.empty();
        }
        if (!Files.exists(place)) {
            throw new BadFileException(place, "there is no such file or directory");
        }
        if (Files.isRegularFile(place) || Cifar.isIn(place)) {
            return Optional.of(Cifar.read(place));
        }
        return Idx.isIn(place) ? Optional.of(Idx.readDirectory(place)) : Optional.empty();
    }

    /**
     * Reads whatever data set lies at a place: IDX files, CIFAR files, or a folder of pictures.
     *
     * @param place a directory, CIFAR's {@code .tar.gz}, or a folder's {@code .zip} or {@code .tar}
     * @param imageShape to what the pictures of a folder are brought, {@code [C, H, W]}; {@link ImageFolder} alone
     *         finds a size that fits
     * @param seed which pictures of a folder become test pictures
     * @return the pictures
     * @throws IOException if it cannot be read
     * @throws BadFileException if nothing that can be used lies there
     */
    public static DataSplit read(Path place, Shape imageShape, long seed) throws IOException {
        Optional<DataSplit> parts = readParts(place);
        return parts.isPresent()
                ? parts.get()
                : ImageFolder.of(place).imageShape(imageShape).seed(seed).read();
    }
}
