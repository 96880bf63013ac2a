package dev.thalweg.backend.onednn;

import dev.thalweg.graph.BatchNormalization;
import dev.thalweg.graph.BatchNormalizationBackward;
import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Broadcast;
import dev.thalweg.graph.Cast;
import dev.thalweg.graph.Concat;
import dev.thalweg.graph.Constant;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.EltwiseBackward;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.InPlace;
import dev.thalweg.graph.InnerProduct;
import dev.thalweg.graph.InnerProductBackwardData;
import dev.thalweg.graph.InnerProductBackwardWeights;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.PoolingBackward;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Recurrence;
import dev.thalweg.graph.RecurrenceBackward;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Reshape;
import dev.thalweg.graph.Slice;
import dev.thalweg.graph.Softmax;
import dev.thalweg.graph.SoftmaxBackward;
import dev.thalweg.graph.SoftmaxCrossEntropy;
import dev.thalweg.graph.SoftmaxCrossEntropyBackward;
import dev.thalweg.graph.Track;
import dev.thalweg.graph.Transpose;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.onednn.Algorithm;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.Normalizations;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.onednn.Recurrences;
import dev.thalweg.onednn.Sliding;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** What each operation becomes: one primitive, or a few. */
final class Lowering {
    private static final Attributes NEGATED = Attributes.NONE.then(new Attributes.Eltwise(Algorithm.ELTWISE_LINEAR, -1, 0));

    /** A pooling that a backward pass returns to. */
    private record PooledForward(PrimitiveDesc desc, Place source, Place result, Place workspace) {
    }

    /** A batch normalization that a backward pass returns to; the workspace is null without a ReLU. */
    private record NormalizedForward(PrimitiveDesc desc, Place source, Place workspace) {
    }

    /** A recurrence that a backward pass returns to. */
    private record RecurrentForward(PrimitiveDesc desc, Place workspace) {
    }

    private final OneDnnCompiler compiler;
    private final Program program;
    private final Engine engine;
    private final boolean training;
    private final Map<Value, Value> inPlace;
    private final Map<Value, Node> gradients = new HashMap<>();
    private final Set<Value> pooledBackward = new HashSet<>();
    private final Map<Value, PooledForward> pooled = new HashMap<>();
    private final Map<Value, NormalizedForward> normalized = new HashMap<>();
    private final Map<Value, RecurrentForward> recurrent = new HashMap<>();

    Lowering(OneDnnCompiler compiler, Engine engine, Graph graph) {
        this.compiler = compiler;
        this.program = compiler.program();
        this.engine = engine;
        this.inPlace = InPlace.of(graph);
        graph.nodes().stream().filter(n -> n.op() instanceof Update).forEach(n -> gradients.put(n.input(0), graph.producer(n.input(1))));
        this.training = graph.nodes().stream().anyMatch(n -> n.op() instanceof Update || n.op() instanceof ConvolutionBackwardWeights
                || n.op() instanceof ConvolutionBackwardData || n.op() instanceof InnerProductBackwardWeights
                || n.op() instanceof InnerProductBackwardData || n.op() instanceof RecurrenceBackward);
        graph.nodes().stream().filter(n -> n.op() instanceof PoolingBackward).forEach(n -> pooledBackward.add(n.input(1)));
    }

