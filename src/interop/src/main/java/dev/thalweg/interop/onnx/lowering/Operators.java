package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.Recurrence;
import dev.thalweg.interop.onnx.lowering.Elementwise.Function;
import dev.thalweg.tensor.ShapeException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Which operators of ONNX are computed, and how, by name and version. */
public final class Operators {
    private static final Map<String, NavigableMap<Long, Lowering>> TABLE = new TreeMap<>();

    static {
        add("Constant", Shapes::constant);
        add("ConstantOfShape", Shapes::constantOfShape);
        add("Identity", Shapes::identity);
        add("Shape", Shapes::shape);
        add("Size", Shapes::size);
        add("Cast", Shapes::cast);
        add("CastLike", Shapes::castLike);
        add("Reshape", Shapes::reshape);
        add("Flatten", Shapes::flatten);
        add("Squeeze", Shapes::squeeze);
        add("Unsqueeze", Shapes::unsqueeze);
        add("Expand", Shapes::expand);
        add("Transpose", Moves::transpose);
        add("Concat", Moves::concat);
        add("Gather", Moves::gather);
        add("Slice", Moves::slice);
        add("GatherElements", Scattering::gatherElements);
        add("GatherND", Scattering::gatherNd);
        add("Scatter", Scattering::scatterElements);
        add("ScatterElements", Scattering::scatterElements);
        add("ScatterND", Scattering::scatterNd);
        add("Split", Moves::split);
        add("Tile", Moves::tile);
        add("Pad", Moves::pad);
        add("CenterCropPad", Moves::centerCropPad);
        add("DepthToSpace", Moves::depthToSpace);
        add("SpaceToDepth", Moves::spaceToDepth);
        add("Range", RegularTensors::range);
        add("EyeLike", RegularTensors::eyeLike);
        add("Trilu", RegularTensors::trilu);
        add("OneHot", RegularTensors::oneHot);
        add("Upsample", Resizing::upsample);
        add("Resize", Resizing::upsample);
        since(11, "Resize", Resizing::resize);
        combinations();
        functions();
        reductions();
        layers();
    }

    private static void combinations() {
        add("Add", Elementwise.of(Combinations.ADD));
        add("Sub", Elementwise.of(Combinations.SUB));
        add("Mul", Elementwise.of(Combinations.MUL));
        add("Div", Elementwise.of(Combinations.DIV));
        add("Pow", Combinations::pow);
        add("Mod", Combinations::mod);
        add("PRelu", Combinations::prelu);
        add("Max", Combinations.all(Combinations.MAX));
        add("Min", Combinations.all(Combinations.MIN));
        add("Sum", Combinations.all(Combinations.ADD));
        add("Mean", Combinations::mean);
        add("Where", Combinations::where);
        add("Equal", Combinations.comparison(Combinations.EQUAL));
        add("Greater", Combinations.comparison(Combinations.GREATER));
        add("GreaterOrEqual", Combinations.comparison(Combinations.GREATER_OR_EQUAL));
        add("Less", Combinations.comparison(Combinations.LESS));
        add("LessOrEqual", Combinations.comparison(Combinations.LESS_OR_EQUAL));
        add("And", Combinations.comparison(Combinations.AND));
        add("Or", Combinations.comparison(Combinations.OR));
        add("Xor", Combinations.comparison(Combinations.XOR));
        add("BitwiseAnd", Combinations.ofKnownWholes(Combinations.AND));
        add("BitwiseOr", Combinations.ofKnownWholes(Combinations.OR));
        add("BitwiseXor", Combinations.ofKnownWholes(Combinations.XOR));
        add("BitwiseNot", Combinations::bitwiseNot);
    }

    private static void functions() {
        add("Abs", Functions.ABS);
        add("Neg", Functions.NEGATIVE);
        add("Reciprocal", Functions.RECIPROCAL);
        add("Sqrt", Functions.SQRT);
        add("Exp", Functions.EXP);
        add("Log", Functions.LOG);
        add("Floor", Functions.FLOOR);
        add("Ceil", Functions.CEIL);
        add("Round", Functions.ROUND);
        add("Sign", Functions.SIGN);
        add("Not", Functions.NOT);
        add("IsNaN", Functions::isNaN);
        add("IsInf", Functions::isInf);
        add("Erf", Functions.ERF);
        add("Clip", Functions::clip);
        add("Relu", Functions.RELU);
        add("LeakyRelu", Functions::leakyRelu);
        add("ThresholdedRelu", Functions::thresholdedRelu);
        add("Shrink", Functions::shrink);
        add("Elu", Functions::elu);
        add("Selu", Functions::selu);
        add("Celu", Functions::celu);
        add("Sigmoid", Functions.SIGMOID);
        add("HardSigmoid", Functions::hardSigmoid);
        add("HardSwish", Functions.HARD_SWISH);
        add("Tanh", Functions.TANH);
        add("Softplus", Functions.SOFTPLUS);
        add("Softsign", Functions.SOFTSIGN);
        add("Gelu", Functions::gelu);
        add("Mish", Functions.MISH);
        add("Swish", Functions::swish);
        add("QuantizeLinear", Quantization::quantize);
        add("DequantizeLinear", Quantization::dequantize);
        add("Softmax", Softmaxes.of(false));
        add("LogSoftmax", Softmaxes.of(true));
    }

