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
final class Functions {
    /** Those of MobileNetV3, which ONNX has an operator for. */
    private static final Eltwise HARD_SWISH = new Eltwise(Eltwise.Kind.HARD_SWISH, 1 / 6f, 0.5f);

    private static final float CUBIC = 0.044715f;

    private final OnnxGraphBuilder builder;

    Functions(OnnxGraphBuilder builder) {
        this.builder = builder;
    }

    Operand activated(Operand x, Optional<Eltwise> activation) {
        return activation.map(function -> function(function, x)).orElse(x);
    }

    Operand function(Eltwise op, Operand x) {
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
                Operand erf = of("Erf", number("Div", x, (float) Math.sqrt(2)));
                yield number("Mul", of("Mul", x, number("Add", erf, 1)), 0.5f);
            }
            case GELU_TANH -> {
                Operand cubic = number("Mul", of("Mul", of("Mul", x, x), x), CUBIC);
                Operand tanh = of("Tanh", number("Mul", of("Add", x, cubic), (float) Math.sqrt(2 / Math.PI)));
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
                Operand scaled = op.alpha() == 1 ? x : number("Mul", x, op.alpha());
                yield op.beta() == 0 ? scaled : number("Add", scaled, op.beta());
            }
            case SQUARE -> of("Mul", x, x);
            case ABS -> of("Abs", x);
            case SQRT -> of("Sqrt", x);
            case EXP -> of("Exp", x);
            case LOG -> of("Log", x);
            case CLIP -> clip(x, op.alpha(), op.beta());
            case POW -> {
                Operand power = number("Pow", x, op.beta());
                yield op.alpha() == 1 ? power : number("Mul", power, op.alpha());
            }
            case ROUND -> of("Round", x);
        };
    }

    private Operand clip(Operand x, float least, float most) {
        return of("Clip", x, builder.scalar("min", least), builder.scalar("max", most));
    }

    Operand combination(Binary op, Operand first, Operand second, Extents extents) {
        Operand result = builder.node(
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
    private static Operand unrepeated(Operand operand, Operand other, Extents extents) {
        if (!other.extents().equals(extents)) {
            return operand;
        }
        return switch (operand) {
            case Operand.Result result
            when result.opType().equals("Expand") -> unrepeated(result.inputs().getFirst(), other, extents);
            case Operand.Known known
            when known.tensor().elements() == 1 ->
                new Operand.Known(
                        known.name(),
                        new OnnxTensor(
                                known.tensor().type(), List.of(), known.tensor().data()));
            default -> operand;
        };
    }

    Operand softmax(Softmax op, Operand x) {
        return builder.node(
                op.log() ? "LogSoftmax" : "Softmax",
                x.extents(),
                new Attributes().whole("axis", op.axis()).all(),
                x);
    }

    Operand reduction(Reduction op, Operand x, Extents extents) {
        long[] axes = op.axes().stream().mapToLong(Integer::longValue).toArray();
        return switch (op.kind()) {
            case SUM -> builder.node("ReduceSum", extents, x, builder.wholes("axes", axes));
            case MEAN ->
                builder.node(
                        "ReduceMean",
                        extents,
                        new Attributes().wholes("axes", axes).all(),
                        x);
        };
    }

    /** Where ONNX cuts off, {@link Cast} rounds. */
    Operand cast(Cast op, DataType from, Operand x) {
        Operand rounded = op.type().isFloat() || !from.isFloat()
                ? x
                : switch (op.type()) {
                    case INT8 -> clip(of("Round", x), Byte.MIN_VALUE, Byte.MAX_VALUE);
                    case UINT8 -> clip(of("Round", x), 0, (1 << Byte.SIZE) - 1);
                    default -> of("Round", x);
                };
        return cast(type(op.type()), rounded);
    }

    Operand cast(ElementType to, Operand x) {
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

    Operand of(String opType, Operand x, Operand... others) {
        Operand[] operands = new Operand[1 + others.length];
        operands[0] = x;
        System.arraycopy(others, 0, operands, 1, others.length);
        return builder.node(opType, x.extents(), operands);
    }

    Operand number(String opType, Operand x, float number) {
        return of(opType, x, builder.scalar("number", number));
    }
}
