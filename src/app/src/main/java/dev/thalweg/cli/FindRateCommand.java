package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.report.Charts;
import dev.thalweg.text.PrintableText;
import dev.thalweg.train.Fit;
import dev.thalweg.train.LearningRateRange;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
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
    @Mixin
    private DataOptions data;

    @Mixin
    private PictureOptions pictureOptions;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "32",
            description = "Pictures in a step (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(
            names = "--from",
            paramLabel = "RATE",
            defaultValue = "1e-6",
            description = "The first rate (default: ${DEFAULT-VALUE}).")
    private double from;

    @Option(
            names = "--to",
            paramLabel = "RATE",
            defaultValue = "10",
            description = "The last rate (default: ${DEFAULT-VALUE}).")
    private double to;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "200",
            description = "How many rates are tried (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description = "Where the curve is drawn, .svg or .png (default: ${DEFAULT-VALUE}).")
    private Path plot = Path.of("learning-rates.svg");

    @Mixin
    private OptimizerOptions optimizer;

    @Mixin
    private ModelOptions what;

    @Override
    public Integer call() throws IOException {
        try (DataSplit pictures = data.read(pictureOptions, pictureOptions.validation(0));
                Model model = what.compiled(pictures.train(), optimizer.descent(steps), data.seed())) {
            pictures.reading().lines().forEach(line -> System.out.println(PrintableText.printable(line)));
            LearningRateRange range = model.learningRateRange(
                    pictures.train(), Fit.epochs(1).batchSize(batchSize).seed(data.seed()), from, to, steps);
            System.out.printf(Locale.ROOT, "Learning rate: %.2e%n", range.proposal());
            Charts.learningRateRange(range, plot);
            System.out.println("Drawn to " + plot);
        }
        return 0;
    }
}
