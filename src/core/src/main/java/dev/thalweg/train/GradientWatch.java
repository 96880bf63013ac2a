package dev.thalweg.train;

import dev.thalweg.backend.Movement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Watches for vanishing and exploding gradients: records for every parameter the gradient's norm, its own norm and the
 * share of itself by which it moved (about 0.001 is healthy), and ends a training in which the gradients of a
 * parameter, or of all, have died away. A gradient that is no number ends the training by itself, with a
 * {@link TrainingDivergedException}.
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
            return Math.sqrt(movements.stream()
                    .mapToDouble(m -> m.gradientNorm() * m.gradientNorm())
                    .sum());
        }
    }

    private final int every;
    private final double deadBelow;
    private final int patience;
    private final List<Sample> samples = new ArrayList<>();
    private final Map<String, Integer> dead = new LinkedHashMap<>();
    private @Nullable String diagnosis;
    private long lastStep = -1;

    /**
     * Watches.
     *
     * @param every how many batches lie between samples, at least 1
     * @param deadBelow the norm of a parameter's gradient under which it counts as dead, at least 0
     * @param patience how many dead samples in a row end the training, at least 1
     */
    public GradientWatch(int every, double deadBelow, int patience) {
        if (every < 1 || !(deadBelow >= 0) || patience < 1) {
            throw new IllegalArgumentException(
                    "gradient watch: expected an interval and a patience of at least 1 and a norm of at least 0, got "
                            + every + ", " + patience + " and " + deadBelow);
        }
        this.every = every;
        this.deadBelow = deadBelow;
        this.patience = patience;
    }

    /**
     * Watches; a training ends after 20 samples with a gradient of less than 1e-12.
     *
     * @param every how many batches lie between samples, at least 1
     */
    public GradientWatch(int every) {
        this(every, 1e-12, 20);
    }

    /**
     * {@return everything seen, oldest first}
     */
    public List<Sample> samples() {
        return List.copyOf(samples);
    }

    /**
     * {@return what is wrong with the network, if this ended the training}
     */
    public Optional<String> diagnosis() {
        return Optional.ofNullable(diagnosis);
    }

    @Override
    public void onTrainBegin(Training training) {
        training.watch(true);
    }

    @Override
    public void onBatchEnd(Training training, Progress progress) {
        boolean sampled = (progress.batch() - 1) % every == 0;
        // Measuring costs a pass over the weights, so only the batches that are looked at are measured.
        training.watch(progress.batch() % every == 0 || progress.batch() == training.batches());
        if (!sampled || training.step() == 0 || training.step() - 1 == lastStep) {
            return;
        }
        lastStep = training.step() - 1;
        Sample sample = new Sample(lastStep, training.movements());
        samples.add(sample);
        sample.movements()
                .forEach(m ->
                        dead.merge(m.parameter(), 1, (before, one) -> m.gradientNorm() < deadBelow ? before + 1 : 0));
        List<String> gone = dead.entrySet().stream()
                .filter(e -> e.getValue() >= patience)
                .map(Map.Entry::getKey)
                .toList();
        if (!gone.isEmpty()) {
            String found = String.format(
                    Locale.ROOT,
                    "the network is dead: for %d samples no gradient has reached %s (norms below %.0e; loss %.4g at"
                            + " learning rate %.4g); its units are saturated or switched off, so start anew with a "
                            + "lower learning rate, a warm-up, other"
                            + " first weights or another activation",
                    patience,
                    gone.size() == sample.movements().size() ? "any parameter" : String.join(", ", gone),
                    deadBelow,
                    progress.loss(),
                    progress.learningRate());
            diagnosis = found;
            training.stop(found);
        }
    }
}
