package dev.thalweg.serve.models;

import dev.thalweg.Model;
import dev.thalweg.inference.Batching;
import dev.thalweg.inference.InferenceListener;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * How models answer.
 *
 * @param computing says of each model what computes it
 * @param maxBatchSize pictures computed at a time at most
 * @param batching how batches are made
 * @param listeners is asked who listens to a model, by its name
 */
public record Serving(
        Consumer<Model> computing, int maxBatchSize, Batching batching, Function<String, InferenceListener> listeners) {
    /** Checks the size of batches. */
    public Serving {
        Objects.requireNonNull(computing, "computing");
        Objects.requireNonNull(batching, "batching");
        Objects.requireNonNull(listeners, "listeners");
        if (maxBatchSize < 1 || maxBatchSize > batching.queueCapacity()) {
            throw new IllegalArgumentException("expected a batch of 1 to " + batching.queueCapacity()
                    + " pictures, which the queue holds, got one of " + maxBatchSize);
        }
    }

    /** The sizes that networks are compiled for: the powers of two below the largest batch, and that one. */
    Integer[] batchSizes() {
        TreeSet<Integer> sizes = new TreeSet<>();
        for (long size = 1; size < maxBatchSize; size *= 2) {
            sizes.add((int) size);
        }
        sizes.add(maxBatchSize);
        return sizes.toArray(Integer[]::new);
    }
}
