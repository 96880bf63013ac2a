package dev.thalweg.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.files.AtomicFile;
import dev.thalweg.files.ClaimedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The folder that a tune leaves. */
final class TuneFolder {
    private static final String STATE = "tune.json";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Folder for the table of trials, the best one's model and report, checkpoints and"
                    + " TensorBoard's files: a new or empty one, or with --resume an earlier tune's (default:"
                    + " runs/tune-DATE-TIME).")
    private @Nullable Path output;

    @Option(
            names = "--resume",
            description = "Go on with the tune in the folder that --output names, with its options; a greater --budget"
                    + " or more --trials make it longer.")
    private boolean resume;

    private @Nullable Path made;

    boolean resumes() {
        return resume;
    }

    /**
     * Looks whether a tune may write there, before anything is done for it.
     *
     * @throws WrongArgumentException if it may not, or shall go on and there is nothing to go on with
     */
    void check() throws IOException {
        if (resume) {
            if (output == null || !Files.isRegularFile(output.resolve(STATE))) {
                throw new WrongArgumentException(
                        "--resume", "--output to name the folder of an earlier tune", output == null ? "none" : output);
            }
            return;
        }
        if (output == null || Files.notExists(output)) {
            return;
        }
        if (!Files.isDirectory(output)) {
            throw new WrongArgumentException("--output", "a folder", "the file " + output);
        }
        if (Files.exists(output.resolve(STATE))) {
            throw new WrongArgumentException("--output " + output
                    + " holds an earlier tune: expected --resume to go on with it, or another folder");
        }
        try (Stream<Path> files = Files.list(output)) {
            Optional<Path> other =
                    files.filter(file -> !file.endsWith(ClaimedFolder.MARK)).findFirst();
            if (other.isPresent()) {
                throw new WrongArgumentException("--output", "a new or empty folder", "one that holds " + other.get());
            }
        }
    }

    /** Makes the folder, and keeps others out of it until the claim is closed. */
    ClaimedFolder claim() throws IOException {
        made = output != null
                ? output
                : TrainingFolder.fresh(
                        Path.of("runs"),
                        "tune-"
                                + DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
                                        .format(LocalDateTime.now(ZoneId.systemDefault())));
        return ClaimedFolder.claim(made);
    }

    /** The folder named, or made. */
    Path path() {
        Path path = made != null ? made : output;
        if (path == null) {
            throw new IllegalStateException("the folder of this tune is not made yet");
        }
        return path;
    }

    /** {@return the tune that lies there} */
    TuneState read() throws IOException {
        Path file = path().resolve(STATE);
        try {
            return JSON.readValue(file.toFile(), TuneState.class);
        } catch (JacksonException e) {
            throw new IOException(file + " is not what a tune of this version wrote: " + e.getOriginalMessage(), e);
        }
    }

    void write(TuneState state) throws IOException {
        AtomicFile.write(
                path().resolve(STATE),
                out -> out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(state)));
    }

    private static String name(Trial trial) {
        return String.format(Locale.ROOT, "trial-%04d", trial.number());
    }

    private Path of(Trial trial) {
        return path().resolve("trials").resolve(name(trial));
    }

    Path checkpoints(Trial trial) {
        return of(trial).resolve("checkpoints");
    }

    Path history(Trial trial) {
        return of(trial).resolve("history.csv");
    }

    /** A run of its own for each trial, so that TensorBoard draws them over each other. */
    Path tensorBoard(Trial trial) {
        return path().resolve("tensorboard").resolve(name(trial));
    }

    Path table() {
        return path().resolve("trials.csv");
    }

    Path model() {
        return path().resolve("model.safetensors");
    }

    Path report() {
        return path().resolve("report.html");
    }

    /** Deletes the checkpoints of a trial that will not go on. */
    void discard(Trial trial) throws IOException {
        Path checkpoints = checkpoints(trial);
        if (Files.isDirectory(checkpoints)) {
            List<Path> files;
            try (Stream<Path> listed = Files.list(checkpoints)) {
                files = listed.toList();
            }
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(checkpoints);
        }
    }
}
