package dev.thalweg.collective;

import java.util.Objects;

/**
 * How a training is spread over replicas: each computes its share of every batch, and all move their weights alike.
 *
 * @param collective this replica among the others
 * @param synchronizedBatchNormalization whether statistics of batch normalizations are those of whole batches, as one
 *            machine computes them, which takes two more exchanges for each normalization and direction; else each
 *            replica normalizes its own share, and the moving averages follow the mean over the replicas
 */
public record Replication(Collective collective, boolean synchronizedBatchNormalization) {
    /** One replica that has whole batches. */
    public static final Replication NONE = new Replication(Collective.ALONE, false);

    /** Refuses null. */
    public Replication {
        Objects.requireNonNull(collective, "collective");
    }

    /**
     * {@return whether there is nobody to exchange anything with}
     */
    public boolean isAlone() {
        return collective.size() == 1;
    }
}
