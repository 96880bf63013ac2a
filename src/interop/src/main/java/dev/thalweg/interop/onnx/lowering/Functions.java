package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.lowering.Elementwise.Function;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.interop.onnx.lowering.Operand.Known;
import dev.thalweg.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** Operators that are functions of each element. Formulas and defaults are those of ONNX's operator schemas. */
final class Functions {
    static final Function ABS = of(Eltwise.Kind.ABS, Math::abs);
    static final Function SQUARE = of(Eltwise.Kind.SQUARE, x -> x * x);
    static final Function SQRT = of(Eltwise.Kind.SQRT, Math::sqrt);
    static final Function EXP = of(Eltwise.Kind.EXP, Math::exp);
    static final Function LOG = of(Eltwise.Kind.LOG, Math::log);
    static final Function NEGATIVE = linear(-1, 0);
    static final Function RECIPROCAL =
            new Function(x -> 1 / x, (g, x) -> g.binary(Binary.Kind.DIV, g.constant(1, x.shape()), x));
    static final Function RELU = of(Eltwise.Kind.RELU, x -> Math.max(x, 0));
    static final Function SIGMOID = of(Eltwise.Kind.LOGISTIC, x -> 1 / (1 + Math.exp(-x)));
    static final Function TANH = of(Eltwise.Kind.TANH, Math::tanh);
    static final Function SOFTPLUS = of(Eltwise.Kind.SOFT_RELU, Functions::softplus);
    static final Function SOFTSIGN = new Function(
            x -> x / (1 + Math.abs(x)),
            (g, x) -> g.binary(Binary.Kind.DIV, x, g.linear(g.eltwise(Eltwise.Kind.ABS, x), 1, 1)));
    static final Function ROUND = of(Eltwise.Kind.ROUND, Math::rint);
    static final Function FLOOR = new Function(Math::floor, Functions::floor);
    static final Function CEIL = new Function(Math::ceil, (g, x) -> negative(g, floor(g, negative(g, x))));
    static final Function SIGN = new Function(Math::signum, Functions::sign);
    /** Cut towards 0. */
    static final Function TRUNCATE = new Function(
            x -> x < 0 ? Math.ceil(x) : Math.floor(x),
            (g, x) -> g.multiply(sign(g, x), floor(g, g.eltwise(Eltwise.Kind.ABS, x))));

    static final Function NOT = linear(-1, 1);
    static final Function ERF = new Function(Functions::erf, Functions::erf);
    static final Function HARD_SWISH = new Function(
            x -> x * Math.clamp(x / 6 + 0.5, 0, 1), (g, x) -> g.eltwise(Eltwise.Kind.HARD_SWISH, x, 1 / 6f, 0.5f));
    static final Function MISH = new Function(
            x -> x * Math.tanh(softplus(x)),
            (g, x) -> g.multiply(x, g.eltwise(Eltwise.Kind.TANH, g.eltwise(Eltwise.Kind.SOFT_RELU, x))));

    private Functions() {}

    private static Function of(Eltwise.Kind kind, DoubleUnaryOperator host) {
        return new Function(host, (g, x) -> g.eltwise(kind, x));
    }

