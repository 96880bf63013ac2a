package dev.thalweg.spark.app;

import dev.thalweg.cli.ClusterTraining;
import dev.thalweg.cli.ClusterTrainingOptions;
import dev.thalweg.cli.PictureSize;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.memory.Scope;
import dev.thalweg.spark.SparkFit;
import dev.thalweg.spark.SparkStatistics;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.Fit;
import dev.thalweg.train.StopOnShutdown;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code thalweg spark-train}. */
@Command(
        name = "spark-train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains on the executors of a Spark cluster, as train does on one machine, and tests on the part"
                + " test of the pictures. Started by spark-submit. Ctrl-C ends it cleanly; with --checkpoints the same"
                + " command goes on.")
final class SparkTrainCommand implements Callable<Integer> {
    /** As the program's own commands end that are interrupted: 128 and SIGINT. */
    private static final int INTERRUPTED = 130;

    @Spec
    private CommandSpec spec;

    @Mixin
    private PicturePlace place;

    @Option(
            names = "--image-size",
            paramLabel = "HEIGHTxWIDTH",
            required = true,
            description = "Bring pictures to this size.")
    private PictureSize size = new PictureSize(1, 1);

    @Option(names = "--grey", description = "See pictures in grey, not in colour.")
    private boolean grey;

    @Mixin
    private ClusterTrainingOptions options;

    @Option(
            names = "--workers",
            paramLabel = "N",
            required = true,
            description = "How many executors train, at the same time; each has its part of every batch.")
    private int workers;

    @Option(
            names = "--synchronized-batch-normalization",
            description = "Normalize by the statistics of whole batches, not of each worker's part.")
    private boolean synchronizedBatchNormalization;

    @Option(
            names = "--gradient-precision",
            paramLabel = "PRECISION",
            description = "In which precision large gradients travel: f32, or bf16 on slow networks (default:"
                    + " ${DEFAULT-VALUE}).")
    private Precision gradientPrecision = Precision.F32;

    @Option(
            names = "--checkpoints",
            paramLabel = "PLACE",
            description = "Folder that all executors reach, for checkpoints after each epoch; where some are there, the"
                    + " training goes on from the last.")
    private @Nullable String checkpoints;

    @Option(
            names = "--checkpoint-every",
            paramLabel = "BATCHES",
            defaultValue = "0",
            description = "Another checkpoint after so many batches within an epoch; 0 for none (default:"
                    + " ${DEFAULT-VALUE}).")
    private int everyBatches;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "After what silence a worker counts as lost (default: ${DEFAULT-VALUE}).")
    private int patience;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            required = true,
            description = "Folder of the driver's machine for the model, the history and TensorBoard's files.")
    private Path output = Path.of("");

    @Override
    public Integer call() throws IOException {
        check();
        PrintStream out = System.out;
        try (SparkSession spark = Sessions.open();
                StopOnShutdown interrupt = new StopOnShutdown();
                Scope scope = new Scope()) {
            PicturePlace.Parts parts = place.parts(spark, Shape.of(grey ? 1 : 3, size.height(), size.width()));
            if (options.validates() && parts.validation().isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(),
                        "what judges epochs needs pictures to validate with: expected a folder val in " + place.given()
                                + ", or Parquet files whose names begin so, or a --monitor of the training pictures");
            }
            ImageDataset pictures = scope.own(parts.train().dataset(spark));
            ClusterTraining training =
                    scope.own(options.prepare(pictures, () -> SparkStatistics.standardization(spark, parts.train())));
            out.println(training.model().summary());
            Fit fit = training.fit(output, interrupt).synchronizedBatchNormalization(synchronizedBatchNormalization);
            var _ = on(spark, parts)
                    .averagedWeights(training.averagesWeights())
                    .fit(training.model(), parts.train(), fit);
            if (interrupt.asked()) {
                out.println(checkpoints == null ? "Interrupted" : "Go on by the same command");
                return INTERRUPTED;
            }
            out.println("Saved to " + training.finish(output));
            if (parts.test().isPresent()) {
                ClusterTest.print(spark, training.model(), parts.test().get(), out);
            }
            return 0;
        }
    }

    private SparkFit on(SparkSession spark, PicturePlace.Parts parts) {
        SparkFit fit = SparkFit.on(spark)
                .workers(workers)
                .gradientPrecision(gradientPrecision)
                .patience(Duration.ofSeconds(patience));
        SparkFit validated = parts.validation().map(fit::validation).orElse(fit);
        return checkpoints == null ? validated : validated.checkpoints(checkpoints, everyBatches);
    }

    /** Mistakes known before a session begins. */
    private void check() {
        options.check();
        atLeast(1, "--workers", workers);
        atLeast(2, "--patience", patience);
        atLeast(0, "--checkpoint-every", everyBatches);
        if (everyBatches > 0 && checkpoints == null) {
            throw new ParameterException(
                    spec.commandLine(), "--checkpoint-every has no effect here: expected it with --checkpoints");
        }
        if (gradientPrecision == Precision.F16) {
            throw new ParameterException(spec.commandLine(), "--gradient-precision: expected f32 or bf16, got f16");
        }
    }

    private void atLeast(int least, String option, int got) {
        if (got < least) {
            throw new ParameterException(spec.commandLine(), option + ": expected at least " + least + ", got " + got);
        }
    }
}
