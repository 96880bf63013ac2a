package dev.thalweg.backend.runtime;

import dev.thalweg.backend.Movement;
import java.util.List;

/** Moves parameters by their gradients, after a graph. */
public interface Updates {
    /**
     * {@return whether there is nothing to move}
     */
    boolean isEmpty();

    /**
     * Does one update by the gradients of the last run.
     *
     * @param rate the learning rate
     * @param updates how many went before
     * @return false if nothing moved because a gradient held something else than a finite number
     */
    boolean step(float rate, long updates);

    /**
     * Adds the gradients of the last run to the pending ones.
     *
     * @param factor by which they are multiplied
     */
    void accumulate(float factor);

    /**
     * Does one update by the pending gradients, and forgets them.
     *
     * @param rate the learning rate
     * @param updates how many went before
     * @return as {@link #step}
     */
    boolean stepPending(float rate, long updates);

    /**
     * Has parameters and their movements measured too.
     *
     * @param on whether
     */
    void watch(boolean on);

    /**
     * {@return what the last update came to}
     */
    List<Movement> movements();
}
