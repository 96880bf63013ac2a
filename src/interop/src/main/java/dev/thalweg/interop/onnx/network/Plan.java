package dev.thalweg.interop.onnx.network;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.lowering.Call;
import dev.thalweg.text.PrintableText;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A graph whose values are known as far as they can be before it runs. */
final class Plan {
    private final CheckedGraph source;
    private final List<Step> steps;
    private final Map<String, Fact> facts;
    private final Map<String, Step> producers = new HashMap<>();
    private final Map<String, Set<Step>> users = new HashMap<>();
    /** What is computed from what flows in, and may flow between layers. */
    private final Set<String> flowing = new HashSet<>();

    /**
     * Sees who needs what.
     *
     * @param source the graph, as it holds in every batch
     * @param facts of all values
     */
    Plan(CheckedGraph source, Map<String, Fact> facts) {
        this.source = source;
        this.steps = source.steps();
        this.facts = facts;
        List<String> outputs = source.outputs();
        steps.forEach(step -> step.node().outputs().forEach(output -> producers.put(output, step)));
        flowing.addAll(source.inputs().keySet());
        for (Step step : steps) {
            if (step.inputs().stream().anyMatch(flowing::contains)) {
                step.node().outputs().stream()
                        .filter(output -> facts.get(output) instanceof Fact.Flow)
                        .forEach(flowing::add);
            }
        }
        Deque<String> needed = new ArrayDeque<>(outputs);
        Set<String> seen = new HashSet<>(outputs);
        while (!needed.isEmpty()) {
            Step step = producers.get(needed.pop());
            if (step == null) {
                continue;
            }
            for (String input : step.inputs()) {
                if (facts.get(input) instanceof Fact.Flow || facts.get(input) instanceof Fact.Varying) {
                    users.computeIfAbsent(input, name -> new HashSet<>()).add(step);
                    if (seen.add(input)) {
                        needed.push(input);
                    }
                }
            }
        }
    }

    CheckedGraph source() {
        return source;
    }

    List<Step> steps() {
        return steps;
    }

    long opset() {
        return source.opset();
    }

    /** A node's attributes as the operators' arithmetic asks for them. */
    Call call(Step step) {
        return new Call(new GraphBuilder(), step.node(), opset(), List.of());
    }

    /** The node that yields a value, if it is one of these operators. */
    @Nullable
    Step from(String value, String... types) {
        Step step = producers.get(value);
        return step != null && step.is(types) && facts.get(value) instanceof Fact.Flow ? step : null;
    }

    /** The node that yields a value, known or not. */
    @Nullable
    Step step(String value) {
        return producers.get(value);
    }

    /**
     * {@return what is known of a value}
     *
     * @throws IllegalArgumentException if it is a result that its operator does not yield
     */
    Fact fact(String value) {
        Fact fact = facts.get(value);
        if (fact == null) {
            throw new IllegalArgumentException("nothing is known of its input \"" + PrintableText.excerpt(value)
                    + "\", a result of an operator that yields it in other cases alone");
        }
        return fact;
    }

    /** What flows, if it does. */
    Fact.@Nullable Flow flow(String value) {
        return facts.get(value) instanceof Fact.Flow flow ? flow : null;
    }

    /** Has values flow within layers, and not between them. */
    void hide(Set<String> values) {
        flowing.removeAll(values);
    }

    /** What flows between layers, if it does. */
    Fact.@Nullable Flow examples(String value) {
        return facts.get(value) instanceof Fact.Flow flow && flow.isOfExamples() && flowing.contains(value)
                ? flow
                : null;
    }

    /** A tensor that is known. */
    @Nullable
    OnnxTensor constant(String value) {
        return facts.get(value) instanceof Fact.Constant(OnnxTensor tensor) ? tensor : null;
    }

    /** A single number that is known; NaN if there is none. */
    float scalar(String value) {
        OnnxTensor tensor = constant(value);
        return tensor != null && tensor.elements() == 1 ? tensor.floats()[0] : Float.NaN;
    }

    /** Whole numbers that are known and the same in every batch. */
    @Nullable
    List<Long> wholes(String value) {
        OnnxTensor tensor = constant(value);
        if (tensor == null || tensor.type().isFloating()) {
            return null;
        }
        return Arrays.stream(tensor.wholes()).boxed().toList();
    }

    boolean takesWeights(Step step) {
        return IntStream.range(0, step.inputs().size()).anyMatch(operand -> source.isWeight(step, operand));
    }

    /** An operand that is learnt: as it stands, with axes of extent 1 more, or with its axes in another order. */
    @Nullable
    Weight weight(Step step, int operand) {
        String name = step.input(operand);
        if (source.isWeight(step, operand)) {
            return Weight.of(name, source.tensor(name));
        }
        Step longer = from(name, "Unsqueeze");
        Fact.Flow shaped = flow(name);
        if (longer != null && shaped != null && source.isWeight(longer, 0)) {
            OnnxTensor tensor = source.tensor(longer.input(0));
            return Weight.of(longer.input(0), new OnnxTensor(tensor.type(), shaped.small(), tensor.data()));
        }
        Step transposed = from(name, "Transpose");
        if (transposed == null || !source.isWeight(transposed, 0)) {
            return null;
        }
        Weight weight = Weight.of(transposed.input(0), source.tensor(transposed.input(0)));
        List<Long> turned = IntStream.range(0, weight.rank())
                .mapToObj(axis -> weight.rank() - 1L - axis)
                .toList();
        return weight.transposed(
                transposed.wholes("perm", turned).stream().map(Math::toIntExact).toList());
    }

    /** Whether nobody but these nodes needs what they yield, except for the result of the last of them. */
    boolean isClosed(Set<Step> steps, Step last) {
        for (Step step : steps) {
            for (String output : step.node().outputs()) {
                if (output.isEmpty()) {
                    continue;
                }
                boolean mayLeave = step.equals(last) && output.equals(last.output());
                if (!mayLeave
                        && (source.outputs().contains(output)
                                || !steps.containsAll(users.getOrDefault(output, Set.of())))) {
                    return false;
                }
            }
        }
        return true;
    }
}
