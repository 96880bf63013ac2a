package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.ChannelStatistics;
import dev.thalweg.data.DataSplit;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.SGD;
import dev.thalweg.report.ConsoleProgress;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code thalweg train}. */
@Command(name = "train", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Trains a small convolutional network (Conv2D 32, MaxPooling2D, Flatten, Dense softmax) and tests it.")
final class TrainCommand implements Callable<Integer> {
    @Mixin
    private DataOptions data;

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "10", description = "How often all pictures are seen (default: ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(names = "--batch-size", paramLabel = "N", defaultValue = "32",
            description = "Pictures in a step: 1 is stochastic descent, the whole data set batch descent (default: ${DEFAULT-VALUE}).")
    private int batchSize;

    @Option(names = "--learning-rate", paramLabel = "RATE", defaultValue = "0.01", description = "Step size (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--momentum", paramLabel = "BETA", defaultValue = "0.9",
            description = "How much of the last step is kept, 0 to below 1 (default: ${DEFAULT-VALUE}).")
    private double momentum;

    @Option(names = "--decay", paramLabel = "DECAY", defaultValue = "0",
            description = "The learning rate of update t is RATE / (1 + DECAY t) (default: ${DEFAULT-VALUE}).")
    private double decay;

    @Option(names = "--standardize", description = "Bring every channel to mean 0 and deviation 1 instead of only to 0..1.")
    private boolean standardize;

    @Option(names = "--save", paramLabel = "FILE", description = "Save the trained model (safetensors).")
    private Path save;

    @Mixin
    private BackendOptions compute;

    @Override
    public Integer call() throws IOException {
        SGD optimizer = new SGD(learningRate, momentum, false, decay);
        Fit fit = Fit.epochs(epochs).batchSize(batchSize).seed(data.seed()).callbacks(new ConsoleProgress());
        if (save != null && (Files.isDirectory(save) || !Files.isDirectory(save.toAbsolutePath().getParent()))) {
            // Known before the training, not after it.
            throw new IllegalArgumentException("--save " + save + ": expected a file in a directory that exists");
        }
        PrintStream out = System.out;
        try (DataSplit pictures = data.read(null);
                Model model = Model.sequential(pictures.train().imageShape(), new Conv2D(32, 3, Activation.RELU), new MaxPooling2D(2), new Flatten(),
                        new Dense(pictures.train().classNames().size(), Activation.SOFTMAX))) {
            model.backend(compute.backend(), compute.threads()).seed(data.seed());
            if (standardize) {
                model.normalization(ChannelStatistics.standardization(pictures.train()));
            }
            model.compile(optimizer, new CategoricalCrossentropy());
            out.println(model.summary());
            out.println("Training on " + pictures.train() + ", testing on " + pictures.test().size());
            out.println("Backend " + model.backend().name() + ", " + model.backend().threads() + " threads: " + model.backend().description());
            model.fit(pictures.train(), fit.validation(pictures.test()));
            Evaluation result = model.evaluate(pictures.test());
            out.printf(Locale.ROOT, "Test loss: %.4f%nTest accuracy: %.4f%n", result.loss(), result.accuracy());
            if (save != null) {
                model.save(save);
                out.println("Saved to " + save);
            }
        }
        return 0;
    }
}
