package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Datasets;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.Reading;
import dev.thalweg.data.TestPictures;
import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which pictures; shared by the commands. */
final class DataOptions {
    private enum BadFile {
        FAIL,
        SKIP;

        /** For the help. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--data",
            paramLabel = "DATA",
            description = "builtin (shapes it draws itself), fashion-mnist, cifar10, or a place: a folder with one "
                    + "sub-folder of pictures for"
                    + " each class, or such sub-folders in train, val and test; a directory of IDX or CIFAR "
                    + "files, or"
                    + " CIFAR's .tar.gz"
                    + " (default: ${DEFAULT-VALUE}).")
    private String data = "builtin";

    @Option(
            names = "--stream",
            description = "Read a folder's pictures each time they are needed, for more than memory holds.")
    private boolean stream;

    @Option(
            names = "--on-bad-file",
            paramLabel = "DO",
            description = "What to do where pictures of a folder cannot be read: fail lists them, skip goes on without"
                    + " (default: ${DEFAULT-VALUE}).")
    private BadFile onBadFile = BadFile.FAIL;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of everything random; the same seed gives the same result (default: ${DEFAULT-VALUE}).")
    private long seed;

    long seed() {
        return seed;
    }

    /**
     * Reads the pictures to train with, with some to validate with if a share above 0 is asked for or they have a part
     * for it.
     */
    DataSplit read(PictureOptions pictures, double validation) throws IOException {
        Optional<DataSplit> parts = readParts();
        if (parts.isEmpty()) {
            return pictures.applyTo(folder()).validation(validation).read();
        }
        try (Scope opening = new Scope()) {
            DataSplit split = opening.own(parts.get());
            if (stream || onBadFile == BadFile.SKIP || pictures.folderWanted()) {
                throw new IllegalArgumentException(
                        "--data " + data + " is no folder of pictures: expected no --image-size,"
                                + " --channels, --resize, --stream and --on-bad-file with it");
            }
            DataSplit validated = validation == 0 ? split : split.withValidation(validation, seed);
            opening.handOver();
            return validated;
        }
    }

    /** Reads what a model is to be tested on. */
    TestPictures readTest(Model model) throws IOException {
        Optional<DataSplit> parts = readParts();
        if (parts.isPresent()) {
            parts.get().train().close();
            return new TestPictures(parts.get().test(), true, 0, Reading.NOTHING);
        }
        return folder().imageShape(model.network().input())
                .resize(model.provenance().resize())
                .classNames(model.targets().names())
                .readTest(model.provenance());
    }

    private ImageFolder folder() {
        ImageFolder folder = ImageFolder.of(Path.of(data)).seed(seed);
        return folder.streamed(stream).skipsBad(onBadFile == BadFile.SKIP);
    }

    /** A data set that comes in parts; empty where the place holds a folder of pictures. */
    private Optional<DataSplit> readParts() throws IOException {
        return switch (data) {
            case "builtin" -> Optional.of(Datasets.builtin(seed));
            case "fashion-mnist" -> Optional.of(Datasets.fashionMnist());
            case "cifar10" -> Optional.of(Datasets.cifar10());
            default -> Datasets.readParts(Path.of(data));
        };
    }
}
