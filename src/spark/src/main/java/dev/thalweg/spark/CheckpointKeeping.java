package dev.thalweg.spark;

import dev.thalweg.train.Callback;
import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Training;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps checkpoints where all executors of a later attempt find them; the leading replica does. */
final class CheckpointKeeping implements Callback {
    private final HadoopCheckpoints checkpoints;
    private final Path directory;
    private final int everyBatches;
    private final int batchesOfUpdate;

    /** Gradients that wait for an update are in no checkpoint: within an update there is none. */
    CheckpointKeeping(HadoopCheckpoints checkpoints, Path directory, int everyBatches, int batchesOfUpdate) {
        this.batchesOfUpdate = batchesOfUpdate;
        this.checkpoints = checkpoints;
        this.directory = directory;
        this.everyBatches = everyBatches;
    }

    @Override
    public void onBatchEnd(Training training, Progress progress) {
        int batch = training.batch();
        if (everyBatches > 0
                && batch % everyBatches == 0
                && batch % batchesOfUpdate == 0
                && batch < training.batches()) {
            keep(training);
        }
    }

    @Override
    public void onEpochEnd(Training training, EpochResult result) {
        keep(training);
    }

    /** A training that was stopped goes on where it stopped. */
    @Override
    public void onTrainEnd(Training training) {
        if (training.withinEpoch() && training.history().stopReason().isPresent()) {
            keep(training);
        }
    }

    private void keep(Training training) {
        Path file = directory.resolve("checkpoint.safetensors");
        try {
            training.checkpoint(file);
            checkpoints.put(file, training.history().epochs().size(), training.batch());
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
