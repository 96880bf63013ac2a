package dev.thalweg.cli;

import dev.thalweg.files.ClaimedFolder;
import dev.thalweg.text.Counted;
import dev.thalweg.train.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The folder that a training leaves. */
final class TrainingFolder {
    private static final String MODEL = "model.safetensors";
    private static final String HISTORY = "history.csv";
    private static final String REPORT = "report.html";
    private static final String RESULTS = "results.json";
    private static final String CHECKPOINTS = "checkpoints";
    private static final String TENSOR_BOARD = "tensorboard";
    private static final List<String> OURS = List.of(MODEL, HISTORY, REPORT, RESULTS, CHECKPOINTS, TENSOR_BOARD);
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
     * @throws WrongArgumentException if there is something that no training left, or checkpoints to go on from and it
     *         shall not, or none and it shall
     */
    void check(boolean resume) throws IOException {
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
        if (begun()) {
            return;
        }
        try (Stream<Path> files = Files.list(output)) {
            List<String> foreign = files.map(f -> f.getFileName().toString())
                    .filter(name -> !OURS.contains(name))
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
        return ModelCheckpoint.last(folder.resolve(CHECKPOINTS)).isPresent();
    }

    Path model() {
        return path().resolve(MODEL);
    }

    Path history() {
        return path().resolve(HISTORY);
    }

    Path report() {
        return path().resolve(REPORT);
    }

    Path checkpoints() {
        return path().resolve(CHECKPOINTS);
    }

    Path tensorBoard() {
        return path().resolve(TENSOR_BOARD);
    }
}
