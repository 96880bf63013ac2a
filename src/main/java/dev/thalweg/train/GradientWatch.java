package dev.thalweg.train;

import dev.thalweg.backend.Movement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Watches for vanishing and exploding gradients: records for every parameter the gradient's norm, its own norm and the share
 * of itself by which it moved (about 0.001 is healthy), and ends a training whose gradients have all died away. A gradient
 * that is no number ends the training by itself, with a {@link TrainingDivergedException}.
 */
public final class GradientWatch implements Callback {
    /**
     * What one update came to.
     *
     * @param step how many updates went before, from 0
     * @param movements for each parameter
     */
    public record Sample(long step, List<Movement> movements) {
        /** Copies the list. */
        public Sample {
            movements = List.copyOf(movements);
        }

        /**
         * {@return the norm of all gradients together}
         */
        public double gradientNorm() {
            return Math.sqrt(movements.stream().mapToDouble(m -> m.gradientNorm() * m.gradientNorm()).sum());
        }
    }

    private final int every;
    private final double deadBelow;
    private final int patience;
    private final List<Sample> samples = new ArrayList<>();
    private int dead;
    private long lastStep = -1;

    /**
     * Watches.
     *
     * @param every how many batches lie between samples, at least 1
     * @param deadBelow the norm of all gradients together under which a network counts as dead, at least 0
     * @param patience how many dead samples in a row end the training, at least 1
     */
    public GradientWatch(int every, double deadBelow, int patience) {
        if (every < 1 || !(deadBelow >= 0) || patience < 1) {
            throw new IllegalArgumentException("gradient watch: expected an interval and a patience of at least 1 and a norm of at least 0, got "
                    + every + ", " + patience + " and " + deadBelow);
        }
        this.every = every;
        this.deadBelow = deadBelow;
        this.patience = patience;
    }

    /**
     * Watches; a training ends after 20 samples with a gradient of less than 1e-9.
     *
     * @param every how many batches lie between samples, at least 1
     */
    public GradientWatch(int every) {
        this(every, 1e-9, 20);
    }

    /**
     * {@return everything seen, oldest first}
     */
    public List<Sample> samples() {
        return List.copyOf(samples);
    }

    @Override
    public void onTrainBegin(Training training) {
        training.watch(true);
    }

    @Override
    public void onBatchEnd(Training training, Progress progress) {
        if ((progress.batch() - 1) % every != 0 || training.step() == 0 || training.step() - 1 == lastStep) {
            return;
        }
        lastStep = training.step() - 1;
        Sample sample = new Sample(lastStep, training.movements());
        samples.add(sample);
        dead = sample.gradientNorm() < deadBelow ? dead + 1 : 0;
        if (dead >= patience) {
            training.stop(String.format(Locale.ROOT, "the network is dead: in %d samples the norm of all gradients was below %.1e, the last"
                    + " %.1e; its units are saturated or switched off, so start from other weights, or use a lower learning rate or another"
                    + " activation", dead, deadBelow, sample.gradientNorm()));
        }
    }
}
