package dev.thalweg.model;

import dev.thalweg.graph.Recurrence;
import dev.thalweg.graph.Value;

/**
 * A long short-term memory (Hochreiter and Schmidhuber 1997) over a sequence; its formulas are those of
 * {@link Recurrence.Kind#LSTM}. {@code [N, T, D]} to the state after the last time step {@code [N, units]}, or after
 * every time step {@code [N, T, units]}. Parameters: {@code kernel [D, 4·units]},
 * {@code recurrent_kernel [units, 4·units]}, {@code bias [4·units]}.
 *
 * @param units how many numbers make the state
 * @param returnSequences whether the state after every time step comes out
 */
public record LSTM(int units, boolean returnSequences) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws dev.thalweg.tensor.ShapeException if {@code units} is not at least 1
     */
    public LSTM {
        Sizes.positive("LSTM", "units", units);
    }

    /**
     * The last state alone.
     *
     * @param units how many numbers make the state
     */
    public LSTM(int units) {
        this(units, false);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        return Sequences.recurrence(context, input, Recurrence.Kind.LSTM, units, returnSequences);
    }
}
