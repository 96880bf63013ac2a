package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.Binary;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.lowering.Elementwise.Combination;
import dev.thalweg.interop.onnx.lowering.Operand.Flowing;
import dev.thalweg.interop.onnx.lowering.Operand.Known;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Operators that combine several tensors element by element. */
final class Combinations {
    static final Combination ADD = new Combination(Long::sum, Double::sum, GraphBuilder::add);
    static final Combination SUB = new Combination((a, b) -> a - b, (a, b) -> a - b, binary(Binary.Kind.SUB));
    static final Combination MUL = new Combination((a, b) -> a * b, (a, b) -> a * b, GraphBuilder::multiply);
    static final Combination DIV =
            new Combination((a, b) -> b == 0 ? 0 : a / b, (a, b) -> a / b, binary(Binary.Kind.DIV));
    static final Combination MAX = new Combination(Math::max, Math::max, binary(Binary.Kind.MAX));
    static final Combination MIN = new Combination(Math::min, Math::min, binary(Binary.Kind.MIN));
    static final Combination EQUAL =
            new Combination((a, b) -> a == b ? 1 : 0, (a, b) -> a == b ? 1 : 0, binary(Binary.Kind.EQUAL));
    static final Combination GREATER =
            new Combination((a, b) -> a > b ? 1 : 0, (a, b) -> a > b ? 1 : 0, binary(Binary.Kind.GREATER));
    static final Combination GREATER_OR_EQUAL =
            new Combination((a, b) -> a >= b ? 1 : 0, (a, b) -> a >= b ? 1 : 0, binary(Binary.Kind.GREATER_OR_EQUAL));
    static final Combination LESS = swapped(GREATER);
    static final Combination LESS_OR_EQUAL = swapped(GREATER_OR_EQUAL);
    static final Combination AND = new Combination((a, b) -> a & b, (a, b) -> a * b, GraphBuilder::multiply);
    static final Combination OR = new Combination((a, b) -> a | b, Math::max, binary(Binary.Kind.MAX));
    static final Combination XOR = new Combination(
            (a, b) -> a ^ b,
            (a, b) -> Math.abs(a - b),
            (g, a, b) -> g.eltwise(Eltwise.Kind.ABS, g.binary(Binary.Kind.SUB, a, b)));
    /** With the sign of the divisor. */
    private static final Combination MODULO = new Combination(
            (a, b) -> b == 0 ? 0 : Math.floorMod(a, b),
            (a, b) -> a - b * Math.floor(a / b),
            (g, a, b) -> remainder(g, a, b, Functions.FLOOR));
    /** With the sign of the dividend. */
    private static final Combination REMAINDER = new Combination(
            (a, b) -> b == 0 ? 0 : a % b, (a, b) -> a % b, (g, a, b) -> remainder(g, a, b, Functions.TRUNCATE));

    private static final Combination PRELU = new Combination(
            (a, b) -> a > 0 ? a : a * b,
            (a, b) -> a > 0 ? a : a * b,
            (g, a, b) -> g.add(
                    g.eltwise(Eltwise.Kind.RELU, a),
                    g.multiply(b, g.linear(g.eltwise(Eltwise.Kind.RELU, g.linear(a, -1, 0)), -1, 0))));
    private static final Combination POWER = new Combination(
            Combinations::power,
            Math::pow,
            (g, a, b) -> g.eltwise(Eltwise.Kind.EXP, g.multiply(g.eltwise(Eltwise.Kind.LOG, a), b)));

    private Combinations() {}

    private static Elementwise.GraphCombination binary(Binary.Kind kind) {
        return (g, a, b) -> g.binary(kind, a, b);
    }

    private static Combination swapped(Combination of) {
        return new Combination(
                (a, b) -> of.wholes().applyAsLong(b, a),
                (a, b) -> of.reals().applyAsDouble(b, a),
                (g, a, b) -> of.graph().of(g, b, a));
    }

    private static Value remainder(GraphBuilder g, Value a, Value b, Elementwise.Function rounding) {
        Value quotient = rounding.graph().of(g, g.binary(Binary.Kind.DIV, a, b));
        return g.binary(Binary.Kind.SUB, a, g.multiply(quotient, b));
    }

    private static long power(long base, long exponent) {
        return (long) Math.pow(base, exponent);
    }

    /** Yields truth values. */
    static Lowering comparison(Combination combination) {
        return call -> List.of(Elementwise.apply(
                call.graph(), combination, call.operand(0), Elementwise.second(call), ElementType.BOOL));
    }

    /** Bits, which numbers that flow have none of. */
    static Lowering ofKnownWholes(Combination combination) {
        return call ->
                List.of(Elementwise.apply(call.graph(), combination, call.known(0), call.known(1), wholeType(call)));
    }

    static List<Operand> bitwiseNot(Call call) {
        Known known = call.known(0);
        return List.of(Known.of(
                wholeType(call),
                known.dims(),
                Arrays.stream(known.tensor().wholes()).map(bits -> ~bits).toArray()));
    }

