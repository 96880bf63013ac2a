package dev.thalweg.model;

import java.util.List;

/**
 * A layer and what flows into it.
 *
 * @param name unique among its neighbours; two steps of one name and layer share their weights; null for one made from the kind
 * @param layer what it does
 * @param from what it takes: 0 is what flows into the whole, k the result of the k-th step before it
 */
public record Step(String name, Layer layer, List<Integer> from) {
    /** Copies the list. */
    public Step {
        from = List.copyOf(from);
    }
}
