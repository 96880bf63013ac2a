package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.OnnxTensor;
import dev.thalweg.interop.onnx.network.OnnxOperation.Argument;
import dev.thalweg.interop.onnx.network.OnnxOperation.Operation;
import dev.thalweg.interop.onnx.network.OnnxOperation.Parameter;
import dev.thalweg.interop.onnx.network.OnnxOperation.Source;
import dev.thalweg.text.PrintableText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * A layer of the operators themselves, for a node that no pattern fits, together with those before it whose results
 * cannot flow between layers.
 */
final class Fragment {
    private final Plan plan;
    private final Set<Step> steps = new TreeSet<>(Comparator.comparingInt(Step::index));
    private final List<String> inputs = new ArrayList<>();
    private final Map<String, Integer> results = new HashMap<>();
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Weight> weights = new LinkedHashMap<>();
    private final List<Numbers> numbers = new ArrayList<>();

    private Fragment(Plan plan) {
        this.plan = plan;
    }

    /**
     * Makes the layer.
     *
     * @param plan the graph
     * @param last the node
     * @param value which of its results
     * @return the layer
     * @throws IllegalArgumentException if it has parts that no layer can hold
     * @throws ArithmeticException if an extent is too large
     */
    static Match of(Plan plan, Step last, String value) {
        return new Fragment(plan).read(last, value);
    }

    private Match read(Step last, String value) {
        Deque<Step> open = new ArrayDeque<>(List.of(last));
        steps.add(last);
        while (!open.isEmpty()) {
            Step step = open.pop();
            for (int i = 0; i < step.inputs().size(); i++) {
                Step before = source(step, i) == Source.RESULT ? plan.step(step.input(i)) : null;
                if (before != null && steps.add(before)) {
                    open.push(before);
                }
            }
        }
        List<Operation> operations = new ArrayList<>();
        int counted = 0;
        for (Step step : steps) {
            List<Argument> arguments = new ArrayList<>();
            for (int i = 0; i < step.inputs().size(); i++) {
                arguments.add(argument(step, i));
            }
            for (String output : step.node().outputs()) {
                results.put(output, counted++);
            }
            operations.add(new Operation(
                    PrintableText.printable(step.node().name()),
                    step.node().domain(),
                    step.node().opType(),
                    arguments,
                    step.node().outputs().stream()
                            .map(output -> !output.isEmpty())
                            .toList(),
                    step.node().attributes().entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .map(entry -> Attribute.of(entry.getKey(), entry.getValue()))
                            .toList()));
        }
        OnnxOperation layer =
                new OnnxOperation(plan.opset(), operations, place(value), List.copyOf(parameters.values()), numbers);
        Map<String, Weight> placed = new LinkedHashMap<>();
        parameters.forEach((origin, parameter) -> placed.put("." + parameter.name(), weights.get(origin)));
        return new Match(inputs, List.of(new Match.Placed(layer, placed)), steps);
    }

    private Source source(Step step, int operand) {
        String name = step.input(operand);
        if (name.isEmpty()) {
            return Source.NONE;
        }
        if (plan.source().isWeight(step, operand)) {
            return Source.PARAMETER;
        }
        return switch (plan.fact(name)) {
            case Fact.Constant(OnnxTensor tensor) -> isKept(step, operand, tensor) ? Source.PARAMETER : Source.NUMBERS;
            case Fact.Counted counted -> Source.NUMBERS;
            case Fact.Varying varying -> Source.RESULT;
            case Fact.Flow flow -> plan.examples(name) == null ? Source.RESULT : Source.INPUT;
        };
    }

    /** Many numbers beside what flows are kept with the weights. */
    private boolean isKept(Step step, int operand, OnnxTensor tensor) {
        return Evaluation.isKept(step, operand, tensor) && plan.flow(step.output()) != null;
    }

    private Argument argument(Step step, int operand) {
        String name = step.input(operand);
        Source source = source(step, operand);
        int index = switch (source) {
            case NONE -> 0;
            case INPUT -> {
                if (!inputs.contains(name)) {
                    inputs.add(name);
                }
                yield inputs.indexOf(name);
            }
            case RESULT -> place(name);
            case PARAMETER -> parameter(step, operand);
            case NUMBERS -> {
                numbers.add(
                        plan.fact(name) instanceof Fact.Counted counted
                                ? Numbers.of(counted)
                                : Numbers.of(name, known(name)));
                yield numbers.size() - 1;
            }
        };
        return new Argument(source, index);
    }

    private OnnxTensor known(String name) {
        return Objects.requireNonNull(plan.constant(name), name);
    }

    private int place(String result) {
        return Objects.requireNonNull(results.get(result), result);
    }

    private int parameter(Step step, int operand) {
        String name = step.input(operand);
        if (!parameters.containsKey(name)) {
            boolean trained = plan.source().isWeight(step, operand) && !isStatistic(step, operand);
            OnnxTensor tensor =
                    plan.source().isWeight(step, operand) ? plan.source().tensor(name) : known(name);
            Weight weight = Weight.of(name, tensor);
            parameters.put(name, new Parameter("weight" + (parameters.size() + 1), weight.dims(), trained));
            weights.put(name, weight);
        }
        return List.copyOf(parameters.keySet()).indexOf(name);
    }

    private static boolean isStatistic(Step step, int operand) {
        return step.is("BatchNormalization") && operand >= 3;
    }
}
