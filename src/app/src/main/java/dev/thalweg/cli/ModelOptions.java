package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.backend.Backend;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Targets;
import dev.thalweg.loss.BinaryCrossentropy;
import dev.thalweg.loss.BinaryFocalCrossentropy;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.CategoricalFocalCrossentropy;
import dev.thalweg.loss.Huber;
import dev.thalweg.loss.LogCosh;
import dev.thalweg.loss.Loss;
import dev.thalweg.loss.MeanAbsoluteError;
import dev.thalweg.loss.MeanSquaredError;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.tensor.TargetKind;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is trained; shared by the commands that train. */
final class ModelOptions {
    /** The losses of numbers; classes and labels have cross-entropies. */
    private enum NumberLoss {
        MSE(new MeanSquaredError()),
        MAE(new MeanAbsoluteError()),
        HUBER(new Huber()),
        LOG_COSH(new LogCosh());

        private final Loss loss;

        NumberLoss(Loss loss) {
            this.loss = loss;
        }

        /** As it is typed. */
        @Override
        public String toString() {
            return EnumWords.of(this);
        }
    }

    @Option(
            names = "--model",
            paramLabel = "NAME",
            converter = NetworkName.class,
            completionCandidates = NetworkName.class,
            description = "${COMPLETION-CANDIDATES}; cnn has one convolution, cnn2 two (default: ${DEFAULT-VALUE}).")
    private String name = "cnn";

    @Option(
            names = "--loss",
            paramLabel = "NAME",
            description =
                    "What regression makes small: ${COMPLETION-CANDIDATES} (default: mse). Classes and labels have"
                            + " categorical and binary cross-entropy.")
    private @Nullable NumberLoss numberLoss;

    @Option(
            names = "--standardize",
            description = "Bring every channel of the pictures to mean 0 and deviation 1 instead of only to 0..1.")
    private boolean standardize;

    @Option(
            names = "--label-smoothing",
            paramLabel = "ALPHA",
            converter = Range.Share.class,
            description = "How much of each target is spread over all classes, 0 to below 1 (default: 0).")
    private @Nullable Double labelSmoothing;

    @Option(
            names = "--focal",
            paramLabel = "GAMMA",
            converter = Range.NotNegative.class,
            description = "Have pictures that are told for sure count less, by (1 - p)^GAMMA; for instance 2.")
    private @Nullable Double focal;

    @Option(
            names = "--gradient-checkpointing",
            description = "Compute parts of the forward pass twice: less memory for more time, the same results.")
    private boolean gradientCheckpointing;

    @Mixin
    private BackendOptions compute;

    /** Refuses a backend that cannot be used: see {@link BackendOptions#check}. */
    void check() {
        compute.check();
    }

    /** What computes. */
    Backend open() {
        return compute.open();
    }

    /** Has another model computed as the one that is trained. */
    void computes(Model other) {
        compute.applyTo(other);
    }

    /** What is to be trained: a network chosen by name, or a trained model with a last layer for it. */
    Model compiled(
            Optional<TrainedModel> start,
            ImageDataset pictures,
            Function<ImageDataset, Normalization> standardization,
            Optimizer optimizer,
            long seed) {
        Loss loss = loss(pictures.targets().kind());
        try (Scope opening = new Scope()) {
            Model model = opening.own(
                    start.isPresent()
                            ? start.get().headed(pictures, seed)
                            : Model.of(network(name, pictures)).seed(seed));
            compute.applyTo(model).gradientCheckpointing(gradientCheckpointing);
            if (standardize) {
                model.normalization(standardization.apply(pictures));
            }
            model.compile(optimizer, loss);
            opening.handOver();
            return model;
        }
    }

    static Network network(String name, ImageDataset pictures) {
        Targets targets = pictures.targets();
        Network network = Networks.named(name, pictures.imageShape(), targets.outputs());
        return targets.kind() == TargetKind.CLASSES ? network : network.withHead(List.of(head(targets)));
    }

    /** The last layer: classes are told apart by a softmax, labels are each for themselves, numbers of any size. */
    static Dense head(Targets targets) {
        return new Dense(
                targets.outputs(),
                switch (targets.kind()) {
                    case CLASSES -> Activation.SOFTMAX;
                    case MULTI_LABEL -> Activation.SIGMOID;
                    case REGRESSION -> Activation.LINEAR;
                });
    }

    private Loss loss(TargetKind kind) {
        if (numberLoss != null && kind != TargetKind.REGRESSION) {
            throw new WrongArgumentException(
                    "--loss " + numberLoss + " is one of numbers: expected --task regression, got " + Task.of(kind));
        }
        if (labelSmoothing != null && kind != TargetKind.CLASSES) {
            throw new WrongArgumentException(
                    "--label-smoothing is for classes: expected --task classes, got " + Task.of(kind));
        }
        if (focal != null && kind == TargetKind.REGRESSION) {
            throw new WrongArgumentException("--focal is for classes and labels, got --task " + Task.of(kind));
        }
        if (focal != null && labelSmoothing != null) {
            throw new WrongArgumentException(
                    "--focal and --label-smoothing contradict each other: expected one of them");
        }
        return switch (kind) {
            case CLASSES ->
                focal != null
                        ? new CategoricalFocalCrossentropy(false, focal)
                        : new CategoricalCrossentropy().labelSmoothing(labelSmoothing == null ? 0 : labelSmoothing);
            case MULTI_LABEL -> focal != null ? new BinaryFocalCrossentropy(false, focal) : new BinaryCrossentropy();
            case REGRESSION -> numberLoss == null ? NumberLoss.MSE.loss : numberLoss.loss;
        };
    }
}
