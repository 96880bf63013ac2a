package dev.thalweg.cli;

import dev.thalweg.data.DataSplit;
import dev.thalweg.files.ClaimedFolder;
import dev.thalweg.memory.Scope;
import dev.thalweg.metric.MeanMetric;
import dev.thalweg.text.Counted;
import dev.thalweg.text.PrintableText;
import dev.thalweg.train.StopOnShutdown;
import dev.thalweg.tune.Hyperband;
import java.io.IOException;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thalweg tune}. */
@Command(
        name = "tune",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Tries learning rates, decay, augmentation and network sizes around what a preset chooses, many"
                + " for few epochs and the better ones for more, and keeps the best; what is given here is not tried."
                + " Ctrl-C ends it cleanly; --output DIR --resume goes on from there.")
final class TuneCommand implements Callable<Integer> {
    /** Of each class' training pictures. */
    private static final double USUAL_VALIDATION = 0.1;

    /** Of the budget, to find out how long an epoch takes. */
    private static final int PROBING = 20;

    @Spec
    private CommandSpec spec;

    @Mixin
    private TrainingOptions training;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "10",
            converter = Range.Count.class,
            description = "How often a trial that is trained to its end sees all pictures (default: as many as the"
                    + " budget allows, up to what the preset chooses, or ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            converter = PresetOption.Name.class,
            completionCandidates = PresetOption.Name.class,
            description = "Around which training is searched: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private String preset = Preset.USUAL;

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            converter = Budget.Reader.class,
            description = "How long to try, since the tune began: 90s, 10m or 2h; or so many epochs of all trials"
                    + " together, as 200epochs, for the same results on every machine (default: 10m, or without end"
                    + " with --trials).")
    private @Nullable Budget budget;

    @Option(
            names = "--trials",
            paramLabel = "N",
            converter = Range.Count.class,
            description = "How many trials there are at most (default: as many as the budget allows).")
    private @Nullable Integer trials;

    @Mixin
    private TuneFolder folder;

    @Option(names = "--no-test", description = "Do not look at the test pictures; then there is no report either.")
    private boolean noTest;

    /** Reads options of a training. */
    static TrainingOptions parsed(Map<String, String> options) {
        return command(options).training;
    }

    private static TuneCommand command(Map<String, String> options) {
        String[] words =
                Stream.concat(Stream.of("tune"), Preset.words(options).stream()).toArray(String[]::new);
        CommandLine line = Main.commandLine(words);
        line.parseArgs(words);
        return Objects.requireNonNull(line.getSubcommands().get("tune")).getCommand();
    }

    @Override
    public Integer call() throws IOException {
        folder.check();
        training.check();
        TuneState begun = folder.resumes() ? again(folder.read()) : begin();
        PrintStream out = System.out;
        try (StopOnShutdown interrupt = new StopOnShutdown();
                DataSplit pictures = read(parsed(begun.base()));
                ClaimedFolder _ = folder.claim()) {
            // Nobody else writes it from now on.
            TuneState state = folder.resumes() ? folder.read() : begun;
            TuneLimits limits = new TuneLimits(budget(), trials == null ? Integer.MAX_VALUE : trials, state.seconds());
            TrialTraining trainings = new TrialTraining(pictures, folder, interrupt);
            out.println(PrintableText.printable(state.chosen()));
            TrainText.describe(pictures).forEach(line -> out.println(PrintableText.printable(line)));
            if (!folder.resumes()) {
                state = planned(state, trainings, limits);
            }
            state.axes().forEach(axis -> out.println("Tries " + axis));
            out.println("Folder " + folder.path() + ", trials of up to " + Counted.of(state.epochs(), "epoch"));
            TrialTable table =
                    new TrialTable(MeanMetric.usual(pictures.train().targets().kind(), 0.5), state.axes());
            TuneState ended = new Tuning(folder, trainings, limits, table, state, out).run();
            table.print(ended.trials(), out);
            if (interrupt.asked()) {
                out.println("Go on with: --output " + folder.path() + " --resume");
                return TrainingEnd.INTERRUPTED;
            }
            Trial best = table.best(ended.trials()).orElseThrow(() -> new IllegalStateException(nothing(ended)));
            out.println("Best: trial " + best.number() + ", after "
                    + best.epochs().size() + " of " + Counted.of(ended.epochs(), "epoch"));
            out.println(PrintableText.printable(ended.command(best)));
            trainings.asItStands(ended, best, (run, history) -> {
                run.settle(history);
                finish(
                        ended,
                        best,
                        new TrainingEnd(
                                run,
                                history,
                                ended.seed(),
                                out,
                                spec.commandLine().getErr()),
                        out);
                return best;
            });
        }
        return 0;
    }

    /** Reads the pictures, with some to validate with; each trial will read a model to begin with for itself. */
    private static DataSplit read(TrainingOptions options) throws IOException {
        try (Scope reading = new Scope()) {
            DataSplit pictures = options.read(options.validation(USUAL_VALIDATION), options.start(reading));
            if (pictures.validation().isEmpty()) {
                pictures.close();
                throw new WrongArgumentException("--validation", "a share above 0, by which trials are judged", 0);
            }
            return pictures;
        }
    }

    private Budget budget() {
        if (budget != null) {
            return budget;
        }
        return trials == null ? new Budget(10, "m") : new Budget(Long.MAX_VALUE, "epochs");
    }

    private String nothing(TuneState ended) {
        return ended.trials().stream()
                .flatMap(trial -> Stream.ofNullable(trial.failure()))
                .findFirst()
                .map(failure -> "all trials failed, the first one so: " + failure)
                .orElseGet(() -> "no trial came through its first epoch within --budget " + budget()
                        + ": expected a greater one, with --output " + folder.path() + " --resume");
    }

    /** What was given for trainings, by name. */
    private Map<String, String> given() {
        List<String> own = List.of("--budget", "--trials", "--output", "--resume", "--no-test");
        Map<String, String> given = new LinkedHashMap<>();
        spec.commandLine().getParseResult().matchedOptions().stream()
                .filter(option -> !own.contains(option.longestName()))
                .forEach(option -> given.put(
                        option.longestName(),
                        option.arity().max() == 0 ? "" : String.join(",", option.originalStringValues())));
        return given;
    }

    /** Chooses where to search. */
    private TuneState begin() throws IOException {
        GivenOptions given = new GivenOptions(spec);
        ChosenOptions chosen = training.chosenBy(preset, given);
        SearchSpace space = SearchSpace.read();
        Map<String, String> base = new LinkedHashMap<>(given());
        base.remove("--preset");
        Map<String, String> byPreset = new LinkedHashMap<>(chosen.options());
        space.instead().forEach(byPreset::replace);
        base.putAll(byPreset);
        base.putIfAbsent("--validation", "0.1");
        base.putIfAbsent("--learning-rate", Double.toString(parsed(base).usualRate()));
        List<Axis> axes = space.axes(chosen.facts(), base, given::has);
        if (axes.isEmpty()) {
            throw new WrongArgumentException("all that could be tried is given: expected one of --learning-rate,"
                    + " --weight-decay, --augment and --model to be left open");
        }
        return new TuneState(
                given(),
                base,
                "Around preset " + preset + " for " + chosen.facts() + ": " + String.join(" ", Preset.words(byPreset)),
                axes,
                training.seed(),
                command(base).epochs,
                List.of(),
                0);
    }

    /** Goes on with a tune, and not with another one. */
    private TuneState again(TuneState state) {
        given().forEach((option, value) -> {
            if (!value.equals(state.given().get(option))) {
                throw new WrongArgumentException(
                        option,
                        state.given().containsKey(option)
                                ? "'" + state.given().get(option) + "', as this tune began with, or nothing"
                                : "nothing, as this tune began without it",
                        "'" + value + "'");
            }
        });
        return state;
    }

    /** As long trainings as the budget allows, if nobody said how long. */
    private TuneState planned(TuneState state, TrialTraining trainings, TuneLimits limits) throws IOException {
        if (state.given().containsKey("--epochs")
                || limits.budget().epochs() == Long.MAX_VALUE
                        && !limits.budget().isTime()) {
            return state;
        }
        long epochs = limits.budget().epochs();
        if (limits.budget().isTime()) {
            Trial first = new Trial(1, 0, state.draw(1), List.of(), null);
            double seconds = trainings.secondsOfAnEpoch(
                    state, first, limits.budget().time().dividedBy(PROBING));
            epochs = (long) ((limits.budget().time().toSeconds() - limits.seconds()) / seconds);
        }
        return state.lasting(
                Hyperband.within(epochs, state.epochs(), Tuning.ETA).epochs());
    }

    private void finish(TuneState state, Trial best, TrainingEnd end, PrintStream out) throws IOException {
        if (!noTest) {
            Map<String, String> origin = new LinkedHashMap<>();
            origin.put("Command", state.command(best));
            origin.put(
                    "Tune",
                    "the best of " + Counted.of(state.trials().size(), "trial") + ", by the pictures to"
                            + " validate with");
            end.report(end.test(), origin, folder.report());
        }
        end.save(folder.model(), Map.of("Tune", "trial " + best.number() + ": " + best));
        out.println("Table in " + folder.table());
    }
}
