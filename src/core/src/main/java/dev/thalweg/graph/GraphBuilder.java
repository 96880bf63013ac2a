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
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Adds operations one by one; each checks its inputs' shapes at once, so that a mistake is reported where it is made.
 */
public final class GraphBuilder {
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
        Value value = parameters.computeIfAbsent(name, n -> value(n, shape, DataType.FLOAT32));
        Checks.same("parameter " + name, "the shared parameter", shape, value.shape());
        return value;
    }

    /**
     * Adds an operation with one output.
     *
     * @param op the operation
     * @param operands its inputs
     * @return its output
     * @throws ShapeException if the inputs do not fit
     */
    public Value apply(Op op, Value... operands) {
        return applyAll(op, operands).getFirst();
    }

    /**
     * Adds an operation.
     *
     * @param op the operation
     * @param operands its inputs; nulls at the end are dropped
     * @return its outputs
     * @throws ShapeException if the inputs do not fit
     */
    public List<Value> applyAll(Op op, Value... operands) {
        List<Value> in = Arrays.stream(operands).filter(o -> o != null).toList();
        String name = op.getClass().getSimpleName().toLowerCase(Locale.ROOT) + "_" + nodes.size();
        List<Value> out =
                op.infer(in).stream().map(t -> value(name, t.shape(), t.type())).toList();
        Node node = new Node(op, in, out);
        nodes.add(node);
        out.forEach(o -> producers.put(o, node));
        return out;
    }

    /**
     * Adds a convolution.
     *
     * @param source {@code [N, C, H, W]}
     * @param weights {@code [O, C / groups, KH, KW]}
     * @param bias {@code [O]}, or null
     * @param window kernel, stride, dilation and padding
     * @param groups groups of channels
     * @return {@code [N, O, OH, OW]}
     */
    public Value convolution(Value source, Value weights, Value bias, Window window, int groups) {
        return apply(new Convolution(window, groups), source, weights, bias);
    }

    /**
     * Adds a pooling.
     *
     * @param kind maximum or mean
     * @param source {@code [N, C, H, W]}
     * @param window kernel, stride, dilation and padding
     * @return {@code [N, C, OH, OW]}
     */
    public Value pooling(Pooling.Kind kind, Value source, Window window) {
        return apply(new Pooling(kind, window), source);
    }

    /**
     * Adds the mean over height and width.
     *
     * @param source {@code [N, C, H, W]}
     * @return {@code [N, C, 1, 1]}
     */
    public Value globalAveragePooling(Value source) {
        Checks.rank("global average pooling", "a source", source.shape(), 4);
        return pooling(
                Pooling.Kind.AVERAGE,
                source,
                new Window(source.shape().dim(2), source.shape().dim(3), 1, 1, 1, 1, 0, 0, 0, 0));
    }

    /**
     * Adds a fully connected product.
     *
     * @param source {@code [N, I]}
     * @param weights {@code [O, I]}
     * @param bias {@code [O]}, or null
     * @return {@code [N, O]}
     */
    public Value innerProduct(Value source, Value weights, Value bias) {
        return apply(new InnerProduct(), source, weights, bias);
    }

    /**
     * Adds a softmax.
     *
     * @param source any shape
     * @param axis along which the outputs sum to 1; negative counts from the end
     * @return of the source's shape
     */
    public Value softmax(Value source, int axis) {
        return apply(new Softmax(source.shape().axis(axis), false), source);
    }

    /**
     * Adds a log-softmax.
     *
     * @param source any shape
     * @param axis along which the exponentials of the outputs sum to 1; negative counts from the end
     * @return of the source's shape
     */
    public Value logSoftmax(Value source, int axis) {
        return apply(new Softmax(source.shape().axis(axis), true), source);
    }

    /**
     * Adds a function of each element that needs no coefficients.
     *
     * @param kind the function
     * @param source any shape
     * @return of the source's shape
     */
    public Value eltwise(Eltwise.Kind kind, Value source) {
        return eltwise(kind, source, 0, 0);
    }

    /**
     * Adds a function of each element.
     *
     * @param kind the function
     * @param source any shape
     * @param alpha its first coefficient
     * @param beta its second coefficient
     * @return of the source's shape
     */
    public Value eltwise(Eltwise.Kind kind, Value source, float alpha, float beta) {
        return apply(new Eltwise(kind, alpha, beta), source);
    }

    /**
     * Adds {@code αx + β}; nothing where that is x, a constant where x is one.
     *
     * @param source any shape
     * @param alpha the factor
     * @param beta the summand
     * @return of the source's shape
     */
    public Value linear(Value source, float alpha, float beta) {
        if (alpha == 1 && beta == 0) {
            return source;
        }
        Node producer = producers.get(source);
        if (producer != null && producer.op() instanceof Constant c) {
            return constant(alpha * c.value() + beta, c.shape());
        }
        return eltwise(Eltwise.Kind.LINEAR, source, alpha, beta);
    }

    /**
     * Adds a combination of two tensors whose shapes broadcast to each other: extents, aligned at the last axis, are
     * equal or one of them is 1 or absent.
     *
     * @param kind the combination
     * @param first one operand
     * @param second the other operand
     * @return of the common shape
     * @throws ShapeException if the shapes do not broadcast
     */
    public Value binary(Binary.Kind kind, Value first, Value second) {
        Shape common = broadcastShape(first, second);
        Value a = alignRank(first, common.rank());
        Value b = alignRank(second, common.rank());
        boolean commutes = kind == Binary.Kind.ADD || kind == Binary.Kind.MUL;
        if (commutes && !a.shape().equals(common) && b.shape().equals(common)) {
            return apply(new Binary(kind), b, a);
        }
        return apply(new Binary(kind), broadcast(a, common), b);
    }

    private Value alignRank(Value value, int rank) {
        int missing = rank - value.shape().rank();
        if (missing == 0) {
            return value;
        }
        int[] dims = new int[rank];
        Arrays.fill(dims, 0, missing, 1);
        System.arraycopy(
                value.shape().toArray(), 0, dims, missing, value.shape().rank());
        return reshape(value, Shape.of(dims));
    }

    private static Shape broadcastShape(Value first, Value second) {
        int[] a = first.shape().toArray();
        int[] b = second.shape().toArray();
        int[] common = new int[Math.max(a.length, b.length)];
        for (int i = 1; i <= common.length; i++) {
            int da = i <= a.length ? a[a.length - i] : 1;
            int db = i <= b.length ? b[b.length - i] : 1;
            if (da != db && da != 1 && db != 1) {
                throw new ShapeException("shapes of " + first + " and " + second + " do not broadcast: extents " + da
                        + " and " + db + " differ and neither is 1");
            }
            common[common.length - i] = Math.max(da, db);
        }
        return Shape.of(common);
    }

    /**
     * Adds a sum.
     *
     * @param first one operand
     * @param second the other operand
     * @return of the common shape
     */
    public Value add(Value first, Value second) {
        return binary(Binary.Kind.ADD, first, second);
    }

    /**
     * Adds a product of elements.
     *
     * @param first one operand
     * @param second the other operand
     * @return of the common shape
     */
    public Value multiply(Value first, Value second) {
        return binary(Binary.Kind.MUL, first, second);
    }

    /**
     * Adds a repetition to a shape; nothing where the shape is that already.
     *
     * @param source of the same rank
     * @param shape the extents wanted
     * @return of that shape
     */
    public Value broadcast(Value source, Shape shape) {
        if (source.shape().equals(shape)) {
            return source;
        }
        Node producer = producers.get(source);
        return producer != null && producer.op() instanceof Constant c
                ? constant(c.value(), shape)
                : apply(new Broadcast(shape), source);
    }

    /**
     * Adds a sum or mean over axes, which stay with extent 1; nothing where they all have extent 1 already.
     *
     * @param kind sum or mean
     * @param source any shape
     * @param axes which; negative counts from the end; none for all
     * @return the reduced tensor
     */
    public Value reduce(Reduction.Kind kind, Value source, int... axes) {
        Shape shape = source.shape();
        Set<Integer> chosen = new HashSet<>();
        if (axes.length == 0) {
            IntStream.range(0, shape.rank()).forEach(chosen::add);
        }
        Arrays.stream(axes).map(shape::axis).forEach(chosen::add);
        return reduceWhere(kind, source, i -> chosen.contains(i) && shape.dim(i) > 1);
    }

    /** Sums a gradient over the axes along which its value had been repeated. */
    Value sumTo(Value source, Shape shape) {
        return reduceWhere(Reduction.Kind.SUM, source, i -> source.shape().dim(i) != shape.dim(i));
    }

    private Value reduceWhere(Reduction.Kind kind, Value source, IntPredicate axis) {
        List<Integer> axes =
                IntStream.range(0, source.shape().rank()).filter(axis).boxed().toList();
        return axes.isEmpty() ? source : apply(new Reduction(kind, axes), source);
    }

    /**
     * Adds other extents for the same elements; nothing where they are the same.
     *
     * @param source any shape
     * @param shape of as many elements
     * @return of that shape
     */
    public Value reshape(Value source, Shape shape) {
        return source.shape().equals(shape) ? source : apply(new Reshape(shape), source);
    }

    /**
     * Adds a flattening of all axes but the first.
     *
     * @param source {@code [N, ...]}
     * @return {@code [N, I]}
     */
    public Value flatten(Value source) {
        int batch = source.shape().dim(0);
        return reshape(source, Shape.of(batch, Shape.extent(source.shape().elements() / batch)));
    }

    /**
     * Adds tensors side by side; nothing where there is only one.
     *
     * @param axis along which; negative counts from the end
     * @param sources equal in all other extents
     * @return the joined tensor
     */
    public Value concat(int axis, List<Value> sources) {
        return sources.size() == 1
                ? sources.getFirst()
                : apply(new Concat(sources.getFirst().shape().axis(axis)), sources.toArray(Value[]::new));
    }

    /**
     * Adds a range of a tensor; nothing where it is all of it.
     *
     * @param source any shape
     * @param axis along which; negative counts from the end
     * @param from the first index
     * @param length how many indices
     * @return the part
     */
    public Value slice(Value source, int axis, int from, int length) {
        int counted = source.shape().axis(axis);
        return from == 0 && length == source.shape().dim(counted)
                ? source
                : apply(new Slice(counted, from, length), source);
    }

    /**
     * Adds zeros at both ends of an axis; nothing where there are none to add.
     *
     * @param source any shape
     * @param axis along which; negative counts from the end
     * @param before how many indices of zeros come first, at least 0
     * @param after how many come last, at least 0
     * @return the padded tensor
     * @throws ShapeException if an amount is negative
     */
    public Value pad(Value source, int axis, int before, int after) {
        if (before < 0 || after < 0) {
            throw new ShapeException("padding must not be negative, got " + before + " and " + after);
        }
        int counted = source.shape().axis(axis);
        List<Value> parts = new ArrayList<>();
        if (before > 0) {
            parts.add(constant(0, source.shape().with(counted, before)));
        }
        parts.add(source);
        if (after > 0) {
            parts.add(constant(0, source.shape().with(counted, after)));
        }
        return concat(counted, parts);
    }

    /**
     * Adds an order of axes; nothing where it is the same.
     *
     * @param source any shape
     * @param order for each axis of the result, which axis of the source it is
     * @return the transposed tensor
     */
    public Value transpose(Value source, Integer... order) {
        List<Integer> axes = List.of(order);
        return axes.equals(axes.stream().sorted().toList()) ? source : apply(new Transpose(axes), source);
    }

    /**
     * Adds matrix products of the last two axes.
     *
     * @param first {@code [..., M, K]}
     * @param second {@code [..., K, N]}
     * @return {@code [..., M, N]}
     */
    public Value matmul(Value first, Value second) {
        return apply(new MatMul(false, false), first, second);
    }

    /**
     * Adds a normalization to mean 0 and variance 1 over the last axis: {@code (x − μ) / √(σ² + ε)}.
     *
     * @param source any shape
     * @param epsilon ε
     * @return of the source's shape
     */
    public Value normalize(Value source, float epsilon) {
        Value centred = binary(Binary.Kind.SUB, source, reduce(Reduction.Kind.MEAN, source, -1));
        Value variance = reduce(Reduction.Kind.MEAN, eltwise(Eltwise.Kind.SQUARE, centred), -1);
        return binary(Binary.Kind.DIV, centred, eltwise(Eltwise.Kind.SQRT, linear(variance, 1, epsilon)));
    }

    /**
     * Adds a batch normalization by the batch's own statistics.
     *
     * @param source {@code [N, C, ...]}
     * @param scale {@code [C]}
     * @param shift {@code [C]}
     * @param epsilon added to the variance
     * @return the result, the mean {@code [C]} and the variance {@code [C]}
     */
    public List<Value> batchNormalization(Value source, Value scale, Value shift, float epsilon) {
        return applyAll(new BatchNormalization(epsilon, false), source, scale, shift);
    }

    /**
     * Adds a conversion of type; nothing where it is that already.
     *
     * @param source any shape
     * @param type the type wanted
     * @return of the same shape
     */
    public Value cast(Value source, DataType type) {
        return source.type() == type ? source : apply(new Cast(type), source);
    }

    /**
     * Adds a tensor of one number.
     *
     * @param number the number
     * @param shape the extents
     * @return the value
     */
    public Value constant(float number, Shape shape) {
        return apply(new Constant(number, shape));
    }

    /**
     * Adds the mean over a batch of the fused softmax cross-entropy.
     *
     * @param logits {@code [N, C]}
     * @param targets {@code [N, C]}
     * @return one number
     */
    public Value softmaxCrossEntropy(Value logits, Value targets) {
        return reduce(Reduction.Kind.MEAN, apply(new SoftmaxCrossEntropy(), logits, targets));
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
        applyAll(update, parameter, gradient);
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

    /**
     * {@return the operation that yields a value, null for inputs and parameters}
     *
     * @param value a value of this builder
     */
    public Node producer(Value value) {
        return producers.get(value);
    }

    /** Puts the operations that were added since there were this many before another one. */
    void moveBefore(int from, Node place) {
        List<Node> added = new ArrayList<>(nodes.subList(from, nodes.size()));
        nodes.subList(from, nodes.size()).clear();
        nodes.addAll(nodes.indexOf(place), added);
    }

    /** The operations that read a value. */
    List<Node> users(Value value) {
        return nodes.stream().filter(n -> n.inputs().contains(value)).toList();
    }

    /** The operation that yields a value, if one other reads it and nobody else may ask for it; else null. */
    Node onlyFor(Node user, Value value, Collection<Value> kept) {
        Node producer = producers.get(value);
        return producer != null && !kept.contains(value) && users(value).equals(List.of(user)) ? producer : null;
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
}