    void lower(Node node) {
        switch (node.op()) {
            case Convolution op -> convolution(node, op);
            case ConvolutionBackwardData op -> convolutionBackwardData(node, op);
            case ConvolutionBackwardWeights op -> convolutionBackwardWeights(node, op);
            case Pooling op -> pooling(node, op);
            case PoolingBackward op -> poolingBackward(node, op);
            case InnerProduct op -> innerProduct(node, op);
            case InnerProductBackwardData op -> innerProductBackwardData(node);
            case InnerProductBackwardWeights op -> innerProductBackwardWeights(node, op);
            case Softmax op -> softmax(node, op);
            case SoftmaxBackward op -> compiler.put(node.output(), softmaxBackward(in(node, 0), node.input(1), op.axis(), op.log()));
            case SoftmaxCrossEntropy op -> softmaxCrossEntropy(node);
            case SoftmaxCrossEntropyBackward op -> softmaxCrossEntropyBackward(node);
            case Eltwise op -> eltwise(node, op);
            case EltwiseBackward op -> eltwiseBackward(node, op.forward());
            case Binary op -> binary(node, op);
            case Broadcast op -> compiler.put(node.output(),
                    binary(Binary.Kind.ADD, compiler.constant(0, op.shape()), node.input(0), Attributes.NONE));
            case Reduction op -> compiler.put(node.output(), reduction(Algorithms.of(op.kind()), in(node, 0), node.output().shape()));
            case Reshape op -> compiler.put(node.output(), compiler.find(node.input(0)) == null ? in(node, 0) : compiler.find(node.input(0)));
            case Cast op -> cast(node, op);
            case Constant op -> compiler.put(node.output(), compiler.constant(op.value(), op.shape()));
            case DropoutMask op -> compiler.put(node.output(), compiler.mask(op));
            case BatchNormalization op -> normalization(node, op);
            case BatchNormalizationInference op -> normalizationInference(node, op);
            case BatchNormalizationBackward op -> normalizationBackward(node, op);
            case Concat op -> concat(node, op.axis());
            case Slice op -> slice(node, op);
            case Transpose op -> transpose(node, op);
            case MatMul op -> matmul(node, op);
            case Recurrence op -> recurrence(node, op);
            case RecurrenceBackward op -> recurrenceBackward(node, op);
            case Track op -> throw new IllegalStateException("moving averages run together after the graph");
            case Update op -> throw new IllegalStateException("updates run together after the graph");
        }
    }

    private Place in(Node node, int input) {
        return compiler.in(node.input(input), node.input(input).shape());
    }

    private MemoryDesc any(Shape dims, DataType type) {
        return program.own(MemoryDesc.any(dims, type));
    }

    private MemoryDesc any(Shape dims) {
        return any(dims, DataType.FLOAT32);
    }

    private MemoryDesc plain(Shape dims) {
        return program.own(MemoryDesc.plain(dims, DataType.FLOAT32));
    }

    private PrimitiveDesc own(PrimitiveDesc desc) {
        return program.own(desc);
    }

    /** An input in the layout that a primitive chose. */
    private Place chosen(Value value, PrimitiveDesc desc, Argument argument, Shape dims) {
        return compiler.in(value, program.own(desc.layout(argument, dims, value.type())));
    }

    /** A new place in the layout that a primitive chose. */
    private Place result(PrimitiveDesc desc, Argument argument, Shape dims, DataType type) {
        return program.place(desc.layout(argument, dims, type));
    }

    /** Room for what a forward pass leaves to its backward pass, where there is such a thing. */
    private void addWorkspace(PrimitiveDesc desc, Node node, Map<Argument, Place> places) {
        if (desc.size(Argument.WORKSPACE) > 0) {
            // The workspace's dims and type are oneDNN's own affair; only its size matters here.
            places.put(Argument.WORKSPACE, program.place(desc.layout(Argument.WORKSPACE, node.output().shape(), DataType.UINT8)));
        }
    }

    private static Sliding sliding(Window w) {
        return new Sliding(new int[] {w.strideHeight(), w.strideWidth()}, new int[] {w.dilationHeight() - 1, w.dilationWidth() - 1},
                new int[] {w.padTop(), w.padLeft()}, new int[] {w.padBottom(), w.padRight()});
    }

    /** oneDNN counts groups as an axis of their own. */
    private static Shape weightsDims(Shape weights, int groups) {
        return groups == 1 ? weights
                : Shape.of(groups, weights.dim(0) / groups, weights.dim(1), weights.dim(2), weights.dim(3));
    }

    /** A result of a layout: new, or in the place of the input that may be overwritten. */
    private Place resultOver(Node node, Value input, Place lies) {
        return input.equals(inPlace.get(node.output())) ? compiler.overwrite(lies) : program.place(lies.layout().copy());
    }

    private static Attributes attributes(PostOps postOps) {
        Attributes attributes = postOps.sum() ? Attributes.NONE.then(new Attributes.Sum(1)) : Attributes.NONE;
        Eltwise op = postOps.activation();
        return op == null ? attributes : attributes.then(new Attributes.Eltwise(Algorithms.forward(op), Algorithms.alpha(op), op.beta()));
    }

    private static Attributes attributes(Eltwise activation) {
        return attributes(new PostOps(false, activation));
    }

