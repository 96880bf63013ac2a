package dev.thalweg.model;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Recurrence;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;

/** What the recurrent layers share. */
final class Sequences {
    private Sequences() {}

    static Value recurrence(LayerContext context, Value input, Recurrence.Kind kind, int units, boolean all) {
        Shape s = input.shape();
        if (s.rank() != 3) {
            throw new ShapeException(
                    kind + " needs sequences [N, T, D], got " + s + ": put Rows before it to read pictures row by row");
        }
        GraphBuilder builder = context.builder();
        int columns = Shape.extent((long) kind.gates() * units);
        Value kernel = context.parameter("kernel", Initializer.GLOROT_UNIFORM, s.dim(2), columns);
        Value recurrent = context.parameter("recurrent_kernel", Initializer.ORTHOGONAL, units, columns);
        Value bias = context.parameter("bias", Initializer.ZEROS, Shape.extent((long) Recurrence.BIASES * units));
        Value states = builder.apply(new Recurrence(kind), builder.transpose(input, 1, 0, 2), kernel, recurrent, bias);
        return all
                ? builder.transpose(states, 1, 0, 2)
                : builder.reshape(builder.slice(states, 0, s.dim(1) - 1, 1), Shape.of(s.dim(0), units));
    }
}
