package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Datasets;
import dev.thalweg.data.Folds;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.Reading;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.TestPictures;
import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which pictures; shared by the commands. */
final class DataOptions {
    private enum BadFile {
        FAIL,
        SKIP;

        /** As it is typed. */
        @Override
        public String toString() {
            return EnumWords.of(this);
        }
    }

    private static final String BUILTIN = "builtin";
    private static final String FASHION_MNIST = "fashion-mnist";
    private static final String CIFAR10 = "cifar10";
    private static final Set<String> NAMED = Set.of(BUILTIN, FASHION_MNIST, CIFAR10);

    @Option(
            names = "--data",
            paramLabel = "DATA",
            description = "builtin (shapes it draws itself), fashion-mnist, cifar10, or a place: a folder with one "
                    + "sub-folder of pictures for"
                    + " each class, or such sub-folders in train, val and test; a directory of IDX or CIFAR "
                    + "files, or"
                    + " CIFAR's .tar.gz; a folder packed as .zip or .tar; WebDataset's .tar, several of them in a"
                    + " directory or as in shards/{000..012}.tar; Hugging Face's .parquet, one or several"
                    + " likewise; or a .csv as of --targets, with paths from where it lies"
                    + " (default: ${DEFAULT-VALUE}).")
    private String data = BUILTIN;

    @Option(
            names = "--targets",
            paramLabel = "FILE",
            description =
                    "A CSV file that says what is to be learnt of the pictures in the folder --data, which needs no"
                            + " sub-folders then: first a column with each picture's path from the folder on, then a"
                            + " column labels with the name of its class, or the names of its"
                            + " labels with ; between them;"
                            + " or a column of numbers for each output. The first line names the columns.")
    private @Nullable Path targets;

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

    @Mixin
    private SeedOption seed;

    long seed() {
        return seed.seed();
    }

    /** What the pictures are trained for, where a table says it. */
    Optional<Path> targets() {
        return Optional.ofNullable(targets)
                .or(() -> Optional.of(data).filter(DataOptions::isTable).map(Path::of));
    }

    private static boolean isTable(String place) {
        return place.toLowerCase(Locale.ROOT).endsWith(".csv") && Files.isRegularFile(Path.of(place));
    }

    /** Where the pictures lie: with a table as the data, in its folder. */
    private Path place() {
        Path given = Path.of(data);
        Path around = given.getParent();
        return targets == null && isTable(data) ? around == null ? Path.of(".") : around : given;
    }

    /**
     * Reads the pictures to train with, with some to validate with if a share above 0 is asked for or they have a part
     * for it. A folder's pictures come to the size that a model takes, where there is one already.
     */
    DataSplit read(PictureOptions pictures, double validation, Optional<Model> start) throws IOException {
        Optional<DataSplit> parts = readParts();
        if (parts.isEmpty()) {
            return toTrain(pictures, start).validation(validation).read();
        }
        try (Scope opening = new Scope()) {
            DataSplit split = checked(opening.own(parts.get()), pictures);
            DataSplit validated = validation == 0 ? split : split.withValidation(validation, seed());
            opening.handOver();
            return validated;
        }
    }

    /** Reads the pictures to cross-validate with: those kept for the test in a part of their own are not looked at. */
    Folds readFolds(PictureOptions pictures, int folds, Optional<Model> start) throws IOException {
        Optional<DataSplit> parts = readParts();
        if (parts.isEmpty()) {
            return toTrain(pictures, start).readFolds(folds);
        }
        try (DataSplit split = parts.get()) {
            return Folds.of(checked(split, pictures), folds, seed());
        }
    }

    /** A folder's pictures to train with. */
    private ImageFolder toTrain(PictureOptions pictures, Optional<Model> start) throws IOException {
        ImageFolder folder = pictures.applyTo(folder(pictures.task(), Optional.empty()), start);
        if (pictures.validationChosen() && folder.hasValidation()) {
            throw validatesItself();
        }
        return folder;
    }

    private WrongArgumentException validatesItself() {
        return new WrongArgumentException(
                "--validation", "none, as " + data + " has a part to validate with", "a share");
    }

    /** Refuses what has no effect on pictures that come in parts. */
    private DataSplit checked(DataSplit split, PictureOptions pictures) {
        if (stream || onBadFile == BadFile.SKIP || pictures.folderWanted()) {
            throw new WrongArgumentException("--data " + data + " is no folder of pictures: expected no --image-size,"
                    + " --channels, --resize, --task, --stream and --on-bad-file with it");
        }
        if (pictures.validationChosen() && split.validation().isPresent()) {
            throw validatesItself();
        }
        return split;
    }

    /**
     * Pictures to be looked at before they are read.
     *
     * @param pictures of files, no more than the headers is read
     * @param folder whether they are files
     */
    record Survey(DataSplit pictures, boolean folder) implements AutoCloseable {
        @Override
        public void close() {
            pictures.close();
        }
    }

    /** Looks at the pictures to train with. */
    Survey survey(PictureOptions pictures) throws IOException {
        Optional<DataSplit> parts = readParts();
        return parts.isPresent()
                ? new Survey(parts.get(), false)
                : new Survey(
                        pictures.applyTo(folder(pictures.task(), Optional.empty()), Optional.empty())
                                .streamed(true)
                                .read(),
                        true);
    }

    /** Reads what a model is to be tested on. */
    TestPictures readTest(Model model) throws IOException {
        Optional<DataSplit> parts = readParts();
        if (parts.isPresent()) {
            parts.get().train().close();
            return new TestPictures(parts.get().test(), true, 0, Reading.NOTHING);
        }
        ImageFolder folder = folder(Optional.empty(), Optional.of(model.targets()))
                .imageShape(model.network().input())
                .resize(model.provenance().resize());
        return (targets().isEmpty() ? folder.classNames(model.targets().names()) : folder).readTest(model.provenance());
    }

    /** Reads what a model is trained with, brought to its size. */
    DataSplit readTraining(Model model) throws IOException {
        Optional<DataSplit> parts = readParts();
        return parts.isPresent()
                ? parts.get()
                : folder(Optional.empty(), Optional.of(model.targets()))
                        .imageShape(model.network().input())
                        .resize(model.provenance().resize())
                        .read();
    }

    private ImageFolder folder(Optional<Task> task, Optional<TargetSpec> known) throws IOException {
        ImageFolder folder =
                ImageFolder.of(place()).seed(seed()).streamed(stream).skipsBad(onBadFile == BadFile.SKIP);
        Optional<Path> table = targets();
        return table.isEmpty()
                ? folder
                : folder.targets(new TableTargets(TargetTable.read(table.get()), task, known).read());
    }

    /** A data set that comes in parts; empty where the place holds a folder of pictures. */
    private Optional<DataSplit> readParts() throws IOException {
        if (targets().isPresent()) {
            if (NAMED.contains(data)) {
                throw new WrongArgumentException(
                        "--targets has no effect with --data " + data + ": expected a folder of pictures with it");
            }
            return Optional.empty();
        }
        return switch (data) {
            case BUILTIN -> Optional.of(Datasets.builtin(seed()));
            case FASHION_MNIST -> Optional.of(Datasets.fashionMnist());
            case CIFAR10 -> Optional.of(Datasets.cifar10());
            default -> Datasets.readParts(Path.of(data));
        };
    }
}
