package dev.thalweg.backend;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import java.util.List;

/**
 * The gradients of a case.
 *
 * @param forward computes the loss, a sum of the result's elements
 * @param loss one number
 * @param backward computes the gradients
 * @param gradients of the loss by each parameter of {@code forward}, in its order
 */
record OpGradients(Graph forward, Value loss, Graph backward, List<Value> gradients) {
    static OpGradients of(OpCase test) {
        GraphBuilder builder = new GraphBuilder();
        Value result = test.build().apply(builder);
        // A random weight for each element of the result, so that no gradient can hide behind another.
        Value weights = builder.input("weights of the sum", result.shape());
        Value loss = builder.reduce(Reduction.Kind.SUM, builder.binary(Binary.Kind.MUL, result, weights));
        Graph forward = builder.build(test.name(), List.of(loss));
        List<Value> gradients = Gradients.of(builder, loss, forward.parameters());
        return new OpGradients(forward, loss, builder.build(test.name() + " backward", gradients), gradients);
    }
}
