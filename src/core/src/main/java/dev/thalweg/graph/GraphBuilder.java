package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A graph that is being built: its inputs, its parameters, and the operations added so far. What can be added stands in
 * {@link Operations} and {@link Fragments}.
 */
public final class GraphBuilder implements Fragments {
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Value> inputs = new LinkedHashMap<>();
    private final Map<String, Value> parameters = new LinkedHashMap<>();
    private final Map<Value, Node> producers = new HashMap<>();
    private int values;

    /** Starts an empty graph. */
    public GraphBuilder() {}

    private Value value(String name, Shape shape, DataType type) {
        return new Value(values++, name, shape, type);
    }

    /**
     * Adds an input of floats.
     *
     * @param name unique among the inputs
     * @param shape its extents
     * @return the value
     */
    public Value input(String name, Shape shape) {
        return input(name, shape, DataType.FLOAT32);
    }

    /**
     * Adds an input.
     *
     * @param name unique among the inputs
     * @param shape its extents
     * @param type its elements' type
     * @return the value
     */
    public Value input(String name, Shape shape, DataType type) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(shape, "shape");
        Value value = value(name, shape, type);
        if (inputs.putIfAbsent(name, value) != null) {
            throw new ShapeException("the graph already has an input named " + name);
        }
        return value;
    }

    /**
     * Adds a parameter, or returns the one of that name.
     *
     * @param name unique among the parameters
     * @param shape its extents
     * @return the value
     * @throws ShapeException if there is one of that name and another shape
     */
    public Value parameter(String name, Shape shape) {
        Objects.requireNonNull(name, "name");
        Value value = parameters.computeIfAbsent(name, n -> value(n, shape, DataType.FLOAT32));
        Checks.same("parameter " + name, "the shared parameter", shape, value.shape());
        return value;
    }

    @Override
    public List<Value> applyAll(Op op, @Nullable Value... operands) {
        List<Value> in = Arrays.stream(operands).filter(Objects::nonNull).toList();
        String name = op.getClass().getSimpleName().toLowerCase(Locale.ROOT) + "_" + nodes.size();
        List<Value> out =
                op.infer(in).stream().map(t -> value(name, t.shape(), t.type())).toList();
        Node node = new Node(op, in, out);
        add(node);
        return out;
    }

    /**
     * Adds an in-place update of a parameter.
     *
     * @param rule how
     * @param parameter which
     * @param gradient the loss's gradient at it
     */
    public void update(UpdateRule rule, Value parameter, Value gradient) {
        update(new Update(rule), parameter, gradient);
    }

    /**
     * Adds an in-place update of a parameter.
     *
     * @param update how
     * @param parameter which
     * @param gradient the loss's gradient at it
     */
    public void update(Update update, Value parameter, Value gradient) {
        List<Value> averages = IntStream.range(0, update.rule().averages())
                .mapToObj(i -> parameter(UpdateRule.averageName(parameter.name(), i), parameter.shape()))
                .toList();
        applyAll(update, parameter, update.rule().direction(this, parameter, gradient, averages));
    }

    /**
     * Adds a moving average of a value, kept in a parameter.
     *
     * @param momentum how much of the average is kept in a step
     * @param parameter which
     * @param value what is averaged
     */
    public void track(double momentum, Value parameter, Value value) {
        applyAll(new Track(momentum), parameter, value);
    }

    /**
     * Puts one operation in the place of another, and takes a second one away. It yields what is still used of both.
     */
    void replace(Node place, Node second, Node replacement) {
        nodes.set(nodes.indexOf(place), replacement);
        nodes.remove(second);
        place.outputs().forEach(producers::remove);
        second.outputs().forEach(producers::remove);
        replacement.outputs().forEach(o -> producers.put(o, replacement));
    }

    @Override
    public Optional<Node> producer(Value value) {
        Objects.requireNonNull(value, "value");
        return Optional.ofNullable(producers.get(value));
    }

    /** Puts the operations that were added since there were this many before another one. */
    void moveBefore(int from, Node place) {
        List<Node> added = new ArrayList<>(nodes.subList(from, nodes.size()));
        nodes.subList(from, nodes.size()).clear();
        nodes.addAll(nodes.indexOf(place), added);
    }

    /** Takes all operations away, for a pass that adds what it leaves of them again. */
    List<Node> takeNodes() {
        List<Node> all = List.copyOf(nodes);
        nodes.clear();
        producers.clear();
        return all;
    }

    /** Adds an operation that yields values of this graph. */
    void add(Node node) {
        nodes.add(node);
        node.outputs().forEach(o -> producers.put(o, node));
    }

    boolean isParameter(Value value) {
        return value.equals(parameters.get(value.name()));
    }

    /** The operations that read a value. */
    List<Node> users(Value value) {
        return nodes.stream().filter(n -> n.inputs().contains(value)).toList();
    }

    /** The operation that yields a value, if one other reads it and nobody else may ask for it; else null. */
    @Nullable
    Node onlyFor(Node user, Value value, Collection<Value> kept) {
        return kept.contains(value) || !users(value).equals(List.of(user)) ? null : producers.get(value);
    }

    /**
     * {@return the operations added so far}
     */
    List<Node> nodes() {
        return nodes;
    }

    /**
     * Finishes the graph. Operations that no output and no change of a parameter depends on are left out.
     *
     * @param name what it is
     * @param outputs what shall be readable after a run
     * @return the graph
     */
    public Graph build(String name, Collection<Value> outputs) {
        Objects.requireNonNull(name, "name");
        Set<Value> live = new HashSet<>(outputs);
        List<Node> kept = new ArrayList<>();
        for (Node node : nodes.reversed()) {
            if (node.op() instanceof ParameterChange || node.outputs().stream().anyMatch(live::contains)) {
                live.addAll(node.inputs());
                kept.add(node);
            }
        }
        return new Graph(
                name,
                kept.reversed(),
                List.copyOf(inputs.values()),
                parameters.values().stream().filter(live::contains).toList(),
                List.copyOf(outputs));
    }

    /** Sums a gradient over the axes along which its value had been repeated. */
    Value sumTo(Value source, Shape shape) {
        List<Integer> repeated = IntStream.range(0, shape.rank())
                .filter(i -> source.shape().dim(i) != shape.dim(i))
                .boxed()
                .toList();
        return repeated.isEmpty() ? source : apply(new Reduction(Reduction.Kind.SUM, repeated), source);
    }
}
