package dev.thalweg.model;

import dev.thalweg.graph.Value;
import dev.thalweg.text.Returned;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A piece of a network as one layer, to be used again, under a name of its own in each place or, to share its weights,
 * under the same: {@code x.then("stage1", block).then("stage2", block)}. Its parameters are named
 * {@code stage1/conv2d.kernel}.
 *
 * @param calls its layers
 */
public record Submodule(List<LayerCall> calls) implements Layer {
    /** Copies the list and checks that each call takes from those before it. */
    public Submodule {
        calls = List.copyOf(Sizes.given("Submodule", "calls", calls));
        Wiring.check(calls, 1);
    }

    /**
     * Builds a submodule.
     *
     * @param body what becomes of what flows in
     * @return the layer
     */
    public static Submodule of(UnaryOperator<Flow> body) {
        Flow open = Flow.open();
        return new Submodule(Flow.calls(List.of(open), List.of(Returned.by(body, "apply", body.apply(open)))));
    }

    @Override
    public Value build(LayerContext context, Value input) {
        return Wiring.build(calls, context, List.of(input), (place, result) -> {})
                .getLast();
    }
}
