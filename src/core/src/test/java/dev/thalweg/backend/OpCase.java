package dev.thalweg.backend;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import java.util.List;
import java.util.function.Function;

/**
 * A graph to check: adds operations on parameters (which are differentiated) and inputs (which are not).
 *
 * @param name what is special about it
 * @param build adds the operations and returns the result
 * @param low the least number put in
 * @param high the greatest number put in
 */
record OpCase(String name, Function<GraphBuilder, Value> build, double low, double high) {
    static OpCase of(String name, Function<GraphBuilder, Value> build) {
        return new OpCase(name, build, -1.5, 1.5);
    }

    static OpCase positive(String name, Function<GraphBuilder, Value> build) {
        return new OpCase(name, build, 0.2, 2.5);
    }

    /** The operations alone; their result is the one output. */
    Graph forward() {
        GraphBuilder builder = new GraphBuilder();
        Value result = build.apply(builder);
        return builder.build(name, List.of(result));
    }

    @Override
    public String toString() {
        return name;
    }
}
