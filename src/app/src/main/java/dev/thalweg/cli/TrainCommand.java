package dev.thalweg.cli;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Folds;
import dev.thalweg.memory.Scope;
import dev.thalweg.report.HtmlReport;
import dev.thalweg.text.PrintableText;
import dev.thalweg.train.History;
import dev.thalweg.train.StopOnShutdown;
import dev.thalweg.train.Tested;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code thalweg train}. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains a convolutional network and tests it: on classes, or what --targets says. Ctrl-C ends it"
                + " cleanly; --output DIR --resume goes on from there.")
final class TrainCommand implements Callable<Integer> {
    /** Of each class' training pictures. */
    private static final double USUAL_VALIDATION = 0.1;

    @Spec
    private CommandSpec spec;

    @Mixin
    private PresetOption preset;

    @Mixin
    private TrainingOptions options;

    @Mixin
    private EpochsOption epochs;

    @Mixin
    private JudgeOptions judge;

    @Mixin
    private TrainingFolder folder;

    @Option(
            names = "--keep",
            paramLabel = "N",
            defaultValue = "2",
            converter = Range.Count.class,
            description = "How many checkpoints stay (default: ${DEFAULT-VALUE}).")
    private int keep;

    @Option(
            names = "--resume",
            description = "Go on from the last checkpoint in the folder that --output names; from the beginning where "
                    + "there is none yet.")
    private boolean resume;

    @Option(names = "--save", paramLabel = "FILE", description = "Save the trained model there too (safetensors).")
    private @Nullable Path save;

    @Option(
            names = "--folds",
            paramLabel = "K",
            converter = Range.Folds.class,
            description = "Cross-validate: part the pictures in 2 to 20 folds, train without each of them in turn, test"
                    + " on it, and say how the trainings come out on average. No model is kept. Pictures in a part of"
                    + " their own for the test are not looked at.")
    private @Nullable Integer folds;

    /** What chose some of these options; none where the user gave them all. */
    private Optional<ChosenOptions> chosen = Optional.empty();

    @Override
    public Integer call() throws IOException {
        check();
        Optional<String> choosing = preset();
        if (choosing.isPresent()) {
            return chosen(choosing.get());
        }
        double validation = validationShare();
        try (StopOnShutdown interrupt = new StopOnShutdown();
                Scope opened = new Scope()) {
            Optional<TrainedModel> start = options.start(opened);
            boolean ended = folds == null
                    ? train(start, opened.own(options.read(validation, start)), interrupt)
                    : crossValidate(opened.own(options.readFolds(folds, start)), validation, interrupt);
            return ended ? 0 : TrainingEnd.INTERRUPTED;
        }
    }

    /**
     * Trains on pictures that are read, and tests once it is done.
     *
     * @return whether it came to its end
     */
    boolean train(Optional<TrainedModel> start, DataSplit pictures, StopOnShutdown interrupt) throws IOException {
        PrintStream out = System.out;
        try (TrainingRun run = new TrainingRun(recipe(), start, pictures);
                var _ = folder.claim()) {
            RunFiles files = folder.files();
            begin(run, start, out);
            Optional<History> history = run.train(files, resume, interrupt);
            if (history.isEmpty()) {
                out.println(folder.resumption());
                return false;
            }
            finish(run, history.get(), files, out);
            run.best(files).ifPresent(best -> out.println("Best epoch's checkpoint in " + best));
            return true;
        }
    }

