package dev.thalweg.train;

import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Sampler;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a training stands: what was done since it began, in however many calls of fit. What random numbers, learning
 * rates and the order of pictures are counted by is here, so that a call goes on where the one before ended.
 */
final class Standing {
    /** By what the batches of an epoch are laid down: an epoch that was cut off goes on only along the same. */
    record Course(ImageDataset data, int batchSize, String sampler, long seed) {
        static Course of(ImageDataset data, Fit fit) {
            return new Course(data, fit.batchSize(), RecipeNames.of(Sampler.class, fit.sampler()), fit.seed());
        }
    }

    private final List<EpochResult> epochs = new ArrayList<>();
    /** Null before the first training. */
    private @Nullable Course course;

    private long step;
    private long draws;
    private double rateFactor = 1;
    private final List<String> warnings = new ArrayList<>();
    // Of the epoch that is under way.
    private int batch;
    private double lossSum;
    /** By metric, over the pictures seen. */
    private final Map<String, Double> sums = new LinkedHashMap<>();

    private int seen;
    private int skipped;
    private float learningRate;
    private double seconds;
    /** Whether a batch was begun and not finished: then nobody knows what of it was done. */
    private boolean withinBatch;
    /** How many batches, trained on alone, wait for their update. */
    private int waiting;

    /**
     * Sets out on a course.
     *
     * @return whether gradients of batches may still wait for an update that will not come: the epoch under way is
     *         given up, as it was on another course or ended by a failure within a batch
     */
    boolean setOut(Course next) {
        boolean lost = withinBatch || waiting > 0 || batch > 0 && !next.equals(course);
        waiting = 0;
        course = next;
        if (lost) {
            beginEpoch();
        }
        return lost;
    }

    /**
     * Sets out on a batch that belongs to no epoch.
     *
     * @return whether gradients may still wait for an update that will not come
     */
    boolean setOutAlone() {
        boolean lost = withinBatch;
        if (lost) {
            beginEpoch();
            waiting = 0;
        }
        return lost;
    }

    /** Ends a batch that belongs to no epoch. */
    void endLoneBatch(boolean updated) {
        waiting = updated ? 0 : waiting + 1;
        withinBatch = false;
    }

    /** How many batches that belong to no epoch wait for their update. */
    int waiting() {
        return waiting;
    }

    /** By which number the random numbers of the next batch are drawn. */
    long draws() {
        return draws;
    }

    /** Begins the epoch that is under way anew. */
    void beginEpoch() {
        batch = 0;
        lossSum = 0;
        sums.clear();
        seen = 0;
        skipped = 0;
        learningRate = 0;
        seconds = 0;
        withinBatch = false;
    }

    /** Begins a batch at a learning rate; the number that its random numbers are drawn by. */
    long beginBatch(float rate) {
        withinBatch = true;
        learningRate = rate;
        return draws++;
    }

    /** Counts a batch whose loss is a number; the metrics' values of its pictures are summed. */
    void count(double loss, int pictures, Map<String, Double> sumsOfBatch) {
        lossSum += loss * pictures;
        seen += pictures;
        sumsOfBatch.forEach((name, sum) -> sums.merge(name, sum, Double::sum));
    }

    /** Counts an update, or one that was left out. */
    void update(boolean made) {
        if (made) {
            step++;
        } else {
            skipped++;
        }
    }

    void endBatch() {
        batch++;
        withinBatch = false;
    }

    void spend(double secondsOfBatch) {
        seconds += secondsOfBatch;
    }

    /** Ends the epoch that is under way; its metrics were these. */
    EpochResult endEpoch(List<String> names, Optional<Evaluation> validation) {
        EpochResult result = new EpochResult(
                epoch(), loss(), metrics(names), validation, seconds, learningRate, skipped, MemoryUse.now());
        epochs.add(result);
        beginEpoch();
        return result;
    }

    /** The number of the epoch that is under way or comes next, from 1. */
    int epoch() {
        return epochs.size() + 1;
    }

    /** All epochs that were ended. */
    List<EpochResult> epochs() {
        return epochs;
    }

    /** How many updates were made. */
    long step() {
        return step;
    }

    /** How many batches of the epoch under way were trained on; all of them where its validation is due. */
    int batch() {
        return batch;
    }

    /** How many pictures of the epoch under way were counted. */
    int seen() {
        return seen;
    }

    /** How many updates of the epoch under way were left out. */
    int skipped() {
        return skipped;
    }

    double loss() {
        return lossSum / Math.max(1, seen);
    }

    /** The means of metrics so far, in the order of their names. */
    Map<String, Double> metrics(List<String> names) {
        Map<String, Double> means = new LinkedHashMap<>();
        names.forEach(name -> means.put(name, sums.getOrDefault(name, 0.0) / Math.max(1, seen)));
        return means;
    }

    /** Of the last batch of the epoch under way. */
    float learningRate() {
        return learningRate;
    }

    /** What whoever reads the history should know. */
    List<String> warnings() {
        return warnings;
    }

    double rateFactor() {
        return rateFactor;
    }

    void rateFactor(double factor) {
        rateFactor = factor;
    }

    Checkpoint.Progress progress(Recipe recipe, List<String> callbacks) {
        return new Checkpoint.Progress(
                Checkpoint.VERSION,
                recipe,
                step,
                draws,
                rateFactor,
                batch,
                lossSum,
                sums,
                seen,
                skipped,
                learningRate,
                seconds,
                epochs.stream().map(Checkpoint.Epoch::of).toList(),
                List.copyOf(warnings),
                callbacks);
    }

    void restore(Checkpoint.Progress progress) {
        epochs.clear();
        progress.epochs().forEach(e -> epochs.add(e.result()));
        step = progress.step();
        draws = progress.draws();
        rateFactor = progress.rateFactor();
        batch = progress.batch();
        lossSum = progress.lossSum();
        sums.clear();
        sums.putAll(progress.sums());
        seen = progress.seen();
        skipped = progress.skipped();
        learningRate = progress.learningRate();
        seconds = progress.seconds();
        warnings.clear();
        warnings.addAll(progress.warnings());
        withinBatch = false;
    }
}
