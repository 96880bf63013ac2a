package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Value;
import java.util.List;

/**
 * The graph of a network for batches of one size, on the one way that all of them go: built, rewritten, differentiated,
 * brought to its precision, compiled.
 */
final class NetworkGraph {
    private final ModelDescription description;
    private final int batchSize;
    private final GraphBuilder builder = new GraphBuilder();
    private final Value pictures;

    NetworkGraph(ModelDescription description, int batchSize) {
        this.description = description;
        this.batchSize = batchSize;
        this.pictures = builder.input("pictures", description.network().input().batched(batchSize));
    }

    GraphBuilder builder() {
        return builder;
    }

    Value pictures() {
        return pictures;
    }

    /** Adds the layers and rewrites them; what comes out of the last one. */
    Value predictions(boolean training) {
        Value predictions = description.network().build(builder, pictures, training, description.frozen()::contains);
        rewrite(List.of(predictions), training);
        return predictions;
    }

    /** Adds the layers as they act when they do not train; what comes out of each. */
    List<Value> results() {
        return description.network().buildAll(builder, pictures);
    }

    /** Rewrites what was built, up to the values that somebody will ask for. */
    void rewrite(List<Value> kept, boolean differentiated) {
        Passes.beforeGradients(builder, kept, differentiated);
    }

    /** Adds the gradients of a number. What is computed in half precision on the way is scaled, and scaled back. */
    List<Value> differentiate(Value number, List<Value> at) {
        Computation computation = description.computation();
        Value scaled = builder.linear(number, computation.lossScale(), 0);
        return Gradients.of(builder, scaled, at, computation.gradientCheckpointing()).stream()
                .map(gradient -> builder.linear(gradient, 1 / computation.lossScale(), 0))
                .toList();
    }

    /** Compiles it, with updates and moving averages. */
    Executable compile(String purpose, List<Value> outputs, Backend backend, Parameters parameters) {
        return backend.compile(
                Passes.afterGradients(
                        builder.build(purpose + " batch " + batchSize, outputs),
                        description.computation().precision()),
                parameters);
    }

    /** Compiles it so that running leaves all parameters as they are. */
    Executable compilePure(String purpose, List<Value> outputs, Backend backend, Parameters parameters) {
        return backend.compile(
                Passes.afterGradients(
                        builder.build(purpose + " batch " + batchSize, outputs).withoutUpdates(),
                        description.computation().precision()),
                parameters);
    }
}