    /**
     * Trains once for each fold, and tests on it. A fold that was trained before is not trained again.
     *
     * @return whether all came to their ends
     */
    private boolean crossValidate(Folds parted, double validation, StopOnShutdown interrupt) throws IOException {
        PrintStream out = System.out;
        FoldResults results = new FoldResults(parted);
        try (var _ = folder.claim()) {
            for (int fold = 0; fold < parted.count(); fold++) {
                String name = "Fold " + (fold + 1);
                RunFiles files = folder.fold(fold);
                try (Scope opened = new Scope()) {
                    DataSplit two = opened.own(parted.split(fold));
                    DataSplit pictures =
                            validation == 0 ? two : opened.own(two.withValidation(validation, options.seed()));
                    // One that trains changes it.
                    Optional<TrainedModel> start = options.start(opened);
                    TrainingRun run = opened.own(new TrainingRun(recipe(), start, pictures));
                    if (fold == 0) {
                        begin(run, start, out);
                    }
                    out.println(name + " of " + parted.count());
                    Optional<History> history = run.train(files, resume && files.isBegun(), interrupt);
                    if (history.isEmpty()) {
                        out.println(folder.resumption());
                        return false;
                    }
                    Tested tested = run.model().test(pictures.test());
                    Results.print(name, pictures.test().targets(), tested, out);
                    results.add(pictures, history.get(), tested);
                }
            }
            results.print(out);
            results.writeFolds(folder.folds());
            results.writePredictions(folder.predictions());
            out.println("Predictions in " + folder.predictions());
        }
        return true;
    }

    /** Says what is known before the first step. */
    private void begin(TrainingRun run, Optional<TrainedModel> start, PrintStream out) {
        out.println(run.model().summary());
        start.ifPresent(trained -> print(trained.describe(run.model()), out));
        print(options.describe(run.pictures()), out);
        out.println("Backend " + TrainText.backend(run.model()));
        out.println("Folder " + folder.path());
    }

    private static void print(List<String> lines, PrintStream out) {
        lines.forEach(line -> out.println(PrintableText.printable(line)));
    }

    private TrainingRecipe recipe() {
        return options.recipe(epochs.epochs(), keep, judge);
    }

    /** {@return the preset that is to choose; empty where one has chosen, or the user did} */
    Optional<String> preset() {
        return chosen.isPresent() ? Optional.empty() : preset.name(new GivenOptions(spec));
    }

    /** Trains by what a preset chooses, which is the same as this command with more words. */
    private int chosen(String name) throws IOException {
        ChosenOptions choice = options.chosenBy(name, new GivenOptions(spec));
        System.out.println(choice);
        String[] arguments = choice.command();
        CommandLine line = Main.commandLine(arguments)
                .setOut(spec.commandLine().getOut())
                .setErr(spec.commandLine().getErr());
        TrainCommand command =
                Objects.requireNonNull(line.getSubcommands().get(spec.name())).getCommand();
        command.chosen = Optional.of(choice);
        return Main.run(line, arguments);
    }

    /** Mistakes known before the training, not after it. */
    private void check() throws IOException {
        options.check();
        judge.check();
        if (save != null) {
            OutputFile.check("--save", save);
        }
        if (folds != null) {
            new GivenOptions(spec).checkNotWith("--folds", "--save", "--keep-best");
        }
        folder.check(resume, folds != null);
    }

    /** Where it is decided by pictures when to stop or how fast to go, these are not the test pictures. */
    private double validationShare() {
        double needed = judge.validates() ? USUAL_VALIDATION : 0;
        double share = options.validation(needed);
        if (needed > 0 && share == 0) {
            throw new WrongArgumentException("--early-stopping, --reduce-on-plateau and --keep-best need pictures"
                    + " to validate with: expected --validation above 0, or a --monitor of the training pictures");
        }
        return share;
    }

    private void finish(TrainingRun run, History history, RunFiles files, PrintStream out) throws IOException {
        TrainingEnd end = new TrainingEnd(
                run, history, options.seed(), out, spec.commandLine().getErr());
        HtmlReport.Answers answers = end.test();
        // No command: where a model lies and how often its training was taken up again makes it no other one.
        Map<String, String> notes =
                chosen.map(choice -> Map.of("Preset", choice.note())).orElse(Map.of());
        end.save(files.model(), notes);
        if (save != null) {
            end.save(save, notes);
        }
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("Command", "thalweg " + String.join(" ", new GivenOptions(spec).words()));
        origin.putAll(notes);
        origin.put("Choices", judge.choices());
        end.report(answers, origin, files.report());
    }
}
