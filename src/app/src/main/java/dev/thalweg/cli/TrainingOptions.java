package dev.thalweg.cli;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Folds;
import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what a training comes to, whichever command trains. */
final class TrainingOptions {
    @Mixin
    private DataOptions data;

    @Mixin
    private PictureOptions pictureOptions;

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

    @Option(
            names = "--progressive-resizing",
            paramLabel = "SCALE",
            converter = Range.Fraction.class,
            description = "Begin with pictures whose sides are that share of the whole, for instance 0.5, and let them"
                    + " grow until two thirds of the epochs: less time. Not with a network of one size, as cnn.")
    private @Nullable Double firstScale;

    @Mixin
    private ViewsOption views;

    @Mixin
    private TeacherOptions teacher;

    /** Mistakes known before anything is read. */
    void check() throws IOException {
        pictureOptions.check(data);
        from.check();
        optimizer.check();
        rates.check();
        augment.check();
        views.check();
        teacher.check();
        what.check();
    }

    /** What a preset chooses beside what was given here. */
    ChosenOptions chosenBy(String preset, GivenOptions given) throws IOException {
        return ChosenOptions.by(preset, data, pictureOptions, what, given);
    }

    /** How a training goes by these options. */
    TrainingRecipe recipe(int epochs, int keep, JudgeOptions judge) {
        return new TrainingRecipe(
                epochs,
                batch,
                keep,
                data.seed(),
                what,
                optimizer,
                rates,
                augment,
                Optional.ofNullable(firstScale),
                views,
                teacher,
                judge);
    }

    long seed() {
        return data.seed();
    }

    double usualRate() {
        return optimizer.usualRate();
    }

    /** The share of the pictures to validate with; another than 0 where it is needed. */
    double validation(double usual) {
        return pictureOptions.validation(usual);
    }

    /**
     * {@return the model to begin with; empty for first weights}
     *
     * @param scope owns it
     */
    Optional<TrainedModel> start(Scope scope) throws IOException {
        return from.read(pictureOptions).map(scope::own);
    }

    /**
     * {@return the pictures, to be closed}
     *
     * @param validation which share to validate with
     * @param start the model to begin with, which says their size
     */
    DataSplit read(double validation, Optional<TrainedModel> start) throws IOException {
        return data.read(pictureOptions, validation, start.map(TrainedModel::model));
    }

    /** {@return the pictures parted to cross-validate with, to be closed} */
    Folds readFolds(int folds, Optional<TrainedModel> start) throws IOException {
        return data.readFolds(pictureOptions, folds, start.map(TrainedModel::model));
    }

    /** What is trained on and what for. */
    List<String> describe(DataSplit pictures) {
        return TrainText.describe(
                pictures, data.targets(), pictureOptions.task().isPresent());
    }
}
