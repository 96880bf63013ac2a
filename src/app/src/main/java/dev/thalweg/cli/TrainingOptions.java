package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.memory.Scope;
import dev.thalweg.train.Fit;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what a training comes to; a command that makes trainings of its own has more. */
abstract class TrainingOptions {
    private static final double USUAL_VALIDATION = 0.1;

    @Mixin
    private DataOptions data;

    @Mixin
    private PictureOptions pictureOptions;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "10",
            converter = Range.Count.class,
            description = "How often a trial that is trained to its end sees all pictures (default: as many as the"
                    + " budget allows, up to what the preset chooses, or ${DEFAULT-VALUE}).")
    private int epochs;

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

    @Mixin
    private ViewsOption views;

    /** Mistakes known before anything is read. */
    void check() throws IOException {
        pictureOptions.check(data);
        from.check();
        optimizer.check();
        rates.check();
        augment.check();
        views.check();
        what.check();
    }

    /** What a preset chooses beside what was given here. */
    ChosenOptions chosenBy(String preset, GivenOptions given) throws IOException {
        return ChosenOptions.by(preset, data, pictureOptions, what, given);
    }

    int epochs() {
        return epochs;
    }

    long seed() {
        return data.seed();
    }

    double usualRate() {
        return optimizer.usualRate();
    }

    /** How the model looks at pictures in the end. */
    ViewsOption views() {
        return views;
    }

    /** Whether it is averaged weights that are tested and saved. */
    boolean averages() {
        return rates.averages() || optimizer.averages();
    }

    /** {@return the pictures, to be closed, with some to validate with} */
    DataSplit read() throws IOException {
        try (Scope reading = new Scope()) {
            Optional<TrainedModel> start = from.read(pictureOptions).map(reading::own);
            DataSplit pictures = data.read(
                    pictureOptions, pictureOptions.validation(USUAL_VALIDATION), start.map(TrainedModel::model));
            if (pictures.validation().isEmpty()) {
                pictures.close();
                throw new WrongArgumentException("--validation", "a share above 0, by which trials are judged", 0);
            }
            return pictures;
        }
    }

    /**
     * Makes the model of a training.
     *
     * @param scope owns it
     * @param pictures to be trained on
     */
    Model compiled(Scope scope, DataSplit pictures) throws IOException {
        Optional<TrainedModel> start = from.read(pictureOptions).map(scope::own);
        long batches = epochs * batch.batches(pictures.train().size());
        return scope.own(what.compiled(start, pictures.train(), rates.descent(optimizer, batches), data.seed()));
    }

    /** How it is trained. */
    Fit fit(DataSplit pictures) {
        Fit fit = Fit.epochs(epochs)
                .batchSize(batch.size())
                .seed(data.seed())
                .validation(pictures.validation().orElseThrow());
        return augment.into(
                fit, pictures.train().imageShape(), pictures.train().targets().kind());
    }
}
