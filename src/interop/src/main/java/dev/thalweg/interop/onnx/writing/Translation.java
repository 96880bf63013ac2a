package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.AllReduce;
import dev.thalweg.graph.BatchNormalization;
import dev.thalweg.graph.BatchNormalizationBackward;
import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Broadcast;
import dev.thalweg.graph.Cast;
import dev.thalweg.graph.Concat;
import dev.thalweg.graph.Constant;
import dev.thalweg.graph.ConstantTensor;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.EltwiseBackward;
import dev.thalweg.graph.InnerProduct;
import dev.thalweg.graph.InnerProductBackwardData;
import dev.thalweg.graph.InnerProductBackwardWeights;
import dev.thalweg.graph.LayerNormalization;
import dev.thalweg.graph.LayerNormalizationBackward;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Op;
import dev.thalweg.graph.ParameterChange;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.PoolingBackward;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.QuantizedConvolution;
import dev.thalweg.graph.QuantizedInnerProduct;
import dev.thalweg.graph.Recurrence;
import dev.thalweg.graph.RecurrenceBackward;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Reshape;
import dev.thalweg.graph.Slice;
import dev.thalweg.graph.Softmax;
import dev.thalweg.graph.SoftmaxBackward;
import dev.thalweg.graph.SoftmaxCrossEntropy;
import dev.thalweg.graph.SoftmaxCrossEntropyBackward;
import dev.thalweg.graph.Transpose;
import dev.thalweg.graph.Value;
import java.nio.FloatBuffer;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** What operations are in ONNX. */
final class Translation {
    private final OnnxGraphBuilder builder;
    private final TracedNetwork traced;
    private final WrittenValues operands;
    /** What was computed, be it quantized for its readers or not. */
    private final WrittenValues exact = new WrittenValues();

    private final Shaping shaping;
    private final FunctionNodes functions;
    private final Windows windows;
    private final Recurrences recurrences;
    private final NormalizationNodes normalizations;
    private final Resizings resizings;
    private final QuantizedNodes quantized;

    /**
     * Begins a translation.
     *
     * @param builder to which nodes are added
     * @param traced the network
     * @param operands what its values are there: those of inputs and parameters at first
     * @param activations how what flows is quantized, by the names of {@link Passes#quantizableNames}
     */
    Translation(
            OnnxGraphBuilder builder,
            TracedNetwork traced,
            WrittenValues operands,
            Map<String, Quantization> activations) {
        this.builder = builder;
        this.traced = traced;
        this.operands = operands;
        this.shaping = new Shaping(builder);
        this.functions = new FunctionNodes(builder);
        this.quantized = new QuantizedNodes(builder, traced, activations);
        this.windows = new Windows(builder, shaping, functions, quantized);
        this.recurrences = new Recurrences(builder, shaping);
        this.normalizations = new NormalizationNodes(builder, shaping, functions, traced, operands);
        this.resizings = new Resizings(builder, traced, operands);
        builder.layer("input");
        traced.inputs().forEach(input -> put(input, operands.get(input)));
    }

    /**
     * Translates an operation whose operands are.
     *
     * @throws IllegalArgumentException if ONNX has nothing like it
     */
    void add(TracedNetwork.Step step) {
        builder.layer(step.layer());
        Node node = step.node();
        List<WrittenValue> results;
        try {
            results = results(node);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the network is not exported: layer " + step.layer() + ": " + e.getMessage(), e);
        }
        for (int i = 0; i < results.size(); i++) {
            put(node.outputs().get(i), results.get(i));
        }
    }

    private void put(Value value, WrittenValue result) {
        exact.put(value, result);
        operands.put(value, quantized.read(value, result));
    }

    /** {@return what was computed for a value, which those who read it here may have quantized} */
    WrittenValue exact(Value value) {
        return exact.get(value);
    }

    private List<WrittenValue> results(Node node) {
        List<WrittenValue> inputs = node.inputs().stream().map(operands::get).toList();
        BatchExtents extents = traced.extents(node.output());
        return node.op() instanceof BatchNormalization op
                ? normalizations.batch(op, inputs, extents)
                : List.of(result(node, inputs, extents));
    }

