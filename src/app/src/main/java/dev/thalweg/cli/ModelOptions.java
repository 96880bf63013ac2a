package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.ChannelStatistics;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Networks;
import dev.thalweg.optim.Optimizer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is trained; shared by the commands that train. */
final class ModelOptions {
    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "cnn (one convolution), cnn2 (two), lenet5, vgg11/13/16/19, resnet20/32/56, resnet18-cifar, "
                    + "resnet18, resnet50, wrn-16-4,"
                    + " wrn-28-10, wrn-40-4, mobilenetv2, vit-tiny (default: ${DEFAULT-VALUE}).")
    private String name = "cnn";

    @Option(
            names = "--standardize",
            description = "Bring every channel to mean 0 and deviation 1 instead of only to 0..1.")
    private boolean standardize;

    @Option(
            names = "--label-smoothing",
            paramLabel = "ALPHA",
            defaultValue = "0",
            description =
                    "How much of each target is spread over all classes, 0 to below 1 (default: ${DEFAULT-VALUE}).")
    private double labelSmoothing;

    @Option(
            names = "--gradient-checkpointing",
            description = "Compute parts of the forward pass twice: less memory for more time, the same results.")
    private boolean gradientCheckpointing;

    @Mixin
    private BackendOptions compute;

    Model compiled(ImageDataset pictures, Optimizer optimizer, long seed) {
        CategoricalCrossentropy loss = new CategoricalCrossentropy().labelSmoothing(labelSmoothing);
        Model model = Model.of(Networks.named(
                name, pictures.imageShape(), pictures.classNames().size()));
        try (Scope opening = new Scope()) {
            opening.own(model);
            compute.applyTo(model).gradientCheckpointing(gradientCheckpointing).seed(seed);
            if (standardize) {
                model.normalization(ChannelStatistics.standardization(pictures));
            }
            model.compile(optimizer, loss);
            opening.handOver();
            return model;
        }
    }
}
