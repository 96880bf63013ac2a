package dev.thalweg.optim;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.tensor.Shape;
import java.util.List;

/**
 * Momentum made orthogonal, for kernels of hidden layers (Jordan et al., Muon: An optimizer for hidden layers in neural
 * networks, 2024): Nesterov's momentum, of which five iterations of Newton and Schulz bring all singular values near 1:
 * <pre>
 *   m ← βm + (1 − β)g
 *   d = βm + (1 − β)g                        as a matrix [O, I·Kh·Kw], transposed while it is taller than wide
 *   X ← d / (‖d‖ + 1e-7)
 *   X ← aX + (bA + cA²)X,   A = XXᵀ          five times, with a = 3.4445, b = −4.7750, c = 2.0315
 *   θ ← θ − η √max(1, O / (I·Kh·Kw)) X
 * </pre>
 * A parameter of fewer than two dimensions is refused: biases, gains of normalizations, and best the last layer too,
 * are given to another rule, whose learning rate is a part of this one's:
 * {@code .group(ParameterGroup.of("(?!.*kernel).*|dense.*").rule(new AdamW(1)).rateFactor(0.05))}. Decay is
 * {@link Optimizer#weightDecay}. Clipping shortens X, not the gradient, and so does little; gradients are not
 * accumulated, as the momentum moves with every batch.
 *
 * @param learningRate η, greater than 0
 * @param momentum β, from 0 to below 1
 */
public record Muon(double learningRate, double momentum) implements Rule {
    private static final int ITERATIONS = 5;
    private static final float A = 3.4445f;
    private static final float B = -4.7750f;
    private static final float C = 2.0315f;
    /** So that a gradient of zeros is not divided by zero. */
    private static final float TINY = 1e-7f;

    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code learningRate} is not greater than 0, or {@code momentum} not from 0
     *         to below 1
     */
    public Muon {
        Ranges.above0("Muon: the learning rate", learningRate);
        Ranges.below1("Muon: the momentum", momentum);
    }

    /**
     * With the author's momentum, 0.95.
     *
     * @param learningRate η, greater than 0; often 0.02
     */
    public Muon(double learningRate) {
        this(learningRate, 0.95);
    }

    @Override
    public int averages() {
        return 1;
    }

    @Override
    public Value direction(GraphBuilder graph, Value parameter, Value gradient, List<Value> averages) {
        Shape shape = parameter.shape();
        if (shape.rank() < 2) {
            throw new IllegalArgumentException("Muon moves matrices and kernels: expected parameters of two or more"
                    + " dimensions, got " + parameter.name() + " " + shape + "; give it another rule,"
                    + " .group(ParameterGroup.of(\"(?!.*kernel).*\").rule(new AdamW(1)).rateFactor(0.05))");
        }
        float kept = (float) momentum;
        Value average = averages.getFirst();
        Value share = graph.linear(gradient, 1 - kept, 0);
        // The graph sees the average as the batch before left it.
        Value next = graph.add(graph.linear(average, kept, 0), share);
        graph.track(momentum, average, gradient);
        Value ahead = graph.add(graph.linear(next, kept, 0), share);
        int rows = shape.dim(0);
        int columns = Math.toIntExact(shape.elements() / rows);
        Value matrix = graph.reshape(ahead, Shape.of(rows, columns));
        float scale = (float) Math.sqrt(Math.max(1, (double) rows / columns));
        return graph.reshape(graph.linear(orthogonal(graph, matrix, rows > columns), scale, 0), shape);
    }

    private static Value orthogonal(GraphBuilder graph, Value matrix, boolean tall) {
        Value x = normalized(graph, tall ? graph.transpose(matrix, 1, 0) : matrix);
        for (int i = 0; i < ITERATIONS; i++) {
            Value gram = graph.apply(new MatMul(false, true), x, x);
            Value polynomial = graph.add(graph.linear(gram, B, 0), graph.linear(graph.matmul(gram, gram), C, 0));
            x = graph.add(graph.linear(x, A, 0), graph.matmul(polynomial, x));
        }
        return tall ? graph.transpose(x, 1, 0) : x;
    }

    private static Value normalized(GraphBuilder graph, Value matrix) {
        Shape one = Shape.of(1);
        Value squares = graph.reduce(Reduction.Kind.SUM, graph.eltwise(Eltwise.Kind.SQUARE, matrix));
        Value norm = graph.eltwise(Eltwise.Kind.SQRT, graph.reshape(squares, one));
        return graph.multiply(
                matrix, graph.binary(Binary.Kind.DIV, graph.constant(1, one), graph.linear(norm, 1, TINY)));
    }

    @Override
    public List<Assignment> assignments() {
        return List.of(
                Expression.PARAMETER.becomes(Expression.PARAMETER.minus(Expression.RATE.times(Expression.GRADIENT))));
    }
}
