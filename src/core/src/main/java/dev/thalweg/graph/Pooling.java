package dev.thalweg.graph;

import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reduces every window of a picture to one number. Input: {@code [N, C, H, W]}, floats, or bytes where their greatest
 * is wanted. Output: {@code [N, C, OH, OW]}.
 *
 * @param kind which number
 * @param window its kernel, stride, dilation and padding
 */
public record Pooling(Kind kind, Window window) implements Op {
    /** Refuses null. */
    public Pooling {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(window, "window");
    }

    /** Which number stands for a window. */
    public enum Kind {
        /** The greatest; its gradient goes to the first greatest pixel in row-major order. */
        MAX,
        /** The mean of the pixels inside the picture, as in Keras. */
        AVERAGE,
        /** The sum divided by the window's size, padding counted as zeros. */
        AVERAGE_INCLUDING_PADDING
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("pooling", inputs, 1, 1);
        if (kind != Kind.MAX || inputs.getFirst().type().bytes() > 1) {
            Checks.floats("pooling", inputs);
        }
        Shape source = inputs.getFirst().shape();
        Checks.rank("pooling", "a source", source, 4);
        if (!window.everyPlaceHoldsAPixel(source.dim(2), source.dim(3))) {
            throw new ShapeException("pooling of a " + source.dim(2) + "x" + source.dim(3)
                    + " picture: some windows hold padding alone; use less padding, got " + window);
        }
        return List.of(new TensorType(
                Shape.of(
                        source.dim(0),
                        source.dim(1),
                        window.outputHeight(source.dim(2)),
                        window.outputWidth(source.dim(3))),
                inputs.getFirst().type()));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Own();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Following(Set.of(0), Set.of(0));
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        Objects.requireNonNull(function, "function");
        return Optional.empty();
    }

    @Override
    public OutputKind yields() {
        return kind == Kind.MAX ? OutputKind.UNKNOWN : OutputKind.AS_FIRST_INPUT;
    }

    @Override
    public boolean servesGradients() {
        return false;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        return Collections.singletonList(
                at.builder().apply(new PoolingBackward(kind, window), at.input(0), at.output(), at.gradient()));
    }
}
