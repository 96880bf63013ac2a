package dev.thalweg.cli;

import dev.thalweg.files.ClaimedFolder;
import dev.thalweg.text.Counted;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The folder that a training leaves. */
final class TrainingFolder {
    private static final String FOLDS = "folds.csv";
    private static final String PREDICTIONS = "predictions.csv";
    private static final String FOLD = "fold-";
    private static final Pattern OURS =
            Pattern.compile(Stream.concat(RunFiles.NAMES.stream(), Stream.of(FOLDS, PREDICTIONS))
                            .map(Pattern::quote)
                            .collect(Collectors.joining("|"))
                    + "|" + FOLD + "\\d+");
    /** How many things an error message names. */
    private static final int NAMED = 5;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the model, the report, the history, checkpoints and TensorBoard's files: a new or"
                    + " empty one, or an earlier training's (default: runs/DATE-TIME).")
    private @Nullable Path output;

    private @Nullable Path made;

    /**
     * Looks whether a training may write there, before anything is done for it.
     *
     * @param resume whether it shall go on from an earlier one
     * @param folded whether it is a training for each fold
     * @throws WrongArgumentException if there is something that no training left, or checkpoints to go on from and it
     *         shall not, or none and it shall
     */
    void check(boolean resume, boolean folded) throws IOException {
        if (resume && !begun()) {
            throw new WrongArgumentException(
                    "--resume: expected --output to name the folder of an earlier training, found none in "
                            + named().map(Path::toString).orElse("its place"));
        }
        if (output == null || Files.notExists(output)) {
            return;
        }
        if (!Files.isDirectory(output)) {
            // Whether it is there cannot be told of what lies in a closed folder: this says why.
            output.getFileSystem().provider().checkAccess(output);
            throw new WrongArgumentException("--output " + output + ": expected a folder, found a file");
        }
        if (!resume && hasCheckpoints(output)) {
            throw new WrongArgumentException("--output " + output
                    + " holds checkpoints of an earlier training: expected --resume to go on from them, or another"
                    + " folder");
        }
        if (resume && (folded ? new RunFiles(output) : fold(output, 0)).isBegun()) {
            throw new WrongArgumentException("--resume: " + output
                    + (folded
                            ? " holds a training without folds: expected no --folds"
                            : " holds trainings for folds: expected --folds with it, as before"));
        }
        if (begun()) {
            return;
        }
        try (Stream<Path> files = Files.list(output)) {
            List<String> foreign = files.map(f -> f.getFileName().toString())
                    .filter(name -> !OURS.matcher(name).matches())
                    .sorted()
                    .toList();
            if (!foreign.isEmpty()) {
                throw new WrongArgumentException("--output " + output
                        + ": expected a new or empty folder, or one of an earlier training, found "
                        + Counted.of(foreign.size(), "other thing") + " in it: "
                        + foreign.stream().limit(NAMED).collect(Collectors.joining(", "))
                        + (foreign.size() > NAMED ? ", ..." : ""));
            }
        }
    }

    /** Makes the folder, and keeps other trainings out of it until the claim is closed. */
    ClaimedFolder claim() throws IOException {
        Path folder = output != null
                ? output
                : fresh(
                        Path.of("runs"),
                        DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
                                .format(LocalDateTime.now(ZoneId.systemDefault())));
        made = folder;
        return ClaimedFolder.claim(folder);
    }

    /** A folder that nobody else gets, also where two ask in the same second. */
    static Path fresh(Path parent, String name) throws IOException {
        Files.createDirectories(parent);
        for (int number = 1; ; number++) {
            Path folder = parent.resolve(number == 1 ? name : name + "-" + number);
            try {
                return Files.createDirectory(folder);
            } catch (FileAlreadyExistsException taken) {
                // Then the next number.
            }
        }
    }

    /** The folder named, if one is. */
    Optional<Path> named() {
        return Optional.ofNullable(output);
    }

    /** The folder named, or made. */
    Path path() {
        Path path = made != null ? made : output;
        if (path == null) {
            throw new IllegalStateException("the folder of this training is not made yet");
        }
        return path;
    }

    /** Whether a folder is named in which a training has begun. */
    boolean begun() {
        return output != null && isBegun(output);
    }

    static boolean isBegun(Path folder) {
        return Files.exists(folder.resolve(ClaimedFolder.MARK)) || hasCheckpoints(folder);
    }

    private static boolean hasCheckpoints(Path folder) {
        return new RunFiles(folder).isBegun() || fold(folder, 0).isBegun();
    }

    /** How to go on with a training that was interrupted. */
    String resumption() {
        return "Go on with: --output " + path() + " --resume";
    }

    /** What the training leaves. */
    RunFiles files() {
        return new RunFiles(path());
    }

    /** What the training for a fold, counted from 0, leaves. */
    RunFiles fold(int fold) {
        return fold(path(), fold);
    }

    private static RunFiles fold(Path folder, int fold) {
        return new RunFiles(folder.resolve(FOLD + (fold + 1)));
    }

    /** The table of the folds. */
    Path folds() {
        return path().resolve(FOLDS);
    }

    /** The table of what was said of each picture by the model that had not learnt from it. */
    Path predictions() {
        return path().resolve(PREDICTIONS);
    }
}