    private PrimitiveDesc convolutionDesc(DataType type, Shape source, Shape weights, boolean bias, Shape result, Window window, int groups,
            Attributes attributes) {
        return own(PrimitiveDesc.convolutionForward(engine, training, any(source, type), any(weightsDims(weights, groups), type),
                bias ? any(Shape.of(weights.dim(0))) : null, any(result, type), sliding(window), attributes));
    }

    private void convolution(Node node, Convolution op) {
        Shape source = node.input(0).shape();
        Shape weights = node.input(1).shape();
        boolean bias = op.hasBias(node.inputs().size());
        PrimitiveDesc desc = convolutionDesc(node.output().type(), source, weights, bias, node.output().shape(), op.window(), op.groups(), attributes(op.postOps()));
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        places.put(Argument.SRC, chosen(node.input(0), desc, Argument.SRC, source));
        places.put(Argument.WEIGHTS, chosen(node.input(1), desc, Argument.WEIGHTS, weightsDims(weights, op.groups())));
        if (bias) {
            places.put(Argument.BIAS, chosen(node.input(2), desc, Argument.BIAS, node.input(2).shape()));
        }
        places.put(Argument.DST, op.postOps().sum()
                ? compiler.overwrite(chosen(node.inputs().getLast(), desc, Argument.DST, node.output().shape()))
                : result(desc, Argument.DST, node.output().shape(), node.output().type()));
        program.step(desc, places);
        compiler.put(node.output(), places.get(Argument.DST));
    }

    private void convolutionBackwardData(Node node, ConvolutionBackwardData op) {
        Shape gradient = node.input(0).shape();
        Shape weights = node.input(1).shape();
        Shape dims = weightsDims(weights, op.groups());
        DataType type = node.output().type();
        PrimitiveDesc hint = convolutionDesc(type, op.source(), weights, false, gradient, op.window(), op.groups(), Attributes.NONE);
        PrimitiveDesc desc = own(PrimitiveDesc.convolutionBackwardData(engine, any(op.source(), type), any(dims, type), any(gradient, type),
                sliding(op.window()), hint));
        Place result = result(desc, Argument.DIFF_SRC, op.source(), type);
        program.step(desc, Map.of(Argument.DIFF_DST, chosen(node.input(0), desc, Argument.DIFF_DST, gradient),
                Argument.WEIGHTS, chosen(node.input(1), desc, Argument.WEIGHTS, dims), Argument.DIFF_SRC, result));
        compiler.put(node.output(), result);
    }

    private void convolutionBackwardWeights(Node node, ConvolutionBackwardWeights op) {
        Shape source = node.input(0).shape();
        Shape gradient = node.input(1).shape();
        PrimitiveDesc desc = convolutionBackwardWeightsDesc(node, op);
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        places.put(Argument.SRC, chosen(node.input(0), desc, Argument.SRC, source));
        places.put(Argument.DIFF_DST, chosen(node.input(1), desc, Argument.DIFF_DST, gradient));
        weightGradients(node, desc, weightsDims(op.weights(), op.groups()), op.bias() ? Shape.of(op.weights().dim(0)) : null, places);
    }

    /** The gradients of weights and bias are 32 bits wide, whatever comes in. */
    private PrimitiveDesc convolutionBackwardWeightsDesc(Node node, ConvolutionBackwardWeights op) {
        Shape source = node.input(0).shape();
        Shape gradient = node.input(1).shape();
        DataType type = node.input(0).type();
        PrimitiveDesc hint = convolutionDesc(type, source, op.weights(), op.bias(), gradient, op.window(), op.groups(), Attributes.NONE);
        return own(PrimitiveDesc.convolutionBackwardWeights(engine, any(source, type), any(weightsDims(op.weights(), op.groups())),
                op.bias() ? any(Shape.of(op.weights().dim(0))) : null, any(gradient, type), sliding(op.window()), hint));
    }

    private void weightGradients(Node node, PrimitiveDesc desc, Shape dims, Shape bias, Map<Argument, Place> places) {
        places.put(Argument.DIFF_WEIGHTS, result(desc, Argument.DIFF_WEIGHTS, dims, DataType.FLOAT32));
        if (bias != null) {
            places.put(Argument.DIFF_BIAS, result(desc, Argument.DIFF_BIAS, bias, DataType.FLOAT32));
            compiler.put(node.outputs().get(1), places.get(Argument.DIFF_BIAS));
        }
        program.step(desc, places);
        compiler.put(node.output(), places.get(Argument.DIFF_WEIGHTS));
    }

