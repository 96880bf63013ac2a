package dev.thalweg.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say how a network learns, wherever it does and wherever its pictures lie. */
final class LearningOptions {
    @Mixin
    private BatchSizeOption batch;

    @Mixin
    private OptimizerOptions optimizer;

    @Mixin
    private ModelOptions what;

    @Mixin
    private RateOptions rates;

    @Mixin
    private AugmentOption augment;

    @Option(
            names = "--progressive-resizing",
            paramLabel = "SCALE",
            converter = Range.Fraction.class,
            description = "Begin with pictures whose sides are that share of the whole, for instance 0.5, and let them"
                    + " grow until two thirds of the epochs: less time. Not with a network of one size, as cnn.")
    private @Nullable Double firstScale;

    @Mixin
    private ViewsOption views;

    BatchSizeOption batch() {
        return batch;
    }

    OptimizerOptions optimizer() {
        return optimizer;
    }

    ModelOptions what() {
        return what;
    }

    RateOptions rates() {
        return rates;
    }

    AugmentOption augment() {
        return augment;
    }

    /** How large pictures are seen in the first epoch; empty for always as they are. */
    Optional<Double> firstScale() {
        return Optional.ofNullable(firstScale);
    }

    ViewsOption views() {
        return views;
    }

    /** Whether what is tested and saved are averages of the weights. */
    boolean averages() {
        return rates.averages() || optimizer.averages();
    }

    /** Mistakes known before anything is read. */
    void check() {
        optimizer.check();
        rates.check();
        augment.check();
        views.check();
        what.check();
    }
}
