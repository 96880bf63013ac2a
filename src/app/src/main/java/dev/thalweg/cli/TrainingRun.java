package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.ChannelStatistics;
import dev.thalweg.data.DataSplit;
import dev.thalweg.report.ConsoleProgress;
import dev.thalweg.report.CsvLog;
import dev.thalweg.report.TensorBoardLog;
import dev.thalweg.train.Callback;
import dev.thalweg.train.Fit;
import dev.thalweg.train.GradientWatch;
import dev.thalweg.train.History;
import dev.thalweg.train.ModelCheckpoint;
import dev.thalweg.train.Monitor;
import dev.thalweg.train.StopOnShutdown;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One training on pictures that are read. Until it has ended, none of those to test with is looked at. */
final class TrainingRun implements AutoCloseable {
    /**
     * Batches between looks at the gradients; a network found dead so often in a row as GradientWatch waits ends the
     * training.
     */
    private static final int WATCH_EVERY = 10;

    private final TrainingRecipe recipe;
    private final DataSplit pictures;
    private final PreparedTraining prepared;
    private final GradientWatch watch = new GradientWatch(WATCH_EVERY);

    /**
     * Makes the model.
     *
     * @param start what it begins with; empty for first weights
     * @param pictures must stay open
     * @throws IOException if its teacher cannot be read
     */
    TrainingRun(TrainingRecipe recipe, Optional<TrainedModel> start, DataSplit pictures) throws IOException {
        this.recipe = recipe;
        this.pictures = pictures;
        this.prepared = new PreparedTraining(recipe, start, pictures.train(), ChannelStatistics::standardization);
    }

    Model model() {
        return prepared.model();
    }

    DataSplit pictures() {
        return pictures;
    }

    List<GradientWatch.Sample> gradients() {
        return watch.samples();
    }

    /**
     * Trains; then the weights are those that are to be used.
     *
     * @param files where it leaves what it leaves
     * @param resume whether it goes on from the last checkpoint there
     * @return the epochs; empty where the training was interrupted
     * @throws IllegalStateException if the network was found dead
     */
    Optional<History> train(RunFiles files, boolean resume, StopOnShutdown interrupt) {
        History history =
                fit(resume ? Optional.of(files.checkpoints()) : Optional.empty(), callbacks(files, interrupt));
        if (watch.diagnosis().isPresent()) {
            throw new IllegalStateException(watch.diagnosis().get());
        }
        if (interrupt.asked()) {
            return Optional.empty();
        }
        settle(history);
        return Optional.of(history);
    }

    /**
     * Trains, from the last checkpoint in a folder on if one is given.
     *
     * @param callbacks to be told of it
     */
    History fit(Optional<Path> checkpoints, List<Callback> callbacks) {
        Fit fit = pictures.validation()
                .map(prepared.fit()::validation)
                .orElse(prepared.fit())
                .callbacks(callbacks);
        return model().fit(pictures.train(), checkpoints.map(fit::resume).orElse(fit));
    }

    /** See {@link PreparedTraining#settle}. */
    void settle(History history) {
        prepared.settle(history);
    }

    private List<Callback> callbacks(RunFiles files, StopOnShutdown interrupt) {
        List<Callback> callbacks = new ArrayList<>(List.of(
                new ConsoleProgress(),
                interrupt,
                watch,
                new CsvLog(files.history()),
                new TensorBoardLog(files.tensorBoard()),
                prepared.judges()
                        .best()
                        .map(monitor -> new ModelCheckpoint(files.checkpoints(), recipe.keep(), monitor))
                        .orElseGet(() -> new ModelCheckpoint(files.checkpoints(), recipe.keep()))));
        callbacks.addAll(prepared.judges().callbacks());
        return callbacks;
    }

    /** The best epoch's checkpoint, where one is kept. */
    Optional<Path> best(RunFiles files) throws IOException {
        Optional<Monitor> monitor = prepared.judges().best();
        return monitor.isPresent() ? ModelCheckpoint.best(files.checkpoints(), monitor.get()) : Optional.empty();
    }

    @Override
    public void close() {
        prepared.close();
    }
}