    private static int[] kernel(Window w) {
        return new int[] {w.kernelHeight(), w.kernelWidth()};
    }

    private void pooling(Node node, Pooling op) {
        boolean returns = pooledBackward.contains(node.output());
        Place source = in(node, 0);
        PrimitiveDesc desc = own(PrimitiveDesc.poolingForward(engine, returns, Algorithms.of(op.kind()), source.layout(),
                any(node.output().shape(), node.output().type()), kernel(op.window()), sliding(op.window())));
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        places.put(Argument.SRC, source);
        places.put(Argument.DST, result(desc, Argument.DST, node.output().shape(), node.output().type()));
        addWorkspace(desc, node, places);
        program.step(desc, places);
        compiler.put(node.output(), places.get(Argument.DST));
        if (returns) {
            pooled.put(node.output(), new PooledForward(desc, source, places.get(Argument.DST), places.get(Argument.WORKSPACE)));
        }
    }

    private void poolingBackward(Node node, PoolingBackward op) {
        PooledForward forward = pooled.get(node.input(1));
        PrimitiveDesc desc = own(PrimitiveDesc.poolingBackward(engine, Algorithms.of(op.kind()), forward.source().layout(),
                forward.result().layout(), kernel(op.window()), sliding(op.window()), forward.desc()));
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        places.put(Argument.DIFF_DST, compiler.in(node.input(2), forward.result().layout()));
        places.put(Argument.DIFF_SRC, program.place(forward.source().layout().copy()));
        if (forward.workspace() != null) {
            places.put(Argument.WORKSPACE, forward.workspace());
        }
        program.step(desc, places);
        compiler.put(node.output(), places.get(Argument.DIFF_SRC));
    }

    /** The source's extents as they lie: a picture that was flattened is taken as a picture. */
    private Shape sourceDims(Value source) {
        Place place = compiler.find(source);
        Shape dims = place == null ? source.shape() : place.layout().dims();
        return dims.rank() == 4 && dims.dim(0) == source.shape().dim(0) ? dims : source.shape();
    }

    private PrimitiveDesc innerProductDesc(DataType type, Shape source, Shape weights, boolean bias, Shape result, Attributes attributes) {
        return own(PrimitiveDesc.innerProductForward(engine, training, any(source, type), any(weights, type),
                bias ? any(Shape.of(result.dim(1))) : null, any(result), attributes));
    }

    private void innerProduct(Node node, InnerProduct op) {
        Shape source = sourceDims(node.input(0));
        Shape result = node.output().shape();
        Shape weights = source.with(0, result.dim(1));
        boolean bias = node.inputs().size() > 2;
        PrimitiveDesc desc = innerProductDesc(node.input(0).type(), source, weights, bias, result, attributes(op.activation()));
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        places.put(Argument.SRC, chosen(node.input(0), desc, Argument.SRC, source));
        places.put(Argument.WEIGHTS, chosen(node.input(1), desc, Argument.WEIGHTS, weights));
        if (bias) {
            places.put(Argument.BIAS, chosen(node.input(2), desc, Argument.BIAS, node.input(2).shape()));
        }
        places.put(Argument.DST, result(desc, Argument.DST, result, DataType.FLOAT32));
        program.step(desc, places);
        compiler.put(node.output(), places.get(Argument.DST));
    }

    private void innerProductBackwardData(Node node) {
        Shape gradient = node.input(0).shape();
        Shape weights = sourceDims(node.input(1));
        Shape source = weights.with(0, gradient.dim(0));
        DataType type = node.output().type();
        PrimitiveDesc desc = own(PrimitiveDesc.innerProductBackwardData(engine, any(source, type), any(weights, type), any(gradient, type),
                innerProductDesc(type, source, weights, false, gradient, Attributes.NONE)));
        Place result = result(desc, Argument.DIFF_SRC, source, type);
        program.step(desc, Map.of(Argument.DIFF_DST, chosen(node.input(0), desc, Argument.DIFF_DST, gradient),
                Argument.WEIGHTS, chosen(node.input(1), desc, Argument.WEIGHTS, weights), Argument.DIFF_SRC, result));
        compiler.put(node.output(), result);
    }

