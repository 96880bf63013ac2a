package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.ChannelStatistics;
import dev.thalweg.data.DataSplit;
import dev.thalweg.report.Charts;
import dev.thalweg.text.PrintableText;
import dev.thalweg.train.Fit;
import dev.thalweg.train.LearningRateRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code thalweg find-rate}. */
@Command(
        name = "find-rate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Trains for some steps at rising learning rates, draws the loss over the rate, and proposes a rate "
                        + "for train.")
final class FindRateCommand implements Callable<Integer> {
    private static final int LEAST_STEPS = 10;

    @Mixin
    private DataOptions data;

    @Mixin
    private PictureOptions pictureOptions;

    @Mixin
    private BatchSizeOption batch;

    @Option(
            names = "--from",
            paramLabel = "RATE",
            defaultValue = "1e-6",
            converter = Range.Positive.class,
            description = "The first rate (default: ${DEFAULT-VALUE}).")
    private double from;

    @Option(
            names = "--to",
            paramLabel = "RATE",
            defaultValue = "10",
            converter = Range.Positive.class,
            description = "The last rate (default: ${DEFAULT-VALUE}).")
    private double to;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "200",
            converter = Range.Count.class,
            description = "How many rates are tried, at least 10 (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description =
                    "Where the curve is drawn, .svg or .png, in a directory that exists (default: ${DEFAULT-VALUE}).")
    private Path plot = Path.of("learning-rates.svg");

    @Mixin
    private OptimizerOptions optimizer;

    @Mixin
    private ModelOptions what;

    @Override
    public Integer call() throws IOException {
        check();
        try (DataSplit pictures = data.read(pictureOptions, pictureOptions.validation(0), Optional.empty());
                Model model = what.compiled(
                        Optional.empty(),
                        pictures.train(),
                        ChannelStatistics::standardization,
                        optimizer.descent(optimizer.usualRate(), 0, 0),
                        data.seed())) {
            pictures.reading().lines().forEach(line -> System.out.println(PrintableText.printable(line)));
            LearningRateRange range = model.learningRateRange(
                    pictures.train(), Fit.epochs(1).batchSize(batch.size()).seed(data.seed()), from, to, steps);
            System.out.printf(Locale.ROOT, "Learning rate: %.2e%n", range.proposal());
            Charts.learningRateRange(range, plot);
            System.out.println("Drawn to " + plot);
        }
        return 0;
    }

    private void check() {
        pictureOptions.check(data);
        optimizer.check();
        if (from >= to) {
            throw new WrongArgumentException("--to", "a rate above --from " + from, to);
        }
        if (steps < LEAST_STEPS) {
            throw new WrongArgumentException("--steps", "at least " + LEAST_STEPS, steps);
        }
        if (!Charts.isDrawn(plot)) {
            throw new WrongArgumentException("--plot", "a file whose name ends in .svg or .png", plot);
        }
        OutputFile.check("--plot", plot);
        what.check();
    }
}
