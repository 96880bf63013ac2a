package dev.thalweg.train;

import dev.thalweg.collective.Collective;
import dev.thalweg.collective.Replication;
import dev.thalweg.data.Augmentation;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.RandomSampler;
import dev.thalweg.data.Sampler;
import dev.thalweg.data.SequentialSampler;
import dev.thalweg.metric.Metric;
import dev.thalweg.tensor.CheckReturnValue;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How to train: {@code Fit.epochs(10).batchSize(32).validation(data)}.
 * <p>
 * A model that is fitted again goes on where the call before ended: with the next epoch's number, order of pictures
 * and random changes, the next step of the schedule, and what the optimizer and {@link ReduceLROnPlateau} made of the
 * steps before. Five calls for one epoch give the same bits as one call for five. An epoch that was stopped within is
 * finished first, if data, batch size, sampler and seed are the same, and counts as one of the epochs asked for;
 * else it is given up and begun anew. After {@code compile}, and after changes of the model's other settings, a
 * training begins afresh.
 *
 * @param epochs how many times all pictures are seen in this call, at least 1; with {@code resume}, in the whole
 *            training, what was done before included
 * @param batchSize pictures in a step: 1 for stochastic descent, all for batch descent; at least 1
 * @param validation pictures to validate with after every epoch, other than those of the final test
 * @param sampler chooses the pictures of every epoch and their order
 * @param seed of everything random in the training: the order of pictures, dropout
 * @param callbacks are told what happens
 * @param metrics computed on the validation pictures
 * @param resume a checkpoint, or the directory of several, to go on from
 * @param augmentations random changes to the pictures, in order
 * @param classWeights by which the losses of each class' pictures are multiplied; empty for none
 * @param resizing how large pictures are seen in which epoch; empty for always as they are
 * @param replication which of several replicas of the model this is, that train together
 */
