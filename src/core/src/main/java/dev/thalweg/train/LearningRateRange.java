package dev.thalweg.train;

import dev.thalweg.data.Augmentation;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.optim.ExponentialDecay;
import dev.thalweg.optim.Schedule;
import dev.thalweg.text.Counted;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What a learning-rate range test found (Smith, Cyclical Learning Rates, WACV 2017, section 3.3): the loss at rates
 * that rise exponentially, until it has clearly left its best.
 *
 * @param points one for each step
 * @param proposal the rate at which the smoothed loss fell most steeply over the logarithm of the rate
 */
public record LearningRateRange(List<Point> points, double proposal) {
    /**
     * One step.
     *
     * @param learningRate of the step
     * @param loss of its batch
     * @param smoothedLoss moving average of the losses so far, corrected for its start
     */
    public record Point(double learningRate, double loss, double smoothedLoss) {}

    private static final double KEPT = 0.95;
    /** How many times the best loss is clear of it. */
    private static final double LOST = 4;

    private static final int LEAST_STEPS = 10;

    /** Copies the list. */
    public LearningRateRange {
        points = List.copyOf(points);
    }

    /** Collects the points and stops when all is seen. */
    private static final class Recorder implements Callback {
        private final List<Point> points = new ArrayList<>();
        private final int steps;
        private double average;
        private double best = Double.POSITIVE_INFINITY;
        private double sumBefore;
        private int imagesBefore;

        Recorder(int steps) {
            this.steps = steps;
        }

        @Override
        public void onBatchEnd(Training training, Progress progress) {
            if (progress.batch() == 1) {
                sumBefore = 0;
                imagesBefore = 0;
            }
            double sum = progress.loss() * progress.images();
            double loss = (sum - sumBefore) / (progress.images() - imagesBefore);
            sumBefore = sum;
            imagesBefore = progress.images();
            average = KEPT * average + (1 - KEPT) * loss;
            double smoothed = average / (1 - Math.pow(KEPT, points.size() + 1));
            points.add(new Point(progress.learningRate(), loss, smoothed));
            best = Math.min(best, smoothed);
            if (points.size() >= steps || smoothed > LOST * best) {
                training.stop("the range is tested");
            }
        }
    }

    /**
     * Runs the test.
     *
     * @param trainers makes a trainer with a schedule; it is closed afterwards
     * @param data the pictures to learn from
     * @param fit batch size, shuffling and seed
     * @param from the first rate, greater than 0
     * @param to the last rate, greater than the first
     * @param steps how many batches are tried, at least 10
     * @return the curve, and a proposal
     */
    static LearningRateRange test(
            Function<Schedule, Trainer> trainers, ImageDataset data, Fit fit, double from, double to, int steps) {
        if (!(from > 0 && to > from && Double.isFinite(to)) || steps < LEAST_STEPS) {
            throw new IllegalArgumentException("learning-rate range test: expected rates 0 < from < to and at least "
                    + Counted.of(LEAST_STEPS, "step") + ", got " + from + ", " + to + " and " + steps);
        }
        Recorder recorder = new Recorder(steps);
        try (Trainer trainer = trainers.apply(new ExponentialDecay(from, to / from, steps - 1))) {
            trainer.fit(
                    data,
                    Fit.epochs(steps)
                            .batchSize(fit.batchSize())
                            .sampler(fit.sampler())
                            .seed(fit.seed())
                            .callbacks(recorder)
                            .augmentations(fit.augmentations().toArray(Augmentation[]::new))
                            .classWeights(fit.classWeights()));
        } catch (TrainingDivergedException e) {
            // The end of the range that this test is there to find.
        }
        return new LearningRateRange(recorder.points, steepest(recorder.points));
    }

    /**
     * Slopes are taken over a tenth of the curve to either side, and not at its start, where the average is of few
     * losses.
     */
    private static double steepest(List<Point> points) {
        if (points.isEmpty()) {
            throw new IllegalStateException(
                    "the very first step diverged: begin the learning-rate range test at a lower rate");
        }
        int reach = Math.max(1, points.size() / 10);
        int best = points.size() / 2;
        double bestSlope = Double.POSITIVE_INFINITY;
        for (int i = 2 * reach; i + reach < points.size(); i++) {
            Point before = points.get(i - reach);
            Point after = points.get(i + reach);
            double slope = (after.smoothedLoss() - before.smoothedLoss())
                    / Math.log(after.learningRate() / before.learningRate());
            if (slope < bestSlope) {
                bestSlope = slope;
                best = i;
            }
        }
        return points.get(best).learningRate();
    }
}
