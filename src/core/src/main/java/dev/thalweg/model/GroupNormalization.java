package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.Counted;

/**
 * Brings the pixels of each group of channels of each picture to mean 0 and variance 1, then to a learnt scale and
 * shift for each channel (Wu and He, ECCV 2018): {@code [N, C, H, W]} to {@code [N, C, H, W]}. Parameters:
 * {@code scale [C]} and {@code shift [C]}.
 *
 * @param groups how many, must divide the channels
 * @param epsilon added to variances, greater than 0
 */
public record GroupNormalization(int groups, double epsilon) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code epsilon} is not greater than 0
     * @throws ShapeException if {@code groups} is not at least 1
     */
    public GroupNormalization {
        Sizes.positive("GroupNormalization", "groups", groups);
        Sizes.epsilon("GroupNormalization", epsilon);
    }

    /**
     * With epsilon 1e-5.
     *
     * @param groups how many
     */
    public GroupNormalization(int groups) {
        this(groups, 1e-5);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        Shape shape = input.shape();
        int channels = Sizes.channels("GroupNormalization", input);
        if (channels % groups != 0) {
            throw new ShapeException(
                    "GroupNormalization: " + groups + " groups do not divide " + Counted.of(channels, "channel"));
        }
        Value scale = context.parameter("scale", Initializer.ONES, channels);
        Value shift = context.parameter("shift", Initializer.ZEROS, channels);
        int rows = Shape.extent((long) shape.dim(0) * groups);
        Value normalized = context.builder()
                .normalize(
                        context.builder().reshape(input, Shape.of(rows, Shape.extent(shape.elements() / rows))), (float)
                                epsilon);
        Shape channel = shape.perChannel();
        Value scaled = context.builder()
                .multiply(
                        context.builder().reshape(normalized, shape),
                        context.builder().reshape(scale, channel));
        return context.builder().add(scaled, context.builder().reshape(shift, channel));
    }
}
