package dev.thalweg.interop.onnx.network;

import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Initializer;
import dev.thalweg.model.Reshape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Fully connected layers. */
final class DensePatterns {
    /** Of more axes than these a dense layer takes none. */
    private static final int MOST_AXES = 3;

    private DensePatterns() {}

    static @Nullable Match product(Plan plan, Step last) {
        Weight bias = last.input(2).isEmpty() ? null : plan.weight(last, 2);
        return last.is("MatMul", "Gemm") && (bias != null || last.input(2).isEmpty())
                ? dense(plan, last, bias, Activation.LINEAR, Set.of(last))
                : null;
    }

    /** A bias by a node of its own. */
    static @Nullable Match biased(Plan plan, Step last) {
        for (int operand = 0; operand < 2 && last.is("Add"); operand++) {
            Step product = plan.from(last.input(operand), "MatMul", "Gemm");
            Weight bias = plan.weight(last, 1 - operand);
            if (product != null && bias != null && product.input(2).isEmpty()) {
                return dense(plan, product, bias, Activation.LINEAR, Set.of(product, last));
            }
        }
        return null;
    }

    /** Probabilities: the last layer of many networks. */
    static @Nullable Match probabilities(Plan plan, Step last) {
        Step product = plan.from(last.input(0), "MatMul", "Gemm");
        Fact.Flow result = plan.examples(last.output());
        if (!last.is("Softmax") || product == null || result == null || result.rank() != 2) {
            return null;
        }
        Weight bias = product.input(2).isEmpty() ? null : plan.weight(product, 2);
        return Math.floorMod(last.whole("axis", -1), 2) == 1
                        && (bias != null || product.input(2).isEmpty())
                ? dense(plan, product, bias, Activation.SOFTMAX, Set.of(product, last))
                : null;
    }

    /** Layers of the tokens of all examples together, as rows, which become tokens again behind the last of them. */
    static @Nullable Match ofTokens(Plan plan, Step last) {
        Fact.Flow result = plan.examples(last.output());
        if (!last.is("Reshape") || result == null || result.rank() != 3) {
            return null;
        }
        Set<Step> steps = new HashSet<>(Set.of(last));
        Deque<Match.Placed> layers = new ArrayDeque<>();
        Activation activation = Activation.LINEAR;
        String value = last.input(0);
        for (Step step = plan.step(value); step != null; step = plan.step(value)) {
            Match function = activation == Activation.LINEAR ? ActivationPatterns.any(plan, step) : null;
            if (function != null && function.layers().getFirst().layer() instanceof ActivationLayer(var found)) {
                activation = found;
                steps.addAll(function.steps());
                value = function.inputs().getFirst();
            } else if (step.is("Reshape")) {
                Fact.Flow tokens = plan.examples(step.input(0));
                steps.add(step);
                boolean fits = !layers.isEmpty()
                        && activation == Activation.LINEAR
                        && tokens != null
                        && tokens.rank() == 3
                        && tokens.dim(1) == result.dim(1)
                        && isRows(plan.flow(value), tokens);
                return fits ? new Match(List.of(step.input(0)), List.copyOf(layers), steps) : null;
            } else {
                Match.Placed dense = ofRows(plan, step, activation);
                if (dense == null) {
                    return null;
                }
                layers.addFirst(dense);
                steps.add(step);
                activation = Activation.LINEAR;
                value = step.input(0);
            }
        }
        return null;
    }

    /** Whether a flow has the tokens' columns, so that its rows are the tokens one after the other. */
    private static boolean isRows(Fact.@Nullable Flow rows, Fact.Flow tokens) {
        return rows != null && rows.rank() == 2 && rows.dim(1) == tokens.dim(2);
    }

    private static Match.@Nullable Placed ofRows(Plan plan, Step product, Activation activation) {
        Fact.Flow rows = plan.flow(product.input(0));
        Weight kernel = plan.weight(product, 1);
        Weight bias = product.input(2).isEmpty() ? null : plan.weight(product, 2);
        if (!product.is("Gemm") || rows == null || kernel == null || kernel.rank() != 2 || !isPlain(product, rows)) {
            return null;
        }
        return bias == null && !product.input(2).isEmpty() ? null : placed(product, kernel, bias, activation);
    }

    /** Null if the bias is none of units. */
    private static Match.@Nullable Placed placed(
            Step product, Weight matrix, @Nullable Weight bias, Activation activation) {
        Weight kernel = !product.is("Gemm") || product.whole("transB", 0) == 0 ? matrix.transposed() : matrix;
        int units = kernel.dim(0);
        return bias != null && !isPerUnit(bias, units)
                ? null
                : new Match.Placed(
                        new Dense(units, activation, bias != null, Initializer.GLOROT_UNIFORM),
                        ConvolutionPatterns.weights(kernel, bias));
    }

    private static @Nullable Match dense(
            Plan plan, Step product, @Nullable Weight bias, Activation activation, Set<Step> steps) {
        Fact.Flow input = plan.examples(product.input(0));
        Fact.Flow result = plan.examples(product.output());
        Weight kernel = plan.weight(product, 1);
        if (input == null || result == null || kernel == null || kernel.rank() != 2 || !isPlain(product, input)) {
            return null;
        }
        Match.Placed placed = placed(product, kernel, bias, activation);
        if (placed == null) {
            return null;
        }
        if (input.rank() <= MOST_AXES) {
            return new Match(List.of(product.input(0)), List.of(placed), steps);
        }
        List<Integer> extents = input.example();
        int columns = extents.getLast();
        int rows = extents.subList(0, extents.size() - 1).stream().reduce(1, Math::multiplyExact);
        return new Match(
                List.of(product.input(0)),
                List.of(
                        Match.Placed.of(new Reshape(List.of(rows, columns))),
                        placed,
                        Match.Placed.of(new Reshape(result.example()))),
                steps);
    }

    private static boolean isPlain(Step product, Fact.Flow input) {
        if (product.is("MatMul")) {
            return input.rank() >= 2;
        }
        return product.is("Gemm")
                && product.real("alpha", 1) == 1
                && product.real("beta", 1) == 1
                && product.whole("transA", 0) == 0;
    }

    private static boolean isPerUnit(Weight bias, int units) {
        List<Integer> before = new ArrayList<>(bias.dims());
        return bias.elements() == units
                && !before.isEmpty()
                && before.removeLast() == units
                && before.stream().allMatch(extent -> extent == 1);
    }
}
