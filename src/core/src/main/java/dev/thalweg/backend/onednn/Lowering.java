package dev.thalweg.backend.onednn;

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
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.InnerProduct;
import dev.thalweg.graph.InnerProductBackwardData;
import dev.thalweg.graph.InnerProductBackwardWeights;
import dev.thalweg.graph.LayerNormalization;
import dev.thalweg.graph.LayerNormalizationBackward;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.ParameterChange;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.PoolingBackward;
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
import dev.thalweg.graph.Update;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.MemoryDesc;
import java.util.HashMap;
import java.util.Map;

/** What each operation becomes: one primitive, or a few. */
final class Lowering {
    private final LoweringContext context;
    private final OneDnnCompiler compiler;
    private final Program program;
    private final ConvolutionWays convolutions;
    private final PoolingLowering poolings;
    private final ProductLowering products;
    private final ElementwiseLowering elementwise;
    private final SoftmaxLowering softmaxes;
    private final NormalizationLowering normalizations;
    private final LayerNormalizationLowering layers;
    private final ArrangementLowering arrangements;
    private final RecurrenceLowering recurrences;
    private final QuantizedLowering quantized;
    /** Of convolutions' kernels, the operations that compute their gradients. */
    private final Map<Value, Node> kernelGradients = new HashMap<>();

    Lowering(OneDnnCompiler compiler, Engine engine, Graph graph) {
        this.context = new LoweringContext(compiler, engine, graph);
        this.compiler = compiler;
        this.program = compiler.program();
        this.poolings = new PoolingLowering(context, graph);
        this.products = new ProductLowering(context);
        this.elementwise = new ElementwiseLowering(context);
        this.convolutions = new ConvolutionWays(context, graph, elementwise);
        this.softmaxes = new SoftmaxLowering(context, elementwise);
        this.normalizations = new NormalizationLowering(context);
        this.layers = new LayerNormalizationLowering(context);
        this.arrangements = new ArrangementLowering(context);
        this.recurrences = new RecurrenceLowering(context);
        this.quantized = new QuantizedLowering(context);
        Map<Value, Node> kernels = new HashMap<>();
        graph.nodes(ConvolutionBackwardWeights.class).forEach(n -> kernels.put(n.output(), n));
        for (Node update : graph.nodes(Update.class)) {
            Node gradient = kernels.get(update.input(1));
            if (gradient != null) {
                kernelGradients.put(update.input(0), gradient);
            }
        }
    }

    void lower(Node node) {
        switch (node.op()) {
            case AllReduce op -> allReduce(node, op);
            case Convolution op -> convolutions.of(node, op).forward(node, op);
            case ConvolutionBackwardData op -> convolutions.of(node, op).backwardData(node, op);
            case ConvolutionBackwardWeights op -> convolutions.of(node, op).backwardWeights(node, op);
            case QuantizedConvolution op -> quantized.convolution(node, op);
            case QuantizedInnerProduct op -> quantized.innerProduct(node, op);
            case Pooling op -> poolings.forward(node, op);
            case PoolingBackward op -> poolings.backward(node, op);
            case InnerProduct op -> products.innerProduct(node, op);
            case InnerProductBackwardData op -> products.innerProductBackwardData(node);
            case InnerProductBackwardWeights op -> products.innerProductBackwardWeights(node, op);
            case Softmax op -> softmaxes.softmax(node, op);
            case SoftmaxBackward op ->
                compiler.put(
                        node.output(),
                        softmaxes.softmaxBackward(context.in(node, 0), node.input(1), op.axis(), op.log()));
            case SoftmaxCrossEntropy op -> softmaxes.crossEntropy(node);
            case SoftmaxCrossEntropyBackward op -> softmaxes.crossEntropyBackward(node);
            case Eltwise op -> elementwise.eltwise(node, op);
            case EltwiseBackward op -> elementwise.eltwiseBackward(node, op.forward());
            case Binary op -> elementwise.binary(node, op);
            case Broadcast op ->
                compiler.put(
                        node.output(),
                        elementwise.binary(
                                Binary.Kind.ADD, compiler.constant(0, op.shape()), node.input(0), Attributes.NONE));
            case Reduction op ->
                compiler.put(
                        node.output(),
                        elementwise.reduction(
                                Algorithms.of(op.kind()),
                                context.in(node, 0),
                                node.output().shape()));
            case Reshape op ->
                compiler.put(node.output(), compiler.find(node.input(0)).orElseGet(() -> context.in(node, 0)));
            case Cast op -> cast(node, op);
            case Constant op -> compiler.put(node.output(), compiler.constant(op.value(), op.shape()));
            case ConstantTensor op -> compiler.put(node.output(), compiler.constant(op::numbers, op.shape()));
            case DropoutMask op -> compiler.put(node.output(), compiler.mask(op));
            case BatchNormalization op -> normalizations.forward(node, op);
            case BatchNormalizationInference op -> normalizations.inference(node, op);
            case BatchNormalizationBackward op -> normalizations.backward(node, op);
            case LayerNormalization op -> layers.forward(node, op);
            case LayerNormalizationBackward op -> layers.backward(node, op);
            case Concat op -> arrangements.concat(node, op.axis());
            case Slice op -> arrangements.slice(node, op);
            case Transpose op -> arrangements.transpose(node, op);
            case MatMul op -> products.matmul(node, op);
            case Recurrence op -> recurrences.forward(node, op);
            case RecurrenceBackward op -> recurrences.backward(node, op);
            case ParameterChange change -> compiler.change(node, change);
        }
    }

    /** Row-major, unless it is known how the numbers lie elsewhere: primitives may choose other layouts there. */
    private void allReduce(Node node, AllReduce op) {
        Value summand = node.input(0);
        Location source = op.parameter()
                .flatMap(compiler::parameter)
                .map(parameter -> compiler.in(summand, parameter.layout()))
                .orElseGet(() -> context.plainIn(summand));
        Location result = context.resultOver(node, summand, source);
        if (!result.equals(source)) {
            context.copy(source, result);
        }
        program.addAllReduce(op.collective(), result);
        compiler.put(node.output(), result);
    }

    private void cast(Node node, Cast op) {
        Value value = node.input(0);
        if (value.type().isFloat() && (op.type().isFloat() || op.type().bytes() == 1)) {
            // Whoever reads it converts type and layout in one go.
            compiler.put(node.output(), compiler.find(value).orElseGet(() -> undecided(value)));
            return;
        }
        Location source = compiler.in(value, program.own(MemoryDesc.plain(value.shape(), value.type())));
        Location result = program.locate(MemoryDesc.plain(value.shape(), op.type()));
        context.copy(source, result);
        compiler.put(node.output(), result);
    }

    /** A parameter that only conversions read lies as its gradient comes, so that the update need not reorder that. */
    private Location undecided(Value parameter) {
        Node gradient = kernelGradients.get(parameter);
        return gradient == null
                ? compiler.in(parameter, parameter.shape())
                : compiler.in(parameter, gradientLayout(gradient, (ConvolutionBackwardWeights) gradient.op()));
    }

    private MemoryDesc gradientLayout(Node gradient, ConvolutionBackwardWeights op) {
        return convolutions.of(gradient, op).gradientLayout(gradient, op);
    }
}
