package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Cast;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Softmax;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.tensor.DataType;
import java.util.List;
import java.util.Optional;

/** What is computed of each element, of pairs of them, and of all along axes. */
final class FunctionNodes {
    /** Those of MobileNetV3, which ONNX has an operator for. */
    private static final Eltwise HARD_SWISH = new Eltwise(Eltwise.Kind.HARD_SWISH, 1 / 6f, 0.5f);

    private static final float CUBIC = 0.044715f;

    private final OnnxGraphBuilder builder;

    FunctionNodes(OnnxGraphBuilder builder) {
        this.builder = builder;
    }

    WrittenValue activated(WrittenValue x, Optional<Eltwise> activation) {
        return activation.map(function -> function(function, x)).orElse(x);
    }

    WrittenValue function(Eltwise op, WrittenValue x) {
        return switch (op.kind()) {
            case RELU ->
                op.alpha() == 0
                        ? of("Relu", x)
                        : builder.node(
                                "LeakyRelu",
                                x.extents(),
                                new Attributes().real("alpha", op.alpha()).all(),
                                x);
            case ELU ->
                builder.node(
                        "Elu",
                        x.extents(),
                        new Attributes().real("alpha", op.alpha()).all(),
                        x);
            case LOGISTIC -> of("Sigmoid", x);
            case TANH -> of("Tanh", x);
            case GELU_ERF -> {
                WrittenValue erf = of("Erf", number("Div", x, (float) Math.sqrt(2)));
                yield number("Mul", of("Mul", x, number("Add", erf, 1)), 0.5f);
            }
            case GELU_TANH -> {
                WrittenValue cubic = number("Mul", of("Mul", of("Mul", x, x), x), CUBIC);
                WrittenValue tanh = of("Tanh", number("Mul", of("Add", x, cubic), (float) Math.sqrt(2 / Math.PI)));
                yield number("Mul", of("Mul", x, number("Add", tanh, 1)), 0.5f);
            }
            case SWISH -> of("Mul", x, of("Sigmoid", op.alpha() == 1 ? x : number("Mul", x, op.alpha())));
            case HARD_SWISH ->
                op.equals(HARD_SWISH)
                        ? of("HardSwish", x)
                        : of(
                                "Mul",
                                x,
                                builder.node(
                                        "HardSigmoid",
                                        x.extents(),
                                        new Attributes()
                                                .real("alpha", op.alpha())
                                                .real("beta", op.beta())
                                                .all(),
                                        x));
            case SOFT_RELU -> of("Softplus", x);
            case LINEAR -> {
                WrittenValue scaled = op.alpha() == 1 ? x : number("Mul", x, op.alpha());
                yield op.beta() == 0 ? scaled : number("Add", scaled, op.beta());
            }
            case SQUARE -> of("Mul", x, x);
            case ABS -> of("Abs", x);
            case SQRT -> of("Sqrt", x);
            case EXP -> of("Exp", x);
            case LOG -> of("Log", x);
            case CLIP -> clip(x, op.alpha(), op.beta());
            case POW -> {
                WrittenValue power = number("Pow", x, op.beta());
                yield op.alpha() == 1 ? power : number("Mul", power, op.alpha());
            }
            case ROUND -> of("Round", x);
        };
    }

    private WrittenValue clip(WrittenValue x, float least, float most) {
        return of("Clip", x, builder.scalar("min", least), builder.scalar("max", most));
    }

    WrittenValue combination(Binary op, WrittenValue first, WrittenValue second, BatchExtents extents) {
        WrittenValue result = builder.node(
                operator(op.kind()), extents, unrepeated(first, second, extents), unrepeated(second, first, extents));
        if (compares(op.kind())) {
            result = cast(ElementType.FLOAT, result);
        }
        return activated(result, op.activation());
    }

    private static String operator(Binary.Kind kind) {
        return switch (kind) {
            case ADD -> "Add";
            case SUB -> "Sub";
            case MUL -> "Mul";
            case DIV -> "Div";
            case MAX -> "Max";
            case MIN -> "Min";
            case EQUAL -> "Equal";
            case GREATER -> "Greater";
            case GREATER_OR_EQUAL -> "GreaterOrEqual";
        };
    }

    /** Whether truth values come out, which are numbers in a graph of ours. */
    private static boolean compares(Binary.Kind kind) {
        return kind == Binary.Kind.EQUAL || kind == Binary.Kind.GREATER || kind == Binary.Kind.GREATER_OR_EQUAL;
    }

    /** ONNX repeats operands itself where the other one is as large as the result; a single number is a scalar. */
    private static WrittenValue unrepeated(WrittenValue operand, WrittenValue other, BatchExtents extents) {
        if (!other.extents().equals(extents)) {
            return operand;
        }
        return switch (operand) {
            case WrittenValue.Result result
            when result.opType().equals("Expand") -> unrepeated(result.inputs().getFirst(), other, extents);
            case WrittenValue.Known known
            when known.tensor().elements() == 1 ->
                new WrittenValue.Known(
                        known.name(),
                        new OnnxTensor(
                                known.tensor().type(), List.of(), known.tensor().data()));
            default -> operand;
        };
    }

    WrittenValue softmax(Softmax op, WrittenValue x) {
        return builder.node(
                op.log() ? "LogSoftmax" : "Softmax",
                x.extents(),
                new Attributes().whole("axis", op.axis()).all(),
                x);
    }

    WrittenValue reduction(Reduction op, WrittenValue x, BatchExtents extents) {
        long[] axes = op.axes().stream().mapToLong(Integer::longValue).toArray();
        return switch (op.kind()) {
            case SUM -> builder.node("ReduceSum", extents, x, builder.wholes("axes", axes));
            case MEAN -> reduction("ReduceMean", axes, x, extents);
            case MAX -> reduction("ReduceMax", axes, x, extents);
        };
    }

    private WrittenValue reduction(String operator, long[] axes, WrittenValue x, BatchExtents extents) {
        return builder.node(
                operator, extents, new Attributes().wholes("axes", axes).all(), x);
    }

    /** Where ONNX cuts off, {@link Cast} rounds. */
    WrittenValue cast(Cast op, DataType from, WrittenValue x) {
        WrittenValue rounded = op.type().isFloat() || !from.isFloat()
                ? x
                : switch (op.type()) {
                    case INT8 -> clip(of("Round", x), Byte.MIN_VALUE, Byte.MAX_VALUE);
                    case UINT8 -> clip(of("Round", x), 0, (1 << Byte.SIZE) - 1);
                    default -> of("Round", x);
                };
        return cast(type(op.type()), rounded);
    }

    WrittenValue cast(ElementType to, WrittenValue x) {
        return builder.node(
                "Cast", x.extents(), new Attributes().whole("to", to.number()).all(), x);
    }

    private static ElementType type(DataType type) {
        return switch (type) {
            case FLOAT32 -> ElementType.FLOAT;
            case BFLOAT16 -> ElementType.BFLOAT16;
            case FLOAT16 -> ElementType.FLOAT16;
            case INT32 -> ElementType.INT32;
            case INT8 -> ElementType.INT8;
            case UINT8 -> ElementType.UINT8;
        };
    }

    WrittenValue of(String opType, WrittenValue x, WrittenValue... others) {
        WrittenValue[] operands = new WrittenValue[1 + others.length];
        operands[0] = x;
        System.arraycopy(others, 0, operands, 1, others.length);
        return builder.node(opType, x.extents(), operands);
    }

    WrittenValue number(String opType, WrittenValue x, float number) {
        return of(opType, x, builder.scalar("number", number));
    }
}