    private static ElementType wholeType(Call call) {
        ElementType type = call.operand(0).type();
        if (type.isFloating()) {
            throw call.refusal("got " + type + ", expected whole numbers");
        }
        return type;
    }

    static List<Operand> mod(Call call) {
        return List.of(Elementwise.apply(
                call.graph(), call.flag("fmod") ? REMAINDER : MODULO, call.operand(0), call.operand(1)));
    }

    static List<Operand> pow(Call call) {
        Operand base = call.operand(0);
        Operand exponent = Elementwise.second(call);
        if (base instanceof Flowing(Value value, List<Integer> dims, ElementType type)
                && exponent instanceof Known known
                && known.elements() == 1
                && Extents.broadcast(dims, known.dims()).equals(dims)) {
            return List.of(new Flowing(power(call.graph(), value, known.tensor().floats()[0]), dims, type));
        }
        Operand power = Elementwise.apply(call.graph(), POWER, base, exponent);
        boolean whole = power instanceof Flowing && !power.type().isFloating();
        return List.of(whole ? Elementwise.apply(call.graph(), Functions.ROUND, power) : power);
    }

    static Value power(GraphBuilder graph, Value value, float exponent) {
        if (exponent == 1) {
            return value;
        }
        return exponent == 2
                ? graph.eltwise(Eltwise.Kind.SQUARE, value)
                : exponent == 0.5f
                        ? graph.eltwise(Eltwise.Kind.SQRT, value)
                        : graph.eltwise(Eltwise.Kind.POW, value, 1, exponent);
    }

    /** Before version 7 a slope for each channel came without axes behind it. */
    static List<Operand> prelu(Call call) {
        Operand source = call.operand(0);
        Operand slope = call.operand(1);
        if (call.opset() < 7 && slope.rank() == 1 && source.rank() > 2) {
            List<Integer> channel = new ArrayList<>(slope.dims());
            while (channel.size() < source.rank() - 1) {
                channel.add(1);
            }
            slope = new Arrangement(call.graph()).reshape(slope, channel);
        }
        return List.of(Elementwise.apply(call.graph(), PRELU, source, slope));
    }

    /** Of any number of operands. */
    static Lowering all(Combination combination) {
        return call -> List.of(combined(call, combination));
    }

    private static Operand combined(Call call, Combination combination) {
        return call.all().stream()
                .reduce((a, b) -> Elementwise.apply(call.graph(), combination, a, b))
                .orElseThrow(() -> call.refusal("got no operands, expected some"));
    }

    static List<Operand> mean(Call call) {
        float share = 1f / call.operands().size();
        return List.of(Elementwise.apply(
                call.graph(),
                new Elementwise.Function(x -> x * share, (g, x) -> g.linear(x, share, 0)),
                combined(call, ADD)));
    }

    static List<Operand> where(Call call) {
        return List.of(where(call.graph(), call.operand(0), call.operand(1), call.operand(2)));
    }

    /** The condition is 1 or 0. */
    static Operand where(GraphBuilder graph, Operand condition, Operand yes, Operand no) {
        List<Integer> dims = Extents.broadcast(condition.dims(), Extents.broadcast(yes.dims(), no.dims()));
        Arrangement arrangement = new Arrangement(graph);
        if (condition instanceof Known && yes instanceof Known && no instanceof Known) {
            return chosen(
                    (Known) arrangement.broadcast(condition, dims),
                    arrangement.broadcast(yes, dims),
                    arrangement.broadcast(no, dims),
                    arrangement);
        }
        Value c = arrangement.value(condition);
        Value sum = graph.add(
                graph.multiply(arrangement.value(finite(yes)), c),
                graph.multiply(arrangement.value(finite(no)), graph.linear(c, -1, 1)));
        return new Flowing(sum, dims, yes.type());
    }

    private static Operand chosen(Known condition, Operand yes, Operand no, Arrangement arrangement) {
        int length = condition.elements();
        Operand both = arrangement.concat(
                0, List.of(arrangement.reshape(yes, List.of(length)), arrangement.reshape(no, List.of(length))));
        long[] truth = condition.tensor().wholes();
        int[] indices = new int[length];
        Arrays.setAll(indices, i -> truth[i] != 0 ? i : length + i);
        return arrangement.reshape(arrangement.take(both, 0, indices), condition.dims());
    }

    /** With the greatest numbers in the place of infinite ones, which times 0 would not be 0. */
    private static Operand finite(Operand operand) {
        return operand instanceof Known known && known.type().isFloating()
                ? Known.of(
                        known.type(),
                        known.dims(),
                        Arrays.stream(known.doubles())
                                .map(x -> Math.clamp(x, -Float.MAX_VALUE, Float.MAX_VALUE))
                                .toArray())
                : operand;
    }
}
