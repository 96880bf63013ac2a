package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.ChannelStatistics;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.Optimizer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is trained; shared by the commands that train. */
final class ModelOptions {
    @Option(names = "--standardize", description = "Bring every channel to mean 0 and deviation 1 instead of only to 0..1.")
    private boolean standardize;

    @Option(names = "--label-smoothing", paramLabel = "ALPHA", defaultValue = "0",
            description = "How much of each target is spread over all classes, 0 to below 1 (default: ${DEFAULT-VALUE}).")
    private double labelSmoothing;

    @Mixin
    private BackendOptions compute;

    Model compiled(ImageDataset pictures, Optimizer optimizer, long seed) {
        CategoricalCrossentropy loss = new CategoricalCrossentropy().labelSmoothing(labelSmoothing);
        Model model = Model.sequential(pictures.imageShape(), new Conv2D(32, 3, Activation.RELU), new MaxPooling2D(2), new Flatten(),
                new Dense(pictures.classNames().size(), Activation.SOFTMAX));
        try {
            model.backend(compute.backend(), compute.threads()).seed(seed);
            if (standardize) {
                model.normalization(ChannelStatistics.standardization(pictures));
            }
            return model.compile(optimizer, loss);
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }
}
