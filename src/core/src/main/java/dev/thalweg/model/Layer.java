package dev.thalweg.model;

import dev.thalweg.graph.Value;
import java.util.Locale;

/**
 * A layer: what it makes of what flows in. Those of this library are immutable records: the methods named after a
 * setting return a copy with that setting. Own ones are records too, so that they can be compared, and saved under a
 * registered name:
 * <pre>{@code
 * public record Scale() implements Layer {
 *     @Override
 *     public Value build(LayerContext context, Value input) {
 *         return context.builder().multiply(input, context.parameter("factor", Initializer.ONES, 1));
 *     }
 * }
 *
 * Registry.register(Layer.class, "acme.Scale", Scale.class);
 * }</pre>
 * The gradient follows from the operations. A lambda will do for what has no settings and is never saved.
 */
@FunctionalInterface
public interface Layer {
    /**
     * {@return the layer's kind in lower case, from which its name in a network is made: {@code conv2d}; letters,
     * digits and low lines}
     */
    default String kind() {
        Class<?> type = getClass();
        return type.isHidden() || type.isAnonymousClass()
                ? "lambda"
                : type.getSimpleName().toLowerCase(Locale.ROOT);
    }

    /**
     * Adds the layer to a graph. This is done several times, with other batch sizes and for training and inference, and
     * must come to the same parameters each time.
     *
     * @param context the graph, and where parameters are declared
     * @param input {@code [N, ...]}
     * @return the layer's result, {@code [N, ...]}
     * @throws dev.thalweg.tensor.ShapeException if the layer does not fit its input; the layer's name is put before
     *         what it says
     */
    Value build(LayerContext context, Value input);
}
