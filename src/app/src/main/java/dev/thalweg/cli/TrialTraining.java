package dev.thalweg.cli;

import dev.thalweg.data.DataSplit;
import dev.thalweg.memory.Scope;
import dev.thalweg.report.CsvLog;
import dev.thalweg.report.TensorBoardLog;
import dev.thalweg.tensor.ThalwegException;
import dev.thalweg.train.Callback;
import dev.thalweg.train.History;
import dev.thalweg.train.ModelCheckpoint;
import dev.thalweg.train.StopOnShutdown;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Trains trials, each from its checkpoint on: as {@code train} does with the same options, to the same bits.
 *
 * @param pictures of all trials
 * @param folder with a place for each
 * @param interrupt ends the training under way
 */
record TrialTraining(DataSplit pictures, TuneFolder folder, StopOnShutdown interrupt) {
    /** The one before the last, where the last is within an epoch. */
    private static final int KEPT = 2;

    /** What is done with a trial's model. */
    @FunctionalInterface
    interface Use<T> {
        /**
         * Does it.
         *
         * @param run with the model as it stands; closed afterwards
         * @param history of the trial
         */
        T of(TrainingRun run, History history) throws IOException;
    }

    /**
     * Trains a trial up to an epoch, if nothing stops it before.
     *
     * @param late whether the time is over
     * @return what it came to; if it cannot go on, with the reason
     */
    Trial train(TuneState state, Trial trial, int epochs, BooleanSupplier late) throws IOException {
        TrialStop stop = new TrialStop(epochs, late);
        try {
            return trained(state, trial, stop, (_, history) -> trial.trained(history.epochs()));
        } catch (ThalwegException | IllegalArgumentException | OutOfMemoryError e) {
            folder.discard(trial);
            return trial.trained(stop.epochs()).failed(Failure.line(e));
        }
    }

    /** Takes a trial's model as it stands after its last epoch. */
    <T> T asItStands(TuneState state, Trial trial, Use<T> use) throws IOException {
        return trained(state, trial, new TrialStop(trial.epochs().size(), () -> true), use);
    }

    private <T> T trained(TuneState state, Trial trial, TrialStop stop, Use<T> use) throws IOException {
        Path checkpoints = folder.checkpoints(trial);
        try (Scope scope = new Scope()) {
            TrainingRun run = begun(state, trial, scope);
            boolean begun = ModelCheckpoint.last(checkpoints).isPresent();
            History history = run.fit(
                    begun ? Optional.of(checkpoints) : Optional.empty(),
                    List.of(
                            stop,
                            interrupt,
                            new CsvLog(folder.history(trial)),
                            new TensorBoardLog(folder.tensorBoard(trial)),
                            new ModelCheckpoint(checkpoints, KEPT)));
            return use.of(run, history);
        }
    }

    private TrainingRun begun(TuneState state, Trial trial, Scope scope) throws IOException {
        TrainingOptions options = TuneCommand.parsed(state.options(trial));
        TrainingRecipe recipe = options.recipe(state.epochs(), KEPT, new JudgeOptions());
        return scope.own(new TrainingRun(recipe, options.start(scope), pictures));
    }

    /**
     * {@return how many seconds an epoch takes, by training one of them, or a part of it if it takes long}
     *
     * @param most how long this may take
     */
    double secondsOfAnEpoch(TuneState state, Trial trial, Duration most) throws IOException {
        try (Scope scope = new Scope()) {
            TrainingRun run = begun(state, trial, scope);
            long begin = System.nanoTime();
            int[] seen = {0};
            Callback count = Callback.ofBatchEnd((training, progress) -> {
                seen[0] = progress.images();
                if (System.nanoTime() - begin > most.toNanos()) {
                    training.stop("an epoch takes long");
                }
            });
            TrialStop one = new TrialStop(1, () -> false);
            run.fit(Optional.empty(), List.of(count, one, interrupt));
            double share = Math.clamp((double) seen[0] / pictures.train().size(), 1e-9, 1);
            return (System.nanoTime() - begin) * 1e-9 / share;
        }
    }
}
