package dev.thalweg.train;

import dev.thalweg.files.CheckpointName;
import dev.thalweg.files.ClaimedFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes a checkpoint after every epoch, before its validation and again with what that found, and where a training is
 * stopped within one, and keeps the last few. A validation that fails thus loses no epoch: resuming begins with it.
 * Each file is written under another name and moved, so that a crash leaves the one before. {@link Fit#resume} goes on
 * from them, and {@link #best} finds the best of them. One training at a time writes into a directory: a second one, of
 * whatever process, ends with an {@link IllegalStateException} before it begins.
 */
public final class ModelCheckpoint implements Callback {
    private final Path directory;
    private final int keep;
    /** Null where age alone decides what stays. */
    private final @Nullable Monitor best;

    private final boolean bestOnly;

    /**
     * Writes checkpoints.
     *
     * @param directory where; made if it is not there
     * @param keep how many stay, at least 1
     */
    public ModelCheckpoint(Path directory, int keep) {
        this(directory, keep, null);
    }

    /**
     * Writes checkpoints, of which that of the best epoch stays however old it is.
     *
     * @param directory where; made if it is not there
     * @param keep how many of the last stay besides, at least 1, as a training goes on from the last
     * @param best by which number epochs are judged; any improvement counts. Null where age alone decides what stays
     */
    public ModelCheckpoint(Path directory, int keep, @Nullable Monitor best) {
        this(directory, keep, best, false);
        if (keep < 1) {
            throw new IllegalArgumentException("checkpoints: at least 1 must be kept, got " + keep);
        }
    }

    private ModelCheckpoint(Path directory, int keep, @Nullable Monitor best, boolean bestOnly) {
        this.directory = Objects.requireNonNull(directory, "directory");
        this.keep = keep;
        this.best = best;
        this.bestOnly = bestOnly;
    }

    /**
     * {@return what keeps the checkpoint of the best epoch and no other, as Keras does by {@code save_best_only}: one
     * is written only at the end of an epoch that is better than all before. A training that is cut off or stopped goes
     * on from there, and what came after is lost}
     *
     * @param directory where; made if it is not there
     * @param monitor by which number epochs are judged; any improvement counts
     */
    public static ModelCheckpoint bestOnly(Path directory, Monitor monitor) {
        return new ModelCheckpoint(directory, 0, Objects.requireNonNull(monitor, "monitor"), true);
    }

    /**
     * {@return the last checkpoint in a directory}
     *
     * @param directory which; it need not exist
     */
    public static Optional<Path> last(Path directory) {
        List<Path> all = all(directory);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /**
     * {@return the checkpoint of the best epoch of those in a directory, a model too; the first of equals. Empty if
     * none stands at the end of an epoch in which the number was measured}
     *
     * @param directory which; it need not exist
     * @param monitor by which number epochs are judged
     * @throws IOException if a checkpoint cannot be read
     */
    public static Optional<Path> best(Path directory, Monitor monitor) throws IOException {
        Objects.requireNonNull(monitor, "monitor");
        List<Path> all = all(directory);
        if (all.isEmpty()) {
            return Optional.empty();
        }
        // The last one tells of all epochs; those whose checkpoints were deleted are out of the race.
        List<EpochResult> there = Checkpoint.progress(all.getLast()).epochs().stream()
                .map(Checkpoint.Epoch::result)
                .filter(e -> all.contains(directory.resolve(CheckpointName.of(e.epoch(), 0))))
                .toList();
        return bestEpoch(there, monitor).map(epoch -> directory.resolve(CheckpointName.of(epoch, 0)));
    }

    private static Optional<Integer> bestEpoch(List<EpochResult> epochs, Monitor monitor) {
        EpochResult best = null;
        for (EpochResult epoch : epochs) {
            if (monitor.isMeasured(epoch)
                    && monitor.better(monitor.of(epoch), best == null ? monitor.worst() : monitor.of(best), 0)) {
                best = epoch;
            }
        }
        return Optional.ofNullable(best).map(EpochResult::epoch);
    }

    private static List<Path> all(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(ModelCheckpoint::isNameOfOne).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a path is named as one checkpoint is, whether or not it is there. */
    static boolean isNameOfOne(Path path) {
        return CheckpointName.is(String.valueOf(path.getFileName()));
    }

    /**
     * Keeps other trainings, and what a killed one left half written, out of the directory.
     *
     * @return to be closed when the training is over
     * @throws IllegalStateException if another training writes there
     */
    ClaimedFolder claim() {
        try {
            return ClaimedFolder.claim(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Looks whether the directory is free, before any callback writes something.
     *
     * @throws IllegalStateException if it holds checkpoints of another training, which this one would delete
     */
    void checkFree(Training training) {
        Path last = last(directory).orElse(null);
        if (last != null && !isOf(training, last)) {
            throw new IllegalStateException(directory
                    + " holds checkpoints of an earlier training, expected none: go on from them with resume, or use"
                    + " another directory");
        }
    }

    /** Two trainings agree in no epoch: at least the time it took differs. */
    private static boolean isOf(Training training, Path checkpoint) {
        List<EpochResult> epochs = training.history().epochs();
        if (epochs.isEmpty()) {
            return training.withinEpoch();
        }
        try {
            List<EpochResult> kept = Checkpoint.progress(checkpoint).epochs().stream()
                    .map(Checkpoint.Epoch::result)
                    .toList();
            int common = Math.min(epochs.size(), kept.size());
            return common > 0 && epochs.subList(0, common).equals(kept.subList(0, common));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void onValidationBegin(Training training) {
        if (!bestOnly) {
            write(training);
        }
    }

    @Override
    public void onEpochEnd(Training training, EpochResult result) {
        if (best != null) {
            // Says so where it was not measured.
            best.of(result);
        }
        if (bestOnly && !kept(training).equals(Optional.of(directory.resolve(CheckpointName.of(result.epoch(), 0))))) {
            return;
        }
        write(training);
        // The one that was written before the validation holds nothing that this one does not.
        delete(directory.resolve(CheckpointName.of(training.history().epochs().size() - 1, training.batches())));
        deleteOld(training);
    }

    @Override
    public void onTrainEnd(Training training) {
        // A training that failed within an epoch keeps the checkpoint of the epoch before.
        if (!bestOnly
                && training.withinEpoch()
                && training.history().stopReason().isPresent()) {
            write(training);
            deleteOld(training);
        }
    }

    private void write(Training training) {
        try {
            training.checkpoint(directory.resolve(
                    CheckpointName.of(training.history().epochs().size(), training.batch())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void deleteOld(Training training) {
        List<Path> all = all(directory);
        Optional<Path> stays = kept(training);
        all.subList(0, Math.max(0, all.size() - keep)).stream()
                .filter(file -> !stays.equals(Optional.of(file)))
                .forEach(ModelCheckpoint::delete);
    }

    /** The checkpoint that stays however old it is. */
    private Optional<Path> kept(Training training) {
        return best == null
                ? Optional.empty()
                : bestEpoch(training.history().epochs(), best)
                        .map(epoch -> directory.resolve(CheckpointName.of(epoch, 0)));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
