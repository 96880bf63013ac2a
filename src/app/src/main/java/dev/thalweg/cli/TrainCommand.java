package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.Augmentation;
import dev.thalweg.data.ColorJitter;
import dev.thalweg.data.CutMix;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.MixUp;
import dev.thalweg.data.RandomAffine;
import dev.thalweg.data.RandomCrop;
import dev.thalweg.data.RandomErasing;
import dev.thalweg.data.RandomHorizontalFlip;
import dev.thalweg.report.ConsoleProgress;
import dev.thalweg.report.CsvLog;
import dev.thalweg.report.HtmlReport;
import dev.thalweg.report.TensorBoardLog;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.PrintableText;
import dev.thalweg.train.Callback;
import dev.thalweg.train.EarlyStopping;
import dev.thalweg.train.Fit;
import dev.thalweg.train.GradientWatch;
import dev.thalweg.train.History;
import dev.thalweg.train.ModelCheckpoint;
import dev.thalweg.train.ReduceLROnPlateau;
import dev.thalweg.train.StopOnShutdown;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
        description = "Trains a convolutional network and tests it. Ctrl-C ends it cleanly;"
                + " --output DIR --resume goes on from there.")
final class TrainCommand implements Callable<Integer> {
    /**
     * Batches between looks at the gradients; a network found dead so often in a row as GradientWatch waits ends the
     * training.
     */
    private static final int WATCH_EVERY = 10;
    /** Of each class' training pictures. */
    private static final double USUAL_VALIDATION = 0.1;

    private static final int MOST_CLASSES = 50;
    /** As a terminal shows it: 128 and SIGINT. */
    private static final int INTERRUPTED = 130;

    @Spec
    private CommandSpec spec;

    @Mixin
    private DataOptions data;

