package dev.thalweg.inference;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * What somebody asked an {@link InferenceService}, until it is answered. Two requests are never equal.
 *
 * @param model that is to answer, and takes such inputs
 * @param pictures bytes {@code [C, H, W]} of each; none if all inputs are floats
 * @param others floats of the inputs that are not pictures, by name
 * @param count examples; none of what only waits for its turn
 * @param answer to be completed; done before its turn if nobody wants it any more
 * @param arrival by {@link System#nanoTime}
 */
record InferenceRequest(
        Inference model,
        List<byte[]> pictures,
        Map<String, List<float[]>> others,
        int count,
        CompletableFuture<Predictions> answer,
        long arrival) {
    /**
     * A request that comes now.
     *
     * @throws dev.thalweg.tensor.ShapeException if the model cannot answer it
     */
    static InferenceRequest of(Inference model, List<byte[]> pictures, Map<String, List<float[]>> others) {
        return new InferenceRequest(model, pictures, others, model.check(pictures, others));
    }

    /** A request that asks nothing: when its turn comes, all before it are answered. */
    static InferenceRequest turnOf(Inference model) {
        return new InferenceRequest(model, List.of(), Map.of(), 0);
    }

    private InferenceRequest(Inference model, List<byte[]> pictures, Map<String, List<float[]>> others, int count) {
        this(model, pictures, others, count, new CompletableFuture<>(), System.nanoTime());
    }

    /** Whether one batch may hold both: of one model, and what flows in is pictures in both, or floats. */
    boolean goesWith(InferenceRequest other) {
        return model == other.model && others.keySet().equals(other.others.keySet());
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
