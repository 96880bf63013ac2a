package dev.thalweg.cli;

import dev.thalweg.train.ModelCheckpoint;
import java.nio.file.Path;
import java.util.List;

/**
 * What a training leaves.
 *
 * @param folder all of it
 */
record RunFiles(Path folder) {
    private static final String MODEL = "model.safetensors";
    private static final String HISTORY = "history.csv";
    private static final String REPORT = "report.html";
    private static final String RESULTS = "results.json";
    private static final String CHECKPOINTS = "checkpoints";
    private static final String TENSOR_BOARD = "tensorboard";
    /** As they are called. */
    static final List<String> NAMES = List.of(MODEL, HISTORY, REPORT, RESULTS, CHECKPOINTS, TENSOR_BOARD);

    /** Whether there is a checkpoint to go on from. */
    boolean isBegun() {
        return ModelCheckpoint.last(checkpoints()).isPresent();
    }

    Path model() {
        return folder.resolve(MODEL);
    }

    Path history() {
        return folder.resolve(HISTORY);
    }

    Path report() {
        return folder.resolve(REPORT);
    }

    Path checkpoints() {
        return folder.resolve(CHECKPOINTS);
    }

    Path tensorBoard() {
        return folder.resolve(TENSOR_BOARD);
    }
}
