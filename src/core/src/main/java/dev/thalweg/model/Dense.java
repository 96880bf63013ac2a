package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.Objects;

/**
 * A fully connected layer, {@code [N, I]} to {@code [N, units]}, or of each row for itself {@code [N, T, I]} to
 * {@code [N, T, units]}. Parameters: {@code kernel [units, I]} and {@code bias [units]}, zero at first.
 *
 * @param units how many numbers come out, at least 1
 * @param activation applied to the result
 * @param useBias whether a learnt number is added to each result
 * @param kernelInitializer how the kernel starts
 */
public record Dense(int units, Activation activation, boolean useBias, Initializer kernelInitializer) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws ShapeException if {@code units} is not at least 1
     * @throws IllegalArgumentException if activation or initializer is not given
     */
    public Dense {
        Sizes.positive("Dense", "units", units);
        Sizes.given("Dense", "activation", activation);
        Sizes.given("Dense", "kernelInitializer", kernelInitializer);
    }

    /**
     * With an activation.
     *
     * @param units how many numbers come out
     * @param activation applied to the result
     */
    public Dense(int units, Activation activation) {
        this(units, activation, true, Initializer.GLOROT_UNIFORM);
    }

    /**
     * Without an activation: for logits.
     *
     * @param units how many numbers come out
     */
    public Dense(int units) {
        this(units, Activation.LINEAR);
    }

    /**
     * {@return this layer with another activation}
     *
     * @param function applied to the result
     */
    @CheckReturnValue
    public Dense activation(Activation function) {
        return new Dense(units, function, useBias, kernelInitializer);
    }

    /**
     * {@return this layer with or without a bias}
     *
     * @param on whether it has one
     */
    @CheckReturnValue
    public Dense useBias(boolean on) {
        return new Dense(units, activation, on, kernelInitializer);
    }

    /**
     * {@return this layer with another start}
     *
     * @param start how the kernel starts
     */
    @CheckReturnValue
    public Dense kernelInitializer(Initializer start) {
        Objects.requireNonNull(start, "start");
        return new Dense(units, activation, useBias, start);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        Shape shape = input.shape();
        if (shape.rank() != 2 && shape.rank() != 3) {
            throw new ShapeException("Dense needs rows of numbers [N, I] or [N, T, I], got " + shape
                    + ": put Flatten or" + " GlobalAveragePooling2D before it");
        }
        int inputs = shape.dim(shape.rank() - 1);
        Value kernel = context.parameter("kernel", kernelInitializer, units, inputs);
        Value bias = useBias ? context.parameter("bias", Initializer.ZEROS, units) : null;
        Value rows = context.builder().reshape(input, Shape.of(Shape.extent(shape.elements() / inputs), inputs));
        Value result = activation.apply(context.builder(), context.builder().innerProduct(rows, kernel, bias));
        return context.builder().reshape(result, shape.with(shape.rank() - 1, units));
    }
}