    private static Function linear(float alpha, float beta) {
        return new Function(x -> alpha * x + beta, (g, x) -> g.linear(x, alpha, beta));
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    private static Value negative(GraphBuilder g, Value x) {
        return g.linear(x, -1, 0);
    }

    /** The nearest whole number, less 1 where that is greater. */
    private static Value floor(GraphBuilder g, Value x) {
        Value nearest = g.eltwise(Eltwise.Kind.ROUND, x);
        return g.binary(Binary.Kind.SUB, nearest, g.binary(Binary.Kind.GREATER, nearest, x));
    }

    static Value sign(GraphBuilder g, Value x) {
        Value zero = g.constant(0, Extents.shape(List.of()));
        return g.binary(
                Binary.Kind.SUB,
                g.binary(Binary.Kind.GREATER, x, alike(g, zero, x)),
                g.binary(Binary.Kind.GREATER, alike(g, zero, x), x));
    }

    /** One number for as many axes. */
    private static Value alike(GraphBuilder g, Value number, Value x) {
        int[] ones = new int[x.shape().rank()];
        Arrays.fill(ones, 1);
        return g.reshape(number, Shape.of(ones));
    }

    /** The coefficients of Abramowitz and Stegun, Handbook of Mathematical Functions, formula 7.1.26. */
    private static final double[] ERF_COEFFICIENTS = {1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592
    };

    private static final double ERF_P = 0.3275911;

    private static double erf(double x) {
        double t = 1 / (1 + ERF_P * Math.abs(x));
        double polynomial = 0;
        for (double coefficient : ERF_COEFFICIENTS) {
            polynomial = (polynomial + coefficient) * t;
        }
        return Math.copySign(1 - polynomial * Math.exp(-x * x), x);
    }

    /** Off by at most 1.5e-7, as the formula is. */
    private static Value erf(GraphBuilder g, Value x) {
        Value t = RECIPROCAL.graph().of(g, g.linear(g.eltwise(Eltwise.Kind.ABS, x), (float) ERF_P, 1));
        Value polynomial = g.linear(t, (float) ERF_COEFFICIENTS[0], 0);
        for (int i = 1; i < ERF_COEFFICIENTS.length; i++) {
            polynomial = g.multiply(g.linear(polynomial, 1, (float) ERF_COEFFICIENTS[i]), t);
        }
        Value rest =
                g.multiply(polynomial, g.eltwise(Eltwise.Kind.EXP, negative(g, g.eltwise(Eltwise.Kind.SQUARE, x))));
        return g.multiply(sign(g, x), g.linear(rest, -1, 1));
    }

    private static List<Operand> apply(Call call, Function function) {
        return List.of(Elementwise.apply(call.graph(), function, call.operand(0)));
    }

    static List<Operand> leakyRelu(Call call) {
        float alpha = call.real("alpha", 0.01);
        return apply(
                call, new Function(x -> x > 0 ? x : alpha * x, (g, x) -> g.eltwise(Eltwise.Kind.RELU, x, alpha, 0)));
    }

    static List<Operand> elu(Call call) {
        return apply(call, scaledElu(call.real("alpha", 1), 1));
    }

    static List<Operand> selu(Call call) {
        return apply(call, scaledElu(call.real("alpha", 1.6732631921768188), call.real("gamma", 1.0507010221481323)));
    }

    private static Function scaledElu(float alpha, float gamma) {
        return new Function(
                x -> gamma * (x > 0 ? x : alpha * Math.expm1(x)),
                (g, x) -> g.linear(g.eltwise(Eltwise.Kind.ELU, x, alpha, 0), gamma, 0));
    }

    static List<Operand> celu(Call call) {
        float alpha = call.real("alpha", 1);
        return apply(
                call,
                new Function(
                        x -> x > 0 ? x : alpha * Math.expm1(x / alpha),
                        (g, x) -> g.linear(g.eltwise(Eltwise.Kind.ELU, g.linear(x, 1 / alpha, 0), 1, 0), alpha, 0)));
    }

    static List<Operand> hardSigmoid(Call call) {
        float alpha = call.real("alpha", 0.2);
        float beta = call.real("beta", 0.5);
        return apply(
                call,
                new Function(
                        x -> Math.clamp(alpha * x + beta, 0, 1),
                        (g, x) -> g.eltwise(Eltwise.Kind.CLIP, g.linear(x, alpha, beta), 0, 1)));
    }

    static List<Operand> thresholdedRelu(Call call) {
        float alpha = call.real("alpha", 1);
        return apply(
                call,
                new Function(
                        x -> x > alpha ? x : 0,
                        (g, x) -> g.multiply(x, g.binary(Binary.Kind.GREATER, x, g.constant(alpha, x.shape())))));
    }

    static List<Operand> shrink(Call call) {
        float bias = call.real("bias", 0);
        float lambd = call.real("lambd", 0.5);
        return apply(call, new Function(x -> x < -lambd ? x + bias : x > lambd ? x - bias : 0, (g, x) -> {
            Value over = g.binary(Binary.Kind.GREATER, x, g.constant(lambd, x.shape()));
            Value under = g.binary(Binary.Kind.GREATER, g.constant(-lambd, x.shape()), x);
            return g.add(g.multiply(g.linear(x, 1, -bias), over), g.multiply(g.linear(x, 1, bias), under));
        }));
    }

    static List<Operand> gelu(Call call) {
        String approximation = call.text("approximate", "none");
        return switch (approximation) {
            case "none" ->
                apply(
                        call,
                        new Function(
                                x -> x / 2 * (1 + erf(x / Math.sqrt(2))),
                                (g, x) -> g.eltwise(Eltwise.Kind.GELU_ERF, x)));
            case "tanh" ->
                apply(
                        call,
                        new Function(
                                x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))),
                                (g, x) -> g.eltwise(Eltwise.Kind.GELU_TANH, x)));
            default -> throw call.refusal("approximate is " + approximation + ", expected none or tanh");
        };
    }

    /** Bounds are attributes before version 11, and inputs since; those that are known make one function. */
    static List<Operand> clip(Call call) {
        if (call.optional(1).isEmpty() && call.optional(2).isEmpty()) {
            return apply(
                    call,
                    between(call.real("min", Float.NEGATIVE_INFINITY), call.real("max", Float.POSITIVE_INFINITY)));
        }
        boolean whole = !call.operand(0).type().isFloating();
        if (!whole && isOneNumber(call, 1) && isOneNumber(call, 2)) {
            return apply(
                    call, between(bound(call, 1, Float.NEGATIVE_INFINITY), bound(call, 2, Float.POSITIVE_INFINITY)));
        }
        Operand clipped = call.operand(0);
        if (call.optional(1).isPresent()) {
            clipped = Elementwise.apply(call.graph(), Combinations.MAX, clipped, call.operand(1));
        }
        if (call.optional(2).isPresent()) {
            clipped = Elementwise.apply(call.graph(), Combinations.MIN, clipped, call.operand(2));
        }
        return List.of(clipped);
    }

    private static boolean isOneNumber(Call call, int input) {
        return call.optional(input).isEmpty() || call.operand(input) instanceof Known known && known.elements() == 1;
    }

    private static float bound(Call call, int input, float otherwise) {
        return call.optionalKnown(input)
                .map(known -> known.tensor().floats()[0])
                .orElse(otherwise);
    }

    static Function between(float low, float high) {
        return new Function(
                x -> Math.min(high, Math.max(low, x)),
                (g, x) -> low == 0 && high == Float.POSITIVE_INFINITY
                        ? g.eltwise(Eltwise.Kind.RELU, x)
                        : g.eltwise(Eltwise.Kind.CLIP, x, low, high));
    }

    /** {@code x · sigmoid(alpha · x)}. */
    static List<Operand> swish(Call call) {
        float alpha = call.real("alpha", 1);
        return apply(
                call,
                new Function(
                        x -> x / (1 + Math.exp(-alpha * x)), (g, x) -> g.eltwise(Eltwise.Kind.SWISH, x, alpha, 0)));
    }

    static List<Operand> isNaN(Call call) {
        return List.of(truth(
                call,
                new Function(
                        x -> Double.isNaN(x) ? 1 : 0, (g, x) -> g.linear(g.binary(Binary.Kind.EQUAL, x, x), -1, 1))));
    }

    static List<Operand> isInf(Call call) {
        double above = call.whole("detect_positive", 1) != 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        double below = call.whole("detect_negative", 1) != 0 ? Double.NEGATIVE_INFINITY : Double.NaN;
        return List.of(truth(
                call,
                new Function(
                        x -> x == above || x == below ? 1 : 0,
                        (g, x) -> g.add(
                                g.binary(Binary.Kind.EQUAL, x, g.constant((float) above, x.shape())),
                                g.binary(Binary.Kind.EQUAL, x, g.constant((float) below, x.shape()))))));
    }

    static Value isNotZero(GraphBuilder g, Value x) {
        return g.linear(g.binary(Binary.Kind.EQUAL, x, g.constant(0, x.shape())), -1, 1);
    }

    private static Operand truth(Call call, Function function) {
        return switch (call.operand(0)) {
            case Known known ->
                Known.of(
                        ElementType.BOOL,
                        known.dims(),
                        Arrays.stream(known.doubles()).map(function.host()).toArray());
            case Flowing(Value value, List<Integer> dims, ElementType type) ->
                new Flowing(function.graph().of(call.graph(), value), dims, ElementType.BOOL);
        };
    }
}
