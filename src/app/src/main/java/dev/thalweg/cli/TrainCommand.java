package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.memory.Scope;
import dev.thalweg.metric.Metric;
import dev.thalweg.report.ConsoleProgress;
import dev.thalweg.report.CsvLog;
import dev.thalweg.report.HtmlReport;
import dev.thalweg.report.TensorBoardLog;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.PrintableText;
import dev.thalweg.train.Callback;
import dev.thalweg.train.Fit;
import dev.thalweg.train.GradientWatch;
import dev.thalweg.train.History;
import dev.thalweg.train.ModelCheckpoint;
import dev.thalweg.train.StopOnShutdown;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
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
    /**
     * Batches between looks at the gradients; a network found dead so often in a row as GradientWatch waits ends the
     * training.
     */
    private static final int WATCH_EVERY = 10;
    /** Of each class' training pictures. */
    private static final double USUAL_VALIDATION = 0.1;

    /** As a terminal shows it: 128 and SIGINT. Where another signal ended the program, the JVM gives its number. */
    private static final int INTERRUPTED = 130;

    @Spec
    private CommandSpec spec;

    @Mixin
    private PresetOption preset;

    @Mixin
    private DataOptions data;

    @Mixin
    private PictureOptions pictureOptions;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "10",
            converter = Range.Count.class,
            description = "How often all pictures are seen (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Mixin
    private BatchSizeOption batch;

    @Mixin
    private OptimizerOptions optimizer;

    @Mixin
    private ModelOptions what;

    @Mixin
    private FromOptions from;

    @Mixin
    private RateOptions rates;

    @Mixin
    private AugmentOption augment;

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

    /** What chose some of these options; none where the user gave them all. */
    private Optional<ChosenOptions> chosen = Optional.empty();

    @Override
    public Integer call() throws IOException {
        if (chosen.isEmpty() && preset.name().isPresent()) {
            return chosen(preset.name().get());
        }
        check();
        PrintStream out = System.out;
        try (StopOnShutdown interrupt = new StopOnShutdown();
                Scope opened = new Scope()) {
            Optional<TrainedModel> start = from.read(pictureOptions).map(opened::own);
            DataSplit pictures =
                    opened.own(data.read(pictureOptions, validationShare(), start.map(TrainedModel::model)));
            JudgeOptions.Judges judges = judge.of(
                    pictures.train().targets().kind(),
                    pictures.train().targets().outputs());
            Fit fit = Fit.epochs(epochs)
                    .batchSize(batch.size())
                    .seed(data.seed())
                    .metrics(judges.metrics().toArray(Metric[]::new));
            fit = augment.into(
                    fit,
                    pictures.train().imageShape(),
                    pictures.train().targets().kind());
            if (pictures.validation().isPresent()) {
                fit = fit.validation(pictures.validation().get());
            }
            if (resume) {
                fit = fit.resume(folder.checkpoints());
            }
            long batches = epochs * batch.batches(pictures.train().size());
            GradientWatch watch = new GradientWatch(WATCH_EVERY);
            try (Model model = what.compiled(start, pictures.train(), rates.descent(optimizer, batches), data.seed());
                    var _ = folder.claim()) {
                out.println(model.summary());
                start.ifPresent(trained -> print(trained.describe(model), out));
                print(describe(pictures), out);
                out.println("Backend " + TrainText.backend(model));
                out.println("Folder " + folder.path());
                History history = model.fit(pictures.train(), fit.callbacks(callbacks(judges, interrupt, watch)));
                if (watch.diagnosis().isPresent()) {
                    throw new IllegalStateException(watch.diagnosis().get());
                }
                if (interrupt.asked()) {
                    out.println("Go on with: --output " + folder.path() + " --resume");
                    return INTERRUPTED;
                }
                finish(model, pictures, history, watch, out);
                if (judges.best().isPresent()) {
                    ModelCheckpoint.best(folder.checkpoints(), judges.best().get())
                            .ifPresent(best -> out.println("Best epoch's checkpoint in " + best));
                }
            }
        }
        return 0;
    }

    /** Trains by what a preset chooses, which is the same as this command with more words. */
    private int chosen(String name) throws IOException {
        ChosenOptions options = ChosenOptions.by(name, data, pictureOptions, what, new GivenOptions(spec));
        System.out.println(options);
        String[] arguments = options.command();
        CommandLine line = Main.commandLine(arguments)
                .setOut(spec.commandLine().getOut())
                .setErr(spec.commandLine().getErr());
        TrainCommand command =
                Objects.requireNonNull(line.getSubcommands().get(spec.name())).getCommand();
        command.chosen = Optional.of(options);
        return Main.run(line, arguments);
    }

    /** Mistakes known before the training, not after it. */
    private void check() throws IOException {
        pictureOptions.check(data);
        from.check();
        optimizer.check();
        rates.check();
        judge.check();
        augment.check();
        if (save != null) {
            OutputFile.check("--save", save);
        }
        folder.check(resume);
        what.check();
    }

    /** Where it is decided by pictures when to stop or how fast to go, these are not the test pictures. */
    private double validationShare() {
        double needed = judge.validates() ? USUAL_VALIDATION : 0;
        double share = pictureOptions.validation(needed);
        if (needed > 0 && share == 0) {
            throw new WrongArgumentException("--early-stopping, --reduce-on-plateau and --keep-best need pictures"
                    + " to validate with: expected --validation above 0, or a --monitor of the training pictures");
        }
        return share;
    }

    private static void print(List<String> lines, PrintStream out) {
        lines.forEach(line -> out.println(PrintableText.printable(line)));
    }

    private List<String> describe(DataSplit pictures) {
        TargetKind kind = pictures.train().targets().kind();
        List<String> lines = new ArrayList<>();
        data.targets()
                .ifPresent(file -> lines.add("Task " + Task.of(kind)
                        + (pictureOptions.task().isPresent()
                                ? ""
                                : ", as " + file + " has it (--task chooses another)")));
        lines.addAll(TrainText.describe(pictures));
        return lines;
    }

    private List<Callback> callbacks(JudgeOptions.Judges judges, StopOnShutdown interrupt, GradientWatch watch) {
        List<Callback> callbacks = new ArrayList<>(List.of(
                new ConsoleProgress(),
                interrupt,
                watch,
                new CsvLog(folder.history()),
                new TensorBoardLog(folder.tensorBoard()),
                judges.best()
                        .map(monitor -> new ModelCheckpoint(folder.checkpoints(), keep, monitor))
                        .orElseGet(() -> new ModelCheckpoint(folder.checkpoints(), keep))));
        callbacks.addAll(judges.callbacks());
        return callbacks;
    }

    private void finish(Model model, DataSplit pictures, History history, GradientWatch watch, PrintStream out)
            throws IOException {
        if ((rates.averages() || optimizer.averages()) && !history.epochs().isEmpty()) {
            model.weights(model.averagedWeights());
        }
        Results.print(model.evaluate(pictures.test()), out);
        // No command: where a model lies and how often its training was taken up again makes it no other one.
        Map<String, String> notes =
                chosen.map(options -> Map.of("Preset", options.note())).orElse(Map.of());
        save(model, folder.model(), notes, out);
        if (save != null) {
            save(model, save, notes, out);
        }
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("Command", "thalweg " + String.join(" ", new GivenOptions(spec).words()));
        origin.putAll(notes);
        origin.put("Choices", judge.choices());
        HtmlReport.write(
                        model,
                        history,
                        pictures,
                        new HtmlReport.Origin(TrainText.facts(origin, data.seed(), model, pictures), watch.samples()),
                        folder.report())
                .ifPresent(missing -> spec.commandLine()
                        .getErr()
                        .println("thalweg: the report has no curves: " + Failure.line(missing)));
        out.println("Report in " + folder.report());
    }

    private static void save(Model model, Path file, Map<String, String> notes, PrintStream out) throws IOException {
        model.save(file, notes);
        out.println("Saved to " + file);
    }
}
