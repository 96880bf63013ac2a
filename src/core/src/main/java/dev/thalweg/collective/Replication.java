package dev.thalweg.collective;

import dev.thalweg.tensor.CheckReturnValue;
import java.util.Objects;

/**
 * How a training is spread over replicas: each computes its share of every batch, and all move their weights alike.
 *
 * @param collective this replica among the others
 * @param synchronizedBatchNormalization whether statistics of batch normalizations are those of whole batches, as one
 *            machine computes them, which takes two more exchanges for each normalization and direction; else each
 *            replica normalizes its own share, and the moving averages follow the mean over the replicas
 * @param laidOutAlike whether parameters lie in the same layouts in all replicas, so that their gradients are added up
 *            as they lie
 */
public record Replication(Collective collective, boolean synchronizedBatchNormalization, boolean laidOutAlike) {
    /** One replica that has whole batches. */
    public static final Replication NONE = new Replication(Collective.ALONE, false, false);

    /** Refuses null. */
    public Replication {
        Objects.requireNonNull(collective, "collective");
    }

    /**
     * {@return the same replicas, of which it is known whether their parameters lie alike}
     *
     * @param alike whether they do
     */
    @CheckReturnValue
    public Replication withLaidOutAlike(boolean alike) {
        return new Replication(collective, synchronizedBatchNormalization, alike);
    }

    /**
     * {@return whether there is nobody to exchange anything with}
     */
    public boolean isAlone() {
        return collective.size() == 1;
    }
}