    private void innerProductBackwardWeights(Node node, InnerProductBackwardWeights op) {
        Shape source = sourceDims(node.input(0));
        Shape gradient = node.input(1).shape();
        Shape weights = source.with(0, gradient.dim(1));
        Shape bias = op.bias() ? Shape.of(gradient.dim(1)) : null;
        DataType type = node.input(0).type();
        PrimitiveDesc desc = own(PrimitiveDesc.innerProductBackwardWeights(engine, any(source, type), any(weights),
                op.bias() ? any(bias) : null, any(gradient, type), innerProductDesc(type, source, weights, op.bias(), gradient, Attributes.NONE)));
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        places.put(Argument.SRC, chosen(node.input(0), desc, Argument.SRC, source));
        places.put(Argument.DIFF_DST, chosen(node.input(1), desc, Argument.DIFF_DST, gradient));
        weightGradients(node, desc, weights, bias, places);
    }

    private PrimitiveDesc softmaxDesc(MemoryDesc layout, int axis, boolean log) {
        return own(PrimitiveDesc.softmaxForward(engine, training, Algorithms.softmax(log), layout, layout, axis));
    }

    private void softmax(Node node, Softmax op) {
        Place source = in(node, 0);
        compiler.put(node.output(), softmax(source, resultOver(node, node.input(0), source), op.axis(), op.log()));
    }

    private Place softmax(Place source, Place result, int axis, boolean log) {
        program.step(softmaxDesc(source.layout(), axis, log), Map.of(Argument.SRC, source, Argument.DST, result));
        return result;
    }

    private Place softmaxBackward(Place output, Value gradient, int axis, boolean log) {
        MemoryDesc layout = output.layout();
        return softmaxBackward(output, compiler.in(gradient, layout), axis, log);
    }

    private Place softmaxBackward(Place output, Place gradient, int axis, boolean log) {
        MemoryDesc layout = output.layout();
        Place result = program.place(layout.copy());
        program.step(own(PrimitiveDesc.softmaxBackward(engine, Algorithms.softmax(log), layout, layout, layout, axis,
                softmaxDesc(layout, axis, log))),
                Map.of(Argument.DST, output, Argument.DIFF_DST, gradient, Argument.DIFF_SRC, result));
        return result;
    }

    private void softmaxCrossEntropy(Node node) {
        Shape logits = node.input(0).shape();
        Place source = compiler.in(node.input(0), plain(logits));
        Place logProbabilities = softmax(source, program.place(source.layout().copy()), 1, true);
        Place products = binary(Binary.Kind.MUL, logProbabilities, node.input(1), NEGATED);
        compiler.put(node.outputs().get(0), reduction(Algorithm.REDUCTION_SUM, products, logits.with(1, 1)));
        compiler.put(node.outputs().get(1), logProbabilities);
    }

    private void softmaxCrossEntropyBackward(Node node) {
        Place targets = compiler.in(node.input(1), plain(node.input(1).shape()));
        Place gradient = binary(Binary.Kind.MUL, targets, node.input(2), NEGATED);
        compiler.put(node.output(), softmaxBackward(in(node, 0), gradient, 1, true));
    }

    private PrimitiveDesc eltwiseDesc(Eltwise op, MemoryDesc layout) {
        return own(PrimitiveDesc.eltwiseForward(engine, training, Algorithms.of(op), layout, layout, Algorithms.alpha(op), op.beta()));
    }

    private void eltwise(Node node, Eltwise op) {
        Place source = in(node, 0);
        Place result = resultOver(node, node.input(0), source);
        program.step(eltwiseDesc(op, source.layout()), Map.of(Argument.SRC, source, Argument.DST, result));
        compiler.put(node.output(), result);
    }

    private void eltwiseBackward(Node node, Eltwise op) {
        Place data = in(node, 0);
        MemoryDesc layout = data.layout();
        Place gradient = compiler.in(node.input(1), layout);
        Place result = resultOver(node, node.input(1), gradient);
        program.step(own(PrimitiveDesc.eltwiseBackward(engine, Algorithms.of(op), layout, layout, layout, Algorithms.alpha(op), op.beta(),
                eltwiseDesc(op, layout))), Map.of(op.backwardUsesOutput() ? Argument.DST : Argument.SRC, data, Argument.DIFF_DST, gradient,
                        Argument.DIFF_SRC, result));
        compiler.put(node.output(), result);
    }

