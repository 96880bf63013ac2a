package dev.thalweg.model;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.Counted;

/**
 * Every token looks at all tokens (Vaswani et al., Attention Is All You Need, 2017, equation 1, for several heads):
 * {@code softmax(QKᵀ / √d) V} with Q, K and V learnt linear functions of the tokens, then another one of the heads side
 * by side. {@code [N, T, D]} to {@code [N, T, D]}. Parameters: {@code qkv/kernel [3D, D]}, {@code qkv/bias [3D]},
 * {@code projection/kernel [D, D]}, {@code projection/bias [D]}.
 *
 * @param numHeads how many; must divide D
 */
public record MultiHeadAttention(int numHeads) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws ShapeException if {@code numHeads} is not at least 1
     */
    public MultiHeadAttention {
        Sizes.positive("MultiHeadAttention", "numHeads", numHeads);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        Shape s = input.shape();
        if (s.rank() != 3 || s.dim(2) % numHeads != 0) {
            throw new ShapeException("MultiHeadAttention needs tokens [N, T, D] with D a multiple of its "
                    + Counted.of(numHeads, "head") + ", got " + s);
        }
        GraphBuilder builder = context.builder();
        int units = s.dim(2);
        int width = units / numHeads;
        Value all = new Dense(Shape.extent(3L * units)).build(context.inside("qkv"), input);
        // [N, T, 3, heads, width] to [3, N, heads, T, width]
        Value parted = builder.transpose(
                builder.reshape(all, Shape.of(s.dim(0), s.dim(1), 3, numHeads, width)), 2, 0, 3, 1, 4);
        Value query = part(builder, parted, 0);
        Value key = part(builder, parted, 1);
        Value value = part(builder, parted, 2);
        Value scores =
                builder.linear(builder.apply(new MatMul(false, true), query, key), (float) (1 / Math.sqrt(width)), 0);
        Value mixed = builder.matmul(builder.softmax(scores, -1), value);
        Value joined = builder.reshape(
                builder.transpose(builder.reshape(mixed, Shape.of(s.dim(0), numHeads, s.dim(1), width)), 0, 2, 1, 3),
                s);
        return new Dense(units).build(context.inside("projection"), joined);
    }

    /** One of Q, K and V, {@code [N · heads, T, width]}. */
    private static Value part(GraphBuilder builder, Value parted, int index) {
        Shape s = parted.shape();
        return builder.reshape(builder.slice(parted, 0, index, 1), Shape.of(s.dim(1) * s.dim(2), s.dim(3), s.dim(4)));
    }
}
