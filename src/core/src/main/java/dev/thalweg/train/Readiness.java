package dev.thalweg.train;

import dev.thalweg.engine.ModelDescription;
import dev.thalweg.loss.OutputLoss;
import dev.thalweg.metric.Metric;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.stream.IntStream;

/**
 * What a model must have before it can be used so, and what a {@link Fit} may ask of it.
 *
 * @param description of the model
 */
record Readiness(ModelDescription description) {
    /**
     * Refuses a model without a loss.
     *
     * @param use what for
     * @throws IllegalStateException if there is none
     */
    void toEvaluate(String use) {
        if (description.losses().isEmpty()) {
            throw new IllegalStateException("the model has no loss yet: call compile before " + use);
        }
    }

    /**
     * Refuses a model whose loss has no gradients to anything that is trained.
     *
     * @param use what for
     * @throws IllegalStateException if there is no loss, or nothing to train
     */
    void toDifferentiate(String use) {
        toEvaluate(use);
        checkTrainable();
    }

    /**
     * Refuses a model that cannot be trained.
     *
     * @param use what for
     * @throws IllegalStateException if there is no loss, no optimizer, or nothing to train
     */
    void toTrain(String use) {
        if (description.losses().isEmpty() || description.optimizer() == null) {
            throw new IllegalStateException("the model has no loss and optimizer yet: call compile before " + use);
        }
        checkTrainable();
    }

    private void checkTrainable() {
        description.checkFloats("training");
        if (description.trainable().isEmpty()) {
            throw new IllegalStateException("nothing is left to train: "
                    + (description.frozen().isEmpty()
                            ? "the network has no parameters"
                            : "all parameters are frozen, freeze(\"\") freezes none"));
        }
    }

    /**
     * Refuses wishes that this model's losses, or the rest of the wishes, do not allow.
     *
     * @throws IllegalArgumentException if there are class weights and a loss that they do not suit, or metrics and
     *         nothing to validate with
     * @throws dev.thalweg.tensor.ShapeException if the network does not take pictures of all sizes
     */
    void toFit(Fit fit) {
        if (!fit.classWeights().isEmpty()
                && !description.losses().values().stream()
                        .allMatch(one -> one.loss().scalesWithTargets())) {
            // There a weighted target is a weighted loss; elsewhere it would be another target.
            throw new IllegalArgumentException("class weights need a loss that grows with its targets, as"
                    + " categorical cross-entropy does, sparse or not; got "
                    + description.losses().values().stream()
                            .map(OutputLoss::loss)
                            .toList()
                    + ": a BalancedSampler or a WeightedRandomSampler goes with every loss");
        }
        if (fit.validation().isEmpty() && !fit.metrics().isEmpty()) {
            throw new IllegalArgumentException("metrics are computed on the validation pictures, got "
                    + fit.metrics().stream().map(Metric::name).toList()
                    + " and nothing to validate with: give Fit.validation(...) some pictures");
        }
        fit.resizing().ifPresent(this::toResize);
    }

    private void toResize(ProgressiveResizing sizes) {
        Shape whole = description.network().pictures().shape();
        if (whole.rank() != 3) {
            throw new ShapeException("progressive resizing needs an input of pictures [C, H, W], got " + whole);
        }
        IntStream.rangeClosed(1, sizes.epochs())
                .mapToObj(epoch -> sizes.shape(epoch, whole))
                .distinct()
                .filter(shape -> !shape.equals(whole))
                .forEach(shape -> {
                    var _ = description.network().withPictures(shape);
                });
    }
}
