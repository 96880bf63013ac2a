package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.Broadcast;
import dev.thalweg.graph.Constant;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Op;
import dev.thalweg.graph.Reshape;
import dev.thalweg.graph.Slice;
import dev.thalweg.graph.Value;
import dev.thalweg.model.LayerResult;
import dev.thalweg.model.Network;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The operations that a network's layers add to a graph when they do not train, and how they follow the size of the
 * batch: the graph is built for two sizes, and what differs must grow with it.
 */
final class TracedNetwork {
    /** Primes that are extents of nothing else: what is equal to one of them at both sizes is no coincidence. */
    private static final int SMALL = 89;

    private static final int LARGE = 97;

    /**
     * An operation.
     *
     * @param layer whose it is
     * @param node at the smaller size
     */
    record Step(String layer, Node node) {}

    private final Traced small;
    private final List<Step> steps = new ArrayList<>();
    private final Map<Value, BatchExtents> extents = new HashMap<>();

    /** A network's graph for batches of one size. */
    private record Traced(Graph graph, List<Value> inputs, List<Value> outputs, List<LayerResult> results) {
        static Traced of(Network network, int batch) {
            GraphBuilder builder = new GraphBuilder();
            List<Value> inputs = network.inputs().stream()
                    .map(port -> builder.input(port.name(), port.shape().batched(batch)))
                    .toList();
            List<LayerResult> results = network.trace(builder, inputs);
            List<LayerResult> calls = results.stream()
                    .filter(result -> !result.layer().contains("/"))
                    .toList();
            List<Value> outputs = network.outputs().stream()
                    .map(port -> calls.get(network.end(port.name())).result())
                    .toList();
            return new Traced(builder.build("export", new LinkedHashSet<>(outputs)), inputs, outputs, results);
        }

        /** Whose each operation is: that layer's whose result is the first at or behind it. */
        List<Step> steps() {
            List<Step> steps = new ArrayList<>();
            int next = 0;
            for (Node node : graph.nodes()) {
                while (results.get(next).result().id() < node.output().id()) {
                    next++;
                }
                steps.add(new Step(results.get(next).layer(), node));
            }
            return steps;
        }
    }

    /**
     * Builds the graphs.
     *
     * @throws IllegalArgumentException if a layer does something else with more examples
     */
    TracedNetwork(Network network) {
        small = Traced.of(network, SMALL);
        Traced large = Traced.of(network, LARGE);
        List<Step> larger = large.steps();
        steps.addAll(small.steps());
        if (larger.size() != steps.size()) {
            throw new IllegalArgumentException(
                    "the network is not exported: it is another graph for batches of " + SMALL + " examples, of "
                            + steps.size() + " operations, than of " + LARGE + ", of " + larger.size());
        }
        pair("input", small.inputs(), large.inputs());
        pair("parameter", small.graph().parameters(), large.graph().parameters());
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            Node other = larger.get(i).node();
            if (!asEver(step.node().op(), other.op())) {
                throw new IllegalArgumentException("the network is not exported: layer " + step.layer()
                        + " computes otherwise with batches of " + SMALL + " examples, "
                        + step.node().op()
                        + ", than of " + LARGE + ", " + other.op());
            }
            pair("layer " + step.layer(), step.node().outputs(), other.outputs());
        }
    }

    private void pair(String what, List<Value> values, List<Value> others) {
        for (int i = 0; i < values.size(); i++) {
            Value value = values.get(i);
            Value other = others.get(i);
            extents.put(
                    value,
                    BatchExtents.of(value.shape(), SMALL, other.shape(), LARGE)
                            .orElseThrow(() -> new IllegalArgumentException("the network is not exported: " + what
                                    + " is neither one for all batches nor grows with them: it has " + value.shape()
                                    + " for " + SMALL + " examples and " + other.shape() + " for " + LARGE)));
        }
    }

    /** Whether two operations differ by the extents of what they yield alone, which are compared on their own. */
    private static boolean asEver(Op op, Op other) {
        return switch (op) {
            case Reshape _ -> other instanceof Reshape;
            case Broadcast _ -> other instanceof Broadcast;
            case Constant constant -> other instanceof Constant that && that.value() == constant.value();
            case ConvolutionBackwardData back ->
                other instanceof ConvolutionBackwardData that
                        && that.window().equals(back.window())
                        && that.groups() == back.groups();
            case DropoutMask _ -> other instanceof DropoutMask;
            case Slice slice ->
                other instanceof Slice that && that.axis() == slice.axis() && that.from() == slice.from();
            default -> op.equals(other);
        };
    }

    /** The operations, each after those it depends on. */
    List<Step> steps() {
        return steps;
    }

    /** What flows in, in the order of the network's inputs. */
    List<Value> inputs() {
        return small.inputs();
    }

    /** What is learnt or kept. */
    List<Value> parameters() {
        return small.graph().parameters();
    }

    /** What comes out, in the order of the network's outputs. */
    List<Value> outputs() {
        return small.outputs();
    }

    BatchExtents extents(Value value) {
        return Objects.requireNonNull(extents.get(value), value::toString);
    }

    /** The operation that yields a value, if it is of a kind. */
    <T extends Op> Optional<Node> producer(Value value, Class<T> kind) {
        return small.graph().producer(value).filter(node -> kind.isInstance(node.op()));
    }
}
