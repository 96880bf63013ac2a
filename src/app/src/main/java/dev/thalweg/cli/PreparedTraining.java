package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Normalization;
import dev.thalweg.memory.Scope;
import dev.thalweg.metric.Metric;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;

/** A model with all that its training needs but pictures to validate with, callbacks and files. */
final class PreparedTraining implements AutoCloseable {
    private final TrainingRecipe recipe;
    private final JudgeOptions.Judges judges;
    private final Fit fit;
    private final Model model;
    private final Scope owned;

    /**
     * Makes the model.
     *
     * @param start what it begins with; empty for first weights
     * @param train the pictures to learn from; must stay open
     * @param standardization how pictures are brought to mean 0 and deviation 1, where that is asked for
     * @throws IOException if its teacher cannot be read
     */
    PreparedTraining(
            TrainingRecipe recipe,
            Optional<TrainedModel> start,
            ImageDataset train,
            Function<ImageDataset, Normalization> standardization)
            throws IOException {
        this.recipe = recipe;
        LearningOptions learning = recipe.learning();
        TargetKind kind = train.targets().kind();
        judges = recipe.judge().of(kind, train.targets().outputs());
        Fit augmented = learning.augment()
                .into(recipe.fit().metrics(judges.metrics().toArray(Metric[]::new)), train.imageShape(), kind);
        try (Scope opening = new Scope()) {
            model = opening.own(learning.what()
                    .compiled(
                            start,
                            train,
                            standardization,
                            learning.rates().descent(learning.optimizer(), recipe.steps(train.size())),
                            recipe.seed()));
            fit = recipe.teacher()
                    .into(
                            augmented,
                            train,
                            model.normalization(),
                            learning.what(),
                            learning.batch().size(),
                            opening);
            owned = opening.handOver();
        }
    }

    Model model() {
        return model;
    }

    Fit fit() {
        return fit;
    }

    JudgeOptions.Judges judges() {
        return judges;
    }

    /** Whether the model to be used has averages of the weights. */
    boolean averagesWeights() {
        return recipe.learning().averages();
    }

    /** The model becomes the one that is to be used: with averaged weights and several views, where asked for. */
    void settle(History history) {
        if (averagesWeights() && !history.epochs().isEmpty()) {
            model.weights(model.averagedWeights());
        }
        settleViews();
    }

    /** The model, with the weights that are to be used, looks at several views, where asked for. */
    void settleViews() {
        recipe.learning().views().applyTo(model);
    }

    @Override
    public void close() {
        owned.close();
    }
}
