package dev.thalweg.cli;

import dev.thalweg.tune.Hyperband;
import dev.thalweg.tune.Trials;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A tune under way: draws trials, has them trained, and keeps what they came to. */
final class Tuning implements Trials<Integer> {
    /** Of Hyperband's paper. */
    static final int ETA = 3;

    private final TuneFolder folder;
    private final TrialTraining training;
    private final TuneLimits limits;
    private final TrialTable table;
    private final PrintStream out;
    private TuneState state;
    private int bracket;
    /** How many trials of the bracket were given out. */
    private int given;

    Tuning(
            TuneFolder folder,
            TrialTraining training,
            TuneLimits limits,
            TrialTable table,
            TuneState state,
            PrintStream out) {
        this.folder = folder;
        this.training = training;
        this.limits = limits;
        this.table = table;
        this.state = state;
        this.out = out;
    }

    /**
     * Searches until a limit is reached, all is tried or the program is told to end.
     *
     * @return what it came to
     */
    TuneState run() throws IOException {
        Hyperband search = new Hyperband(state.epochs(), ETA);
        // From now on there is something to go on with.
        save();
        try {
            for (bracket = 0; search.search(bracket, this); bracket++) {
                given = 0;
                discardLosers();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        save();
        return state;
    }

    /** Those that did not win their bracket will not go on. */
    private void discardLosers() throws IOException {
        Optional<Trial> best = table.best(state.trials());
        for (Trial trial : state.trials()) {
            if (!best.equals(Optional.of(trial))) {
                folder.discard(trial);
            }
        }
    }

    private void save() throws IOException {
        state = state.with(state.trials(), limits.seconds());
        folder.write(state);
        table.write(state.trials(), folder.table());
    }

    private Trial trial(int number) {
        return state.trials().get(number - 1);
    }

    @Override
    public Optional<Integer> next() {
        List<Trial> begun = state.trials().stream()
                .filter(trial -> trial.bracket() == bracket)
                .toList();
        if (given < begun.size()) {
            return Optional.of(begun.get(given++).number());
        }
        int number = state.trials().size() + 1;
        if (number > limits.trials() || isOver()) {
            return Optional.empty();
        }
        Map<String, String> options = state.draw(number);
        if (options.isEmpty()) {
            return Optional.empty();
        }
        given++;
        put(new Trial(number, bracket, options, List.of(), null));
        return Optional.of(number);
    }

    private boolean isOver() {
        return limits.late()
                || limits.epochsAfter(state.trials()) <= 0
                || training.interrupt().asked();
    }

    private void put(Trial trial) {
        state = state.with(TrialTable.with(state.trials(), trial), limits.seconds());
    }

    @Override
    public boolean train(Integer number, int epochs) {
        Trial trial = trial(number);
        if (trial.failure() != null || trial.epochs().size() >= epochs) {
            return true;
        }
        int last = (int) Math.min(
                epochs, limits.epochsAfter(state.trials()) + trial.epochs().size());
        if (isOver()) {
            return false;
        }
        try {
            Trial after = training.train(state, trial, last, limits::late);
            put(after);
            save();
            out.println(line(after));
            return after.failure() != null || after.epochs().size() >= epochs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String line(Trial trial) {
        String name = "Trial " + trial.number() + " (" + trial + "), "
                + trial.epochs().size() + " of " + state.epochs() + " epochs";
        if (trial.failure() != null) {
            return name + ": failed: " + trial.failure();
        }
        return trial.epochs().isEmpty()
                ? name
                : String.format(
                        Locale.ROOT,
                        "%s: validation %s %.4f, loss %.4f",
                        name,
                        table.metric().name().replace('_', ' '),
                        trial.epochs().getLast().metric(),
                        trial.epochs().getLast().loss());
    }

    @Override
    public List<Integer> ranked(List<Integer> trials, int epochs) {
        Comparator<Trial> better = Trial.better(table.metric().greaterIsBetter(), epochs);
        return trials.stream()
                .map(this::trial)
                .filter(trial -> trial.epochs().size() >= epochs)
                .sorted(better)
                .map(Trial::number)
                .toList();
    }
}