    private void binary(Node node, Binary op) {
        Place first = in(node, 0);
        Place other = operand(first, node.input(1));
        compiler.put(node.output(), binary(op.kind(), first, other, resultOver(node, node.input(0), first), attributes(op.activation())));
    }

    private Place operand(Place first, Value second) {
        return compiler.in(second, second.shape().equals(first.layout().dims()) ? first.layout() : plain(second.shape()));
    }

    private Place binary(Binary.Kind kind, Place first, Value second, Attributes attributes) {
        return binary(kind, first, operand(first, second), program.place(first.layout().copy()), attributes);
    }

    private Place binary(Binary.Kind kind, Place first, Place other, Place result, Attributes attributes) {
        program.step(own(PrimitiveDesc.binary(engine, Algorithms.of(kind), first.layout(), other.layout(), result.layout(), attributes)),
                Map.of(Argument.SRC, first, Argument.SRC_1, other, Argument.DST, result));
        return result;
    }

    private Place reduction(Algorithm algorithm, Place source, Shape dims) {
        Place result = program.place(MemoryDesc.plain(dims, DataType.FLOAT32));
        program.step(own(PrimitiveDesc.reduction(engine, algorithm, source.layout(), result.layout(), Attributes.NONE)),
                Map.of(Argument.SRC, source, Argument.DST, result));
        return result;
    }

    private Place plainIn(Value value) {
        return compiler.in(value, plain(value.shape()));
    }

    private Map<Argument, Place> normalizing(Place source, Place result, Value scale, Value shift, Place mean, Place variance) {
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        places.put(Argument.SRC, source);
        places.put(Argument.DST, result);
        places.put(Argument.SCALE, plainIn(scale));
        places.put(Argument.SHIFT, plainIn(shift));
        places.put(Argument.MEAN, mean);
        places.put(Argument.VARIANCE, variance);
        return places;
    }

    private void normalization(Node node, BatchNormalization op) {
        Place source = in(node, 0);
        Place result = program.place(source.layout().copy());
        Place mean = program.place(MemoryDesc.plain(node.outputs().get(1).shape(), DataType.FLOAT32));
        Place variance = program.place(MemoryDesc.plain(node.outputs().get(2).shape(), DataType.FLOAT32));
        PrimitiveDesc desc = own(Normalizations.batchForward(engine, true, false, op.relu(), source.layout(), op.epsilon()));
        Map<Argument, Place> places = normalizing(source, result, node.input(1), node.input(2), mean, variance);
        addWorkspace(desc, node, places);
        program.step(desc, places, Set.of(Argument.MEAN, Argument.VARIANCE));
        compiler.put(node.output(), result);
        compiler.put(node.outputs().get(1), mean);
        compiler.put(node.outputs().get(2), variance);
        normalized.put(node.outputs().get(1), new NormalizedForward(desc, source, places.get(Argument.WORKSPACE)));
    }

    private void normalizationInference(Node node, BatchNormalizationInference op) {
        Place source = in(node, 0);
        Place result = resultOver(node, node.input(0), source);
        PrimitiveDesc desc = own(Normalizations.batchForward(engine, false, true, op.relu(), source.layout(), op.epsilon()));
        program.step(desc, normalizing(source, result, node.input(1), node.input(2), plainIn(node.input(3)), plainIn(node.input(4))));
        compiler.put(node.output(), result);
    }

    private void normalizationBackward(Node node, BatchNormalizationBackward op) {
        NormalizedForward forward = normalized.get(node.input(2));
        MemoryDesc layout = forward.source().layout();
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        places.put(Argument.SRC, forward.source());
        places.put(Argument.SCALE, plainIn(node.input(1)));
        places.put(Argument.MEAN, plainIn(node.input(2)));
        places.put(Argument.VARIANCE, plainIn(node.input(3)));
        places.put(Argument.DIFF_DST, compiler.in(node.input(5), layout));
        places.put(Argument.DIFF_SRC, resultOver(node, node.input(5), places.get(Argument.DIFF_DST)));
        places.put(Argument.DIFF_SCALE, program.place(MemoryDesc.plain(node.input(1).shape(), DataType.FLOAT32)));
        places.put(Argument.DIFF_SHIFT, program.place(MemoryDesc.plain(node.input(1).shape(), DataType.FLOAT32)));
        if (forward.workspace() != null) {
            places.put(Argument.WORKSPACE, forward.workspace());
        }
        program.step(own(Normalizations.batchBackward(engine, op.relu(), layout, op.epsilon(), forward.desc())), places);
        compiler.put(node.outputs().get(0), places.get(Argument.DIFF_SRC));
        compiler.put(node.outputs().get(1), places.get(Argument.DIFF_SCALE));
        compiler.put(node.outputs().get(2), places.get(Argument.DIFF_SHIFT));
    }