    private WrittenValue result(Node node, List<WrittenValue> inputs, BatchExtents extents) {
        WrittenValue first = inputs.isEmpty() ? new WrittenValue.Missing() : inputs.getFirst();
        return switch (node.op()) {
            case BatchNormalizationInference op ->
                quantized
                        .folded(op, inputs)
                        .map(product -> op.relu() ? functions.of("Relu", product) : product)
                        .orElseGet(() -> normalizations.batch(op, inputs, extents));
            case Binary op ->
                normalizations
                        .scaledAndShifted(node)
                        .or(() -> windows.biased(op, inputs))
                        .orElseGet(() -> functions.combination(op, first, inputs.get(1), extents));
            case Broadcast _ -> shaping.expand(first, extents);
            case Cast op -> functions.cast(op, node.input(0).type(), first);
            case Concat op ->
                resizings.margins(op, node, extents).orElseGet(() -> shaping.concat(op.axis(), inputs, extents));
            case Constant op -> constant(op.value(), extents);
            case ConstantTensor op -> builder.floats("constant", floats(op.numbers()), extents.open());
            case Convolution op -> windows.convolution(op, inputs, extents);
            case ConvolutionBackwardData op -> windows.transposedConvolution(op, inputs, extents);
            case Eltwise op -> functions.function(op, first);
            case InnerProduct op -> innerProduct(op, inputs, extents);
            case LayerNormalization op -> normalizations.layer(node, op, inputs, extents);
            case MatMul op ->
                builder.node(
                        "MatMul",
                        extents,
                        op.transposeFirst() ? shaping.transposeMatrices(first) : first,
                        op.transposeSecond() ? shaping.transposeMatrices(inputs.get(1)) : inputs.get(1));
            case Pooling op -> windows.pooling(op, first, extents);
            case Recurrence op -> recurrences.recurrence(op, inputs, extents);
            case Reduction op -> functions.reduction(op, first, extents);
            case Reshape _ -> resizings.enlarged(node, extents).orElseGet(() -> shaping.reshape(first, extents));
            case Slice op -> shaping.slice(first, op.axis(), op.from(), extents.dim(op.axis()));
            case Softmax op -> functions.softmax(op, first);
            case Transpose op -> shaping.transpose(first, op.order());
            case AllReduce _,
                    BatchNormalization _,
                    BatchNormalizationBackward _,
                    ConvolutionBackwardWeights _,
                    DropoutMask _,
                    EltwiseBackward _,
                    InnerProductBackwardData _,
                    InnerProductBackwardWeights _,
                    LayerNormalizationBackward _,
                    ParameterChange _,
                    PoolingBackward _,
                    QuantizedConvolution _,
                    QuantizedInnerProduct _,
                    RecurrenceBackward _,
                    SoftmaxBackward _,
                    SoftmaxCrossEntropy _,
                    SoftmaxCrossEntropyBackward _ -> throw refused(node.op());
        };
    }

    private static IllegalArgumentException refused(Op op) {
        return new IllegalArgumentException(
                "it has the operation " + op + ", which no layer has when it predicts, and ONNX has no counterpart of");
    }

    private WrittenValue constant(float number, BatchExtents extents) {
        long[] ones = Collections.nCopies(extents.rank(), 1L).stream()
                .mapToLong(Long::longValue)
                .toArray();
        return shaping.expand(builder.floats("constant", new float[] {number}, ones), extents);
    }

    private static float[] floats(FloatBuffer numbers) {
        float[] copy = new float[numbers.remaining()];
        numbers.get(copy);
        return copy;
    }

    private WrittenValue innerProduct(InnerProduct op, List<WrittenValue> inputs, BatchExtents extents) {
        WrittenValue product =
                quantized.product("Gemm", new Attributes().whole("transB", 1).all(), extents, inputs);
        return functions.activated(product, op.activation());
    }
}
