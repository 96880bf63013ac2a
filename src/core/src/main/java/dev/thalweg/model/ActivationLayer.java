package dev.thalweg.model;

import dev.thalweg.graph.Value;

/**
 * An activation as a layer of its own.
 *
 * @param activation which
 */
public record ActivationLayer(Activation activation) implements Layer {
    /** Checks that there is one. */
    public ActivationLayer {
        Sizes.given("ActivationLayer", "activation", activation);
    }

    @Override
    public String kind() {
        return "activation";
    }

    @Override
    public Value build(LayerContext context, Value input) {
        return activation.apply(context.builder(), input);
    }
}
