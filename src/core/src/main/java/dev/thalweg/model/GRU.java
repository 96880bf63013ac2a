package dev.thalweg.model;

import dev.thalweg.graph.Recurrence;
import dev.thalweg.graph.Value;

/**
 * A gated recurrent unit (Cho et al. 2014) with the reset behind the recurrent product, as in cuDNN over a sequence;
 * its formulas are those of {@link Recurrence.Kind#GRU}. {@code [N, T, D]} to the state after the last time step
 * {@code [N, units]}, or after every time step {@code [N, T, units]}. Parameters: {@code kernel [D, 3·units]},
 * {@code recurrent_kernel [units, 3·units]}, {@code bias [4·units]}.
 *
 * @param units how many numbers make the state
 * @param returnSequences whether the state after every time step comes out
 */
public record GRU(int units, boolean returnSequences) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws dev.thalweg.tensor.ShapeException if {@code units} is not at least 1
     */
    public GRU {
        Sizes.positive("GRU", "units", units);
    }

    /**
     * The last state alone.
     *
     * @param units how many numbers make the state
     */
    public GRU(int units) {
        this(units, false);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        return Sequences.recurrence(context, input, Recurrence.Kind.GRU, units, returnSequences);
    }
}
