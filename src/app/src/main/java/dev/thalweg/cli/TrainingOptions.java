package dev.thalweg.cli;

import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Folds;
import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;

/** The options that say what a training comes to, whichever command trains. */
final class TrainingOptions {
    @Mixin
    private DataOptions data;

    @Mixin
    private PictureOptions pictureOptions;

    @Mixin
    private LearningOptions learning;

    @Mixin
    private FromOptions from;

    @Mixin
    private TeacherOptions teacher;

    /** Mistakes known before anything is read. */
    void check() throws IOException {
        pictureOptions.check(data);
        from.check();
        teacher.check();
        learning.check();
    }

    /** What a preset chooses beside what was given here. */
    ChosenOptions chosenBy(String preset, GivenOptions given) throws IOException {
        return ChosenOptions.by(preset, data, pictureOptions, learning.what(), given);
    }

    /** How a training goes by these options. */
    TrainingRecipe recipe(int epochs, int keep, JudgeOptions judge) {
        return new TrainingRecipe(epochs, keep, data.seed(), learning, teacher, judge);
    }

    long seed() {
        return data.seed();
    }

    double usualRate() {
        return learning.optimizer().usualRate();
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