    @Mixin
    private PictureOptions pictureOptions;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "10",
            description = "How often all pictures are seen (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "32",
            description = "Pictures in a step: 1 is stochastic descent, the whole data set batch descent (default: "
                    + "${DEFAULT-VALUE}).")
    private int batchSize;

    @Mixin
    private OptimizerOptions optimizer;

    @Mixin
    private ModelOptions what;

    @Option(
            names = "--augment",
            paramLabel = "STEP",
            split = ",",
            description = "Change training pictures at random: crop (pad by an eighth), flip, erase, cutout, jitter, "
                    + "affine, mixup, cutmix; several by"
                    + " commas, in order.")
    private List<String> augment = List.of();

    @Option(
            names = "--early-stopping",
            paramLabel = "EPOCHS",
            description =
                    "End when what --monitor names has not got better for so long; keep the best epoch's weights.")
    private @Nullable Integer patience;

    @Option(
            names = "--reduce-on-plateau",
            paramLabel = "EPOCHS",
            description = "Halve the learning rate when what --monitor names has not got better for so long.")
    private @Nullable Integer plateau;

    @Mixin
    private RunFolder folder;

    @Option(
            names = "--keep",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many checkpoints stay (default: ${DEFAULT-VALUE}).")
    private int keep;

    @Option(
            names = "--resume",
            description = "Go on from the last checkpoint in the folder that --output names; from the beginning where "
                    + "there is none yet.")
    private boolean resume;

    @Option(
            names = "--keep-best",
            description = "Keep the best epoch's checkpoint too, however old it is; it is a model as well.")
    private boolean keepBest;

    @Mixin
    private MonitorOption monitor;

    @Option(names = "--save", paramLabel = "FILE", description = "Save the trained model there too (safetensors).")
    private @Nullable Path save;

    @Override
    public Integer call() throws IOException {
        checkPlaces();
        PrintStream out = System.out;
        try (StopOnShutdown interrupt = new StopOnShutdown();
                DataSplit pictures = data.read(pictureOptions, validationShare())) {
            Fit fit = Fit.epochs(epochs)
                    .batchSize(batchSize)
                    .seed(data.seed())
                    .validation(pictures.validation().orElse(null))
                    .metrics(monitor.metrics(pictures.train().classNames().size()))
                    .augmentations(augmentations(pictures.train().imageShape()));
            long batches = (long) epochs * ((pictures.train().size() + batchSize - 1) / batchSize);
            GradientWatch watch = new GradientWatch(WATCH_EVERY);
            try (Model model = what.compiled(pictures.train(), optimizer.descent(batches), data.seed());
                    var _ = folder.claim()) {
                out.println(model.summary());
                describe(pictures).forEach(line -> out.println(PrintableText.printable(line)));
                out.println("Backend " + model.backend().name() + ", "
                        + model.backend().threads() + " threads: "
                        + model.backend().description());
                out.println("Folder " + folder.path());
                History history = model.fit(
                        pictures.train(),
                        fit.callbacks(callbacks(interrupt, watch)).resume(resume ? folder.checkpoints() : null));
                if (watch.diagnosis().isPresent()) {
                    throw new IllegalStateException(watch.diagnosis().get());
                }
                if (interrupt.asked()) {
                    out.println("Go on with: --output " + folder.path() + " --resume");
                    return INTERRUPTED;
                }
                finish(model, pictures, history, watch, out);
                if (keepBest) {
                    ModelCheckpoint.best(folder.checkpoints(), monitor.monitor())
                            .ifPresent(best -> out.println("Best epoch's checkpoint in " + best));
                }
            }
        }
        return 0;
    }

    /** Where it is decided by pictures when to stop or how fast to go, these are not the test pictures. */
    private double validationShare() {
        double needed = patience == null && plateau == null && !keepBest ? 0 : USUAL_VALIDATION;
        double share = pictureOptions.validation(needed);
        if (needed > 0 && share == 0) {
            throw new IllegalArgumentException("--early-stopping, --reduce-on-plateau and --keep-best need pictures"
                    + " to validate with: expected --validation above 0");
        }
        return share;
    }

    /** What is trained on: the sizes of the parts, how many there are of each class, and what was noticed. */
    private static List<String> describe(DataSplit pictures) {
        List<String> lines = new ArrayList<>(pictures.reading().lines());
        lines.add("Training on " + pictures.train()
                + pictures.validation().map(v -> ", validating on " + v.size()).orElse("")
                + ", testing on " + pictures.test().size());
        List<ImageDataset> parts = pictures.parts();
        List<int[]> counts = parts.stream().map(ImageDataset::counts).toList();
        List<String> classes = pictures.train().classNames();
        for (int label = 0; label < Math.min(classes.size(), MOST_CLASSES); label++) {
            int shown = label;
            lines.add("  " + classes.get(label) + ": "
                    + counts.stream().map(c -> Integer.toString(c[shown])).collect(Collectors.joining(" + ")));
        }
        if (classes.size() > MOST_CLASSES) {
            lines.add("  and " + (classes.size() - MOST_CLASSES) + " more classes: the report counts them too");
        }
        return lines;
    }

    private Augmentation[] augmentations(Shape picture) {
        return augment.stream()
                .map(step -> switch (step) {
                    case "crop" -> new RandomCrop(Math.max(1, picture.dim(1) / 8));
                    case "flip" -> new RandomHorizontalFlip();
                    case "erase" -> new RandomErasing();
                    case "cutout" -> new RandomErasing(1, 0.0625, 0.25, false);
                    case "jitter" -> new ColorJitter(0.3, 0.3, 0.3);
                    case "affine" -> new RandomAffine(15, 0.1, 0.1);
                    case "mixup" -> new MixUp(0.2);
                    case "cutmix" -> new CutMix(1);
                    default ->
                        throw new IllegalArgumentException(
                                "--augment: expected crop, flip, erase, cutout, jitter, affine, mixup or cutmix, got "
                                        + step);
                })
                .toArray(Augmentation[]::new);
    }

    /** Mistakes known before the training, not after it. */
    private void checkPlaces() throws IOException {
        if (save != null) {
            Path parent = save.toAbsolutePath().getParent();
            if (Files.isDirectory(save) || parent == null || !Files.isDirectory(parent)) {
                throw new IllegalArgumentException("--save " + save + ": expected a file in a directory that exists");
            }
        }
        if (resume && !folder.begun()) {
            throw new IllegalArgumentException(
                    "--resume: expected --output to name the folder of an earlier training, found none in "
                            + folder.named().map(Path::toString).orElse("its place"));
        }
        folder.check();
    }

    private List<Callback> callbacks(StopOnShutdown interrupt, GradientWatch watch) {
        List<Callback> callbacks = new ArrayList<>(List.of(
                new ConsoleProgress(),
                interrupt,
                watch,
                new CsvLog(folder.history()),
                new TensorBoardLog(folder.tensorBoard()),
                keepBest
                        ? new ModelCheckpoint(folder.checkpoints(), keep, monitor.monitor())
                        : new ModelCheckpoint(folder.checkpoints(), keep)));
        if (plateau != null) {
            callbacks.add(new ReduceLROnPlateau(monitor.monitor(), 0.5, plateau));
        }
        if (patience != null) {
            callbacks.add(new EarlyStopping(monitor.monitor(), patience));
        }
        return callbacks;
    }

    private Map<String, String> facts(Model model, DataSplit pictures) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "Command",
                "thalweg "
                        + String.join(
                                " ", spec.root().commandLine().getParseResult().originalArgs()));
        facts.put("Seed", Long.toString(data.seed()));
        facts.put(
                "Pictures",
                pictures.train()
                        + pictures.validation()
                                .map(v -> ", " + v.size() + " to validate with")
                                .orElse("")
                        + ", and " + pictures.test().size() + " to test with");
        facts.put("Thalweg", Version.text());
        facts.put(
                "Java", Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        facts.put(
                "Backend",
                model.backend().name() + ", " + model.backend().threads() + " threads: "
                        + model.backend().description());
        return facts;
    }

    private void finish(Model model, DataSplit pictures, History history, GradientWatch watch, PrintStream out)
            throws IOException {
        if (optimizer.averages() && !history.epochs().isEmpty()) {
            model.weights(model.averagedWeights());
        }
        Results.print(model.evaluate(pictures.test()), out);
        model.save(folder.model());
        out.println("Saved to " + folder.model());
        if (save != null) {
            model.save(save);
            out.println("Saved to " + save);
        }
        HtmlReport.write(
                        model,
                        history,
                        pictures,
                        new HtmlReport.Origin(facts(model, pictures), watch.samples()),
                        folder.report())
                .ifPresent(missing -> spec.commandLine()
                        .getErr()
                        .println("thalweg: the report has no curves: " + Failure.line(missing)));
        out.println("Report in " + folder.report());
    }
}
