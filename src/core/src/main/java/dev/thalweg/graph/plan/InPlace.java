package dev.thalweg.graph.plan;

import dev.thalweg.graph.Aliasing;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Decides which results take the memory of an input. This is the one place that decides who may overwrite memory: over
 * the finished graph, from what each operation says of itself; every backend obeys.
 */
public final class InPlace {
    private final Graph graph;
    /** What a value is a view of, for values that are views. */
    private final Map<Value, Value> viewed = new HashMap<>();
    /** Which operation is the last to read a value or a view of it. */
    private final Map<Value, Integer> lastRead = new HashMap<>();
    /** What must hold its numbers longer than from one operation to another. */
    private final Set<Value> lasting = new HashSet<>();

    private InPlace(Graph graph) {
        this.graph = graph;
        lasting.addAll(graph.inputs());
        lasting.addAll(graph.parameters());
        for (int i = 0; i < graph.nodes().size(); i++) {
            Node node = graph.nodes().get(i);
            for (Value input : node.inputs()) {
                lastRead.put(origin(input), i);
            }
            switch (node.op().aliasing(node.inputs().size())) {
                case Aliasing.Own _, Aliasing.Over _ -> {}
                case Aliasing.View _ -> viewed.put(node.output(), origin(node.input(0)));
                case Aliasing.Once _ -> lasting.addAll(node.outputs());
                case Aliasing.Afterwards _ -> node.inputs().forEach(input -> lasting.add(origin(input)));
            }
        }
        graph.outputs().forEach(output -> lasting.add(origin(output)));
    }

    /**
     * Analyses a graph.
     *
     * @param graph any graph, after all passes
     * @return for each result that is computed in place, the input whose memory it takes; every other result has memory
     *         of its own, or is a view
     */
    public static Map<Value, Value> of(Graph graph) {
        InPlace analysis = new InPlace(graph);
        Map<Value, Value> taken = new HashMap<>();
        for (int i = 0; i < graph.nodes().size(); i++) {
            Node node = graph.nodes().get(i);
            if (node.op().aliasing(node.inputs().size()) instanceof Aliasing.Over over) {
                Value input = node.input(over.input());
                if (analysis.endsAt(i, input) && isLike(input, node.output())) {
                    taken.put(node.output(), input);
                }
            }
        }
        return taken;
    }

    private static boolean isLike(Value a, Value b) {
        return a.shape().equals(b.shape()) && a.type() == b.type();
    }

    private Value origin(Value value) {
        return viewed.getOrDefault(value, value);
    }

    /** Whether nobody sees a value's memory after an operation, nor the operation itself through its other inputs. */
    private boolean endsAt(int index, Value value) {
        Value origin = origin(value);
        List<Value> inputs = graph.nodes().get(index).inputs();
        return inputs.stream().filter(input -> origin(input).equals(origin)).count() == 1
                && Objects.equals(lastRead.get(origin), index)
                && !lasting.contains(origin);
    }
}
