package dev.thalweg.interop.onnx.network;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.OnnxValue;
import dev.thalweg.interop.onnx.lowering.Call;
import dev.thalweg.interop.onnx.lowering.Operand;
import dev.thalweg.interop.onnx.lowering.Operators;
import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ThalwegException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the values of a graph are in a batch of some size, by a graph that nobody runs: extents of what flows, and all
 * that is known. Two such batches tell what depends on the batch, and how.
 */
final class Evaluation {
    private final CheckedGraph source;
    private final int batch;
    private final GraphBuilder builder = new GraphBuilder();
    private final Map<String, Operand> values = new HashMap<>();

    /**
     * Knows nothing yet.
     *
     * @param source the graph
     * @param batch how many examples
     */
    Evaluation(CheckedGraph source, int batch) {
        this.source = source;
        this.batch = batch;
    }

    /**
     * Evaluates a graph and says what is known of its values.
     *
     * @param source the graph; steps that hold for one batch alone are replaced in the plan
     * @return the plan
     * @throws BadFileException if an operator is not supported, something does not fit, or the graph is one for the
     *     batch alone that its file fixes
     */
    static Plan plan(CheckedGraph source) throws BadFileException {
        FreedGraph freed = source.batch() == OnnxValue.OPEN
                ? new FreedGraph(source, Map.of())
                : Freeing.free(source, Math.toIntExact(source.batch()));
        Map<String, Operand> small = of(freed, Fact.SMALL);
        Map<String, Operand> large = of(freed, Fact.LARGE);
        Map<String, Fact> facts = new HashMap<>();
        small.forEach((name, operand) -> facts.put(name, fact(operand, large.get(name))));
        return new Plan(freed.graph(), facts);
    }

    private static Map<String, Operand> of(FreedGraph freed, int batch) throws BadFileException {
        Evaluation evaluation = new Evaluation(freed.graph(), batch);
        evaluation.begin();
        freed.growing()
                .forEach((name, extents) -> evaluation.values.put(name, new Operand.Known(extents.tensor(batch))));
        for (Step step : freed.graph().steps()) {
            evaluation.take(step);
        }
        return evaluation.values;
    }

    /** What is known so far. */
    Map<String, Operand> values() {
        return values;
    }

    private static Fact fact(Operand small, @Nullable Operand large) {
        if (small instanceof Operand.Flowing a && large instanceof Operand.Flowing b) {
            return new Fact.Flow(longs(a.dims()), longs(b.dims()), a.type().isFloating());
        }
        if (!(small instanceof Operand.Known(OnnxTensor a)) || !(large instanceof Operand.Known(OnnxTensor b))) {
            return new Fact.Varying();
        }
        if (a.equals(b)) {
            return new Fact.Constant(a);
        }
        if (!a.dims().equals(b.dims()) || a.type().isFloating() || a.type() == ElementType.BOOL) {
            return new Fact.Varying();
        }
        long[] from = a.wholes();
        long[] to = b.wholes();
        List<Long> base = new ArrayList<>();
        List<Long> slope = new ArrayList<>();
        for (int i = 0; i < from.length; i++) {
            slope.add(Math.subtractExact(to[i], from[i]));
            base.add(Math.subtractExact(from[i], Math.multiplyExact(Fact.SMALL, slope.getLast())));
        }
        return new Fact.Counted(a, base, slope);
    }

    private static List<Long> longs(List<Integer> dims) {
        return dims.stream().map(Integer::longValue).toList();
    }

    /** Knows what flows in, and the tensors of the file. */
    void begin() {
        for (Map.Entry<String, List<Long>> input : source.inputs().entrySet()) {
            int[] dims = input.getValue().stream().mapToInt(Math::toIntExact).toArray();
            dims[0] = batch;
            values.put(input.getKey(), new Operand.Flowing(builder.input(input.getKey(), Shape.of(dims))));
        }
        source.constants().forEach((name, tensor) -> values.put(name, new Operand.Known(tensor)));
        source.initializers().forEach((name, tensor) -> values.put(name, new Operand.Known(tensor)));
    }

    /**
     * Takes a step.
     *
     * @throws BadFileException if it does not fit
     */
    void take(Step step) throws BadFileException {
        try {
            lower(step);
        } catch (ThalwegException | ArithmeticException | IllegalArgumentException e) {
            throw new BadFileException(source.file(), source.told(step, e), e);
        }
    }

    /** Takes a step, with what is thrown where it does not fit. */
    void lower(Step step) throws BadFileException {
        List<Operand> results = Operators.lower(new Call(builder, step.node(), source.opset(), operands(step)));
        for (int i = 0; i < Math.min(results.size(), step.node().outputs().size()); i++) {
            if (!step.node().outputs().get(i).isEmpty()) {
                values.put(step.node().outputs().get(i), results.get(i));
            }
        }
    }

    private List<Optional<Operand>> operands(Step step) throws BadFileException {
        List<Operand> given = new ArrayList<>();
        boolean flows = false;
        for (int i = 0; i < step.inputs().size(); i++) {
            Operand operand = step.input(i).isEmpty() ? null : values.get(step.input(i));
            if (operand == null && !step.input(i).isEmpty()) {
                throw source.refusal(step, "nothing is known of its input " + i, null);
            }
            OnnxTensor tensor = operand instanceof Operand.Known(OnnxTensor known) ? known : null;
            if (tensor != null && source.isWeight(step, i)) {
                operand = parameter(step.input(i), tensor);
            }
            flows |= operand instanceof Operand.Flowing;
            given.add(operand);
        }
        List<Optional<Operand>> operands = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            Operand operand = given.get(i);
            // Many numbers beside what flows are kept with the weights.
            operands.add(Optional.ofNullable(
                    flows && operand instanceof Operand.Known(OnnxTensor tensor) && isKept(step, i, tensor)
                            ? parameter(step.input(i), tensor)
                            : operand));
        }
        return operands;
    }

    /** Whether numbers that are not learnt are too many to be part of a layer's description. */
    static boolean isKept(Step step, int operand, OnnxTensor tensor) {
        return tensor.type().isFloating() && tensor.elements() > 1 && !OperandRoles.isSetting(step.node(), operand);
    }

    private Operand parameter(String name, OnnxTensor tensor) {
        List<Integer> dims = tensor.dims().stream().map(Math::toIntExact).toList();
        Shape shape = dims.isEmpty()
                ? Shape.of(1)
                : Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
        return new Operand.Flowing(builder.parameter(name, shape), dims, ElementType.FLOAT);
    }
}