    private void copy(Place from, Place to) {
        program.step(own(PrimitiveDesc.reorder(engine, from.layout(), to.layout())), Map.of(Argument.SRC, from, Argument.DST, to));
    }

    /** Each input is copied to its part of the result. */
    private void concat(Node node, int axis) {
        Place result = program.place(MemoryDesc.plain(node.output().shape(), DataType.FLOAT32));
        int from = 0;
        for (int i = 0; i < node.inputs().size(); i++) {
            int length = node.input(i).shape().dim(axis);
            copy(in(node, i), new Place(result.buffer(), program.own(result.layout().part(axis, from, length))));
            from += length;
        }
        compiler.put(node.output(), result);
    }

    private void slice(Node node, Slice op) {
        Place source = plainIn(node.input(0));
        Place result = program.place(MemoryDesc.plain(node.output().shape(), DataType.FLOAT32));
        copy(new Place(source.buffer(), program.own(source.layout().part(op.axis(), op.from(), op.length()))), result);
        compiler.put(node.output(), result);
    }

    /** The same memory, seen in another order; who needs it otherwise reorders it. */
    private void transpose(Node node, Transpose op) {
        Value source = node.input(0);
        compiler.put(node.output(), new Place(plainIn(source).buffer(), program.own(MemoryDesc.transposed(source.shape(), DataType.FLOAT32, op.order()))));
    }

    private Place factor(Value value, boolean transposed) {
        Place place = plainIn(value);
        if (!transposed) {
            return place;
        }
        List<Integer> order = new ArrayList<>(IntStream.range(0, value.shape().rank()).boxed().toList());
        Collections.swap(order, order.size() - 2, order.size() - 1);
        return new Place(place.buffer(), program.own(MemoryDesc.transposed(value.shape(), DataType.FLOAT32, order)));
    }

    private void matmul(Node node, MatMul op) {
        Place first = factor(node.input(0), op.transposeFirst());
        Place second = factor(node.input(1), op.transposeSecond());
        Place result = program.place(MemoryDesc.plain(node.output().shape(), DataType.FLOAT32));
        program.step(own(PrimitiveDesc.matmul(engine, first.layout(), second.layout(), result.layout())),
                Map.of(Argument.SRC, first, Argument.WEIGHTS, second, Argument.DST, result));
        compiler.put(node.output(), result);
    }

    /** A recurrent cell's memories as oneDNN counts their axes; its weights' layouts are left to it. */
    private Recurrences.Layouts cell(Node node, Recurrence.Kind kind, boolean weightsAny) {
        Shape source = node.input(0).shape();
        int hidden = node.input(2).shape().dim(0);
        Shape weights = Shape.of(1, 1, source.dim(2), kind.gates(), hidden);
        Shape weightsIter = Shape.of(1, 1, hidden, kind.gates(), hidden);
        return new Recurrences.Layouts(plain(source), plain(Shape.of(1, 1, source.dim(1), hidden)),
                weightsAny ? any(weights) : plain(weights), weightsAny ? any(weightsIter) : plain(weightsIter), plain(Shape.of(1, 1, Recurrence.BIASES, hidden)),
                plain(source.with(2, hidden)));
    }