public record Fit(
        int epochs,
        int batchSize,
        Optional<ImageDataset> validation,
        Sampler sampler,
        long seed,
        List<Callback> callbacks,
        List<Metric> metrics,
        Optional<Path> resume,
        List<Augmentation> augmentations,
        List<Double> classWeights,
        Optional<ProgressiveResizing> resizing,
        Replication replication) {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code epochs} or {@code batchSize} is not at least 1, or a class weight not
     *         finite and at least 0
     */
    public Fit {
        Objects.requireNonNull(resume, "resume");
        Objects.requireNonNull(validation, "validation");
        Objects.requireNonNull(resizing, "resizing");
        Objects.requireNonNull(replication, "replication");
        if (epochs < 1) {
            throw new IllegalArgumentException("the number of epochs must be at least 1, got " + epochs);
        }
        if (batchSize < 1) {
            throw new IllegalArgumentException("the batch size must be at least 1, got " + batchSize);
        }
        Objects.requireNonNull(sampler, "sampler");
        callbacks = List.copyOf(callbacks);
        metrics = List.copyOf(metrics);
        augmentations = List.copyOf(augmentations);
        classWeights = List.copyOf(classWeights);
        if (classWeights.stream().anyMatch(w -> !(w >= 0) || Double.isInfinite(w))) {
            throw new IllegalArgumentException("class weights must be at least 0, got " + classWeights);
        }
    }

    /**
     * Starts from Keras' defaults: batches of 32, shuffled, no validation.
     *
     * @param epochs how many times all pictures are seen
     * @return the options
     */
    public static Fit epochs(int epochs) {
        return new FitDraft(epochs).fit();
    }

    private Fit with(Consumer<FitDraft> change) {
        FitDraft draft = new FitDraft(this);
        change.accept(draft);
        return draft.fit();
    }

    /**
     * {@return these options with another batch size}
     *
     * @param pictures in a step
     */
    @CheckReturnValue
    public Fit batchSize(int pictures) {
        return with(draft -> draft.batchSize = pictures);
    }

    /**
     * {@return these options with a validation after every epoch}
     *
     * @param data the pictures to validate with
     */
    @CheckReturnValue
    public Fit validation(ImageDataset data) {
        return with(draft -> draft.validation = Optional.of(Objects.requireNonNull(data, "data")));
    }

    /**
     * {@return these options with pictures in a random order, another one in every epoch, or in the data set's own}
     *
     * @param on whether pictures are shuffled
     */
    @CheckReturnValue
    public Fit shuffle(boolean on) {
        return sampler(on ? new RandomSampler() : new SequentialSampler());
    }

    /**
     * {@return these options with another choice of the pictures of every epoch and their order}
     *
     * @param choice such as {@link dev.thalweg.data.BalancedSampler}, or an own one
     */
    @CheckReturnValue
    public Fit sampler(Sampler choice) {
        return with(draft -> draft.sampler = choice);
    }

    /**
     * {@return these options with another seed}
     *
     * @param number of everything random in the training
     */
    @CheckReturnValue
    public Fit seed(long number) {
        return with(draft -> draft.seed = number);
    }

    /**
     * {@return these options with other callbacks}
     *
     * @param listeners are told what happens, in this order; {@link ModelCheckpoint} always last
     */
    @CheckReturnValue
    public Fit callbacks(Callback... listeners) {
        return callbacks(List.of(listeners));
    }

    /**
     * {@return these options with other callbacks}
     *
     * @param listeners are told what happens, in this order; {@link ModelCheckpoint} always last
     */
    @CheckReturnValue
    public Fit callbacks(List<Callback> listeners) {
        return with(draft -> draft.callbacks = listeners);
    }

    /**
     * {@return these options with more measures of the validation}
     *
     * @param measures computed besides loss and accuracy
     */
    @CheckReturnValue
    public Fit metrics(Metric... measures) {
        return with(draft -> draft.metrics = List.of(measures));
    }

    /**
     * {@return these options, going on where another training of the same kind was cut off; the number of epochs is
     * then that of both together}
     *
     * @param checkpoint a file that {@link ModelCheckpoint} wrote, which must be there, or the directory they are in:
     *        then the last one; a directory without any, or none at all, begins anew, which is logged, so that one
     *        program serves for the first start and for those after a failure
     */
    @CheckReturnValue
    public Fit resume(Path checkpoint) {
        return with(draft -> draft.resume = Optional.of(Objects.requireNonNull(checkpoint, "checkpoint")));
    }

    /**
     * {@return these options with pictures that are changed at random before they are trained on}
     *
     * @param steps what changes them, in order; mixing steps after all others
     */
    @CheckReturnValue
    public Fit augmentations(Augmentation... steps) {
        return with(draft -> draft.augmentations = List.of(steps));
    }

    /**
     * {@return these options with classes that count differently. They go with losses over classes that grow with their
     * targets, {@link dev.thalweg.loss.Loss#scalesWithTargets}: categorical cross-entropy, sparse or not, with smoothed
     * labels or not. For other losses there are {@link dev.thalweg.data.BalancedSampler} and
     * {@link dev.thalweg.data.WeightedRandomSampler}; training refuses the weights then}
     *
     * @param weights by which the losses of each class' pictures are multiplied, at least 0
     */
    @CheckReturnValue
    public Fit classWeights(List<Double> weights) {
        return with(draft -> draft.classWeights = weights);
    }

    /**
     * {@return these options with pictures that are seen smaller in the first epochs}
     *
     * @param sizes how large in which epoch
     */
    @CheckReturnValue
    public Fit resizing(ProgressiveResizing sizes) {
        return with(draft -> draft.resizing = Optional.of(sizes));
    }

    /**
     * {@return these options for one of several replicas that train together, in threads or processes of their own:
     * each computes its part of every batch, {@link dev.thalweg.data.BatchPart#of}, and all make the same updates, by
     * the gradients of whole batches. All replicas call {@code fit} of a model of their own with the same pictures and
     * options; they set out with the weights of the first, whose callbacks alone are told what happens, and all end
     * with the same weights. What is drawn at random is drawn by a picture's place in the whole batch, so that the
     * replicas together compute what one would, but for the order in which it is rounded. Batch normalizations look at
     * the part of their replica}
     *
     * @param among this replica among the others; it stays the caller's to close, at once if this replica fails
     */
    @CheckReturnValue
    public Fit replicated(Collective among) {
        return with(draft ->
                draft.replication = new Replication(among, replication.synchronizedBatchNormalization(), false));
    }

    /**
     * {@return these options with batch normalizations that look at whole batches also where several replicas share
     * them, which takes time (as {@code synchronized} of Keras' {@code BatchNormalization})}
     *
     * @param on whether
     */
    @CheckReturnValue
    public Fit synchronizedBatchNormalization(boolean on) {
        return with(draft -> draft.replication = new Replication(replication.collective(), on, false));
    }

    /** As the loader takes them. */
    float @Nullable [] weightsOfClasses() {
        if (classWeights.isEmpty()) {
            return null;
        }
        float[] weights = new float[classWeights.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = classWeights.get(i).floatValue();
        }
        return weights;
    }
}