    private static void reductions() {
        add("ReduceSum", Reductions.of(Reductions.Kind.SUM));
        add("ReduceMean", Reductions.of(Reductions.Kind.MEAN));
        add("ReduceMax", Reductions.of(Reductions.Kind.MAX));
        add("ReduceMin", Reductions.of(Reductions.Kind.MIN));
        add("ReduceProd", Reductions.of(Reductions.Kind.PRODUCT));
        add("ReduceL1", Reductions.of(Functions.ABS, Reductions.Kind.SUM, null));
        add("ReduceL2", Reductions.of(Functions.SQUARE, Reductions.Kind.SUM, Functions.SQRT));
        add("ReduceSumSquare", Reductions.of(Functions.SQUARE, Reductions.Kind.SUM, null));
        add("ReduceLogSum", Reductions.of(null, Reductions.Kind.SUM, Functions.LOG));
        add("ReduceLogSumExp", Reductions::logSumExp);
        add("ArgMax", Reductions.index(true));
        add("ArgMin", Reductions.index(false));
        add("Hardmax", Reductions::hardmax);
        add("TopK", Reductions::topK);
        add("CumSum", Reductions::cumSum);
    }

    private static void layers() {
        add("Conv", Convolutions::convolution);
        add("ConvTranspose", Convolutions::transposed);
        add("Col2Im", Convolutions::columnsToPictures);
        add("MaxPool", Poolings::max);
        add("AveragePool", Poolings::average);
        add("LpPool", Poolings::lp);
        add("GlobalLpPool", Poolings::globalLp);
        add("GlobalMaxPool", Poolings.global(Reductions.Kind.MAX));
        add("GlobalAveragePool", Poolings.global(Reductions.Kind.MEAN));
        add("LSTM", RecurrentCells.of(Recurrence.Kind.LSTM));
        add("GRU", RecurrentCells.of(Recurrence.Kind.GRU));
        add("Gemm", Products::gemm);
        add("MatMul", Products::matmul);
        add("Einsum", Products::einsum);
        add("BatchNormalization", Normalizations::batch);
        add("InstanceNormalization", Normalizations::instance);
        add("GroupNormalization", Normalizations::group);
        add("LayerNormalization", Normalizations::layer);
        add("RMSNormalization", Normalizations::rootMeanSquare);
        add("MeanVarianceNormalization", Normalizations::meanVariance);
        add("LpNormalization", Normalizations::lp);
        add("LRN", Normalizations::localResponse);
        add("Dropout", Normalizations::dropout);
    }

    private Operators() {}

    private static void add(String name, Lowering lowering) {
        since(1, name, lowering);
    }

    private static void add(String name, Function function) {
        add(name, Elementwise.of(function));
    }

    /** From a version on, until the next that is named. */
    private static void since(long version, String name, Lowering lowering) {
        if (TABLE.computeIfAbsent(name, _ -> new TreeMap<>()).put(version, lowering) != null) {
            throw new IllegalStateException("operator " + name + " stands twice in the table");
        }
    }

    /**
     * {@return the names of all operators that are computed}
     */
    public static Set<String> names() {
        return Set.copyOf(TABLE.keySet());
    }

    /**
     * Computes what is known of an operator's outputs, and adds to the graph what is not.
     *
     * @param call the operator at work
     * @return the outputs, at least those that the node names
     * @throws UnsupportedOperatorException if the operator, or this use of it, is not computed, or its operands do not
     *     fit together
     */
    public static List<Operand> lower(Call call) {
        Lowering lowering =
                find(call).orElseThrow(() -> call.refusal("this operator is not supported, or not in this version"));
        List<Operand> outputs;
        try {
            outputs = lowering.lower(call);
        } catch (ShapeException | ArithmeticException e) {
            throw new UnsupportedOperatorException(call.node(), call.opset(), e);
        }
        for (int i = outputs.size(); i < call.node().outputs().size(); i++) {
            if (call.wants(i)) {
                throw call.refusal("its output " + i + " is not computed");
            }
        }
        return outputs;
    }

    private static Optional<Lowering> find(Call call) {
        if (!call.node().domain().isEmpty()) {
            return Optional.empty();
        }
        return Optional.ofNullable(TABLE.get(call.node().opType()))
                .map(versions -> versions.floorEntry(call.opset()))
                .map(Map.Entry::getValue);
    }
}