    /** oneDNN's LSTM has four biases; so has the GRU that is linear before the reset. */
    private Map<Argument, Place> cellInputs(Node node, boolean lstm, Recurrences.Layouts layouts, PrimitiveDesc desc) {
        Map<Argument, Place> places = new EnumMap<>(Argument.class);
        // Without a first state, the gradient of an LSTM's recurrent weights comes out wrong in oneDNN 3.13.
        places.put(Argument.SRC_ITER, compiler.constant(0, layouts.state().dims()));
        if (lstm) {
            places.put(Argument.SRC_ITER_C, places.get(Argument.SRC_ITER));
        }
        // Parameters stay plain: what the primitive packs for itself cannot be updated element by element.
        node.inputs().subList(1, 4).forEach(this::plainIn);
        places.put(Argument.SRC, plainIn(node.input(0)));
        places.put(Argument.WEIGHTS, chosen(node.input(1), desc, Argument.WEIGHTS, layouts.weights().dims()));
        places.put(Argument.WEIGHTS_ITER, chosen(node.input(2), desc, Argument.WEIGHTS_ITER, layouts.weightsIter().dims()));
        places.put(Argument.BIAS, compiler.in(node.input(3), layouts.bias()));
        return places;
    }

    private void recurrence(Node node, Recurrence op) {
        Recurrences.Layouts layouts = cell(node, op.kind(), true);
        boolean lstm = op.kind() == Recurrence.Kind.LSTM;
        PrimitiveDesc desc = own(Recurrences.forward(engine, lstm, training, layouts));
        Map<Argument, Place> places = cellInputs(node, lstm, layouts, desc);
        places.put(Argument.DST, program.place(MemoryDesc.plain(node.output().shape(), DataType.FLOAT32)));
        addWorkspace(desc, node, places);
        program.step(desc, places);
        compiler.put(node.output(), places.get(Argument.DST));
        recurrent.put(node.output(), new RecurrentForward(desc, places.get(Argument.WORKSPACE)));
    }

    private void recurrenceBackward(Node node, RecurrenceBackward op) {
        RecurrentForward forward = recurrent.get(node.input(4));
        Recurrences.Layouts layouts = cell(node, op.kind(), true);
        boolean lstm = op.kind() == Recurrence.Kind.LSTM;
        PrimitiveDesc desc = own(Recurrences.backward(engine, lstm, layouts, cell(node, op.kind(), false), forward.desc()));
        Map<Argument, Place> places = cellInputs(node, lstm, layouts, desc);
        places.put(Argument.DIFF_SRC_ITER, program.place(layouts.state().copy()));
        if (lstm) {
            places.put(Argument.DIFF_SRC_ITER_C, program.place(layouts.state().copy()));
        }
        places.put(Argument.DST, plainIn(node.input(4)));
        places.put(Argument.DIFF_DST, plainIn(node.input(5)));
        places.put(Argument.WORKSPACE, forward.workspace());
        List<Argument> results = List.of(Argument.DIFF_SRC, Argument.DIFF_WEIGHTS, Argument.DIFF_WEIGHTS_ITER, Argument.DIFF_BIAS);
        List<Shape> dims = List.of(layouts.src().dims(), layouts.weights().dims(), layouts.weightsIter().dims(), layouts.bias().dims());
        for (int i = 0; i < results.size(); i++) {
            Place result = program.place(MemoryDesc.plain(dims.get(i), DataType.FLOAT32));
            // The primitive adds to what stands there.
            copy(compiler.constant(0, dims.get(i)), result);
            places.put(results.get(i), result);
            compiler.put(node.outputs().get(i), places.get(results.get(i)));
        }
        program.step(desc, places);
    }

    private void cast(Node node, Cast op) {
        Value value = node.input(0);
        if (value.type().isFloat() && op.type().isFloat()) {
            // Whoever reads it converts type and layout in one go.
            compiler.put(node.output(), compiler.find(value) == null ? undecided(value) : compiler.find(value));
            return;
        }
        Place source = compiler.in(value, program.own(MemoryDesc.plain(value.shape(), value.type())));
        Place result = program.place(MemoryDesc.plain(value.shape(), op.type()));
        copy(source, result);
        compiler.put(node.output(), result);
    }

    /** A parameter that only conversions read lies as its gradient comes, so that the update need not reorder that. */
    private Place undecided(Value parameter) {
        Node gradient = gradients.get(parameter);
        if (gradient != null && gradient.op() instanceof ConvolutionBackwardWeights op) {
            return compiler.in(parameter, program.own(convolutionBackwardWeightsDesc(gradient, op).layout(Argument.DIFF_WEIGHTS,
                    weightsDims(op.weights(), op.groups()), DataType.FLOAT32)));
        }
        return compiler.in(parameter, parameter.shape());
    }
}
