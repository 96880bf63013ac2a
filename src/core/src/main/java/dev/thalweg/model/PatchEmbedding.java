package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.List;

/**
 * Cuts pictures into square patches and makes a token of each, with a learnt class token before them and a learnt
 * position added (Dosovitskiy et al., An Image Is Worth 16x16 Words, ICLR 2021): {@code [N, C, H, W]} to
 * {@code [N, 1 + H·W/patch², units]}. Parameters: {@code kernel [units, C, patch, patch]}, {@code bias [units]},
 * {@code class_token [1, 1, units]}, {@code position [1, tokens, units]}.
 *
 * @param patch height and width of a patch in pixels; must divide those of the picture
 * @param units how many numbers make a token
 */
public record PatchEmbedding(int patch, int units) implements Layer {
    /**
     * Checks what is given.
     *
     * @throws ShapeException if {@code patch} or {@code units} is not at least 1
     */
    public PatchEmbedding {
        Sizes.positive("PatchEmbedding", "patch", patch);
        Sizes.positive("PatchEmbedding", "units", units);
    }

    @Override
    public Value build(LayerContext context, Value input) {
        int channels = Sizes.channels("PatchEmbedding", input);
        Shape s = input.shape();
        if (s.rank() != 4 || s.dim(2) % patch != 0 || s.dim(3) % patch != 0) {
            throw new ShapeException("PatchEmbedding: patches of " + patch + " pixels do not divide pictures " + s);
        }
        int patches = Shape.extent((long) s.dim(2) / patch * (s.dim(3) / patch));
        Value kernel = context.parameter("kernel", Initializer.LECUN_NORMAL, units, channels, patch, patch);
        Value bias = context.parameter("bias", Initializer.ZEROS, units);
        Value classToken = context.parameter("class_token", Initializer.SMALL_NORMAL, 1, 1, units);
        Value position = context.parameter("position", Initializer.SMALL_NORMAL, 1, Shape.extent(1L + patches), units);
        Value grid = context.builder()
                .convolution(input, kernel, bias, Window.square(patch).stride(patch), 1);
        Value tokens = context.builder()
                .transpose(context.builder().reshape(grid, Shape.of(s.dim(0), units, patches)), 0, 2, 1);
        Value all = context.builder()
                .concat(1, List.of(context.builder().broadcast(classToken, Shape.of(s.dim(0), 1, units)), tokens));
        return context.builder().add(all, position);
    }
}
