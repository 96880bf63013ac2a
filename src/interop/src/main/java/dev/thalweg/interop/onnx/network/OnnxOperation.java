package dev.thalweg.interop.onnx.network;

import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.lowering.Call;
import dev.thalweg.interop.onnx.lowering.Operand;
import dev.thalweg.interop.onnx.lowering.Operators;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Initializer;
import dev.thalweg.model.LayerContext;
import dev.thalweg.model.Merge;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Operators of ONNX as one layer: what no other layer does. Several are together where what flows between them has not
 * the examples along its first axis. Parameters: those of the file that they take, by the names listed.
 *
 * @param opset the version of the operators
 * @param operations each after those it takes from
 * @param result which result of them comes out, all their outputs counted
 * @param parameters numbers that are learnt, or kept
 * @param numbers what is known
 */
public record OnnxOperation(
        long opset, List<Operation> operations, int result, List<Parameter> parameters, List<Numbers> numbers)
        implements Merge {
    /** Where an operator takes something from. */
    public enum Source {
        /** What flows into the layer, in their order. */
        INPUT,
        /** A result of an operator before, all their outputs counted. */
        RESULT,
        /** A parameter. */
        PARAMETER,
        /** Known numbers. */
        NUMBERS,
        /** Nowhere: it is left out. */
        NONE
    }

    /**
     * What an operator takes.
     *
     * @param source of which kind
     * @param index which of that kind, from 0
     */
    public record Argument(Source source, int index) {
        /** Refuses what is no place. */
        public Argument {
            Objects.requireNonNull(source, "source");
            if (index < 0) {
                throw new IllegalArgumentException("an argument's index must not be negative, got " + index);
            }
        }
    }

    /**
     * An operator.
     *
     * @param name of the node, for messages
     * @param domain whose operator; empty for ONNX's own
     * @param type which
     * @param arguments what it takes
     * @param outputs of each result, whether it is wanted
     * @param attributes what it says of itself
     */
    public record Operation(
            String name,
            String domain,
            String type,
            List<Argument> arguments,
            List<Boolean> outputs,
            List<Attribute> attributes) {
        /** Copies the lists. */
        public Operation {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(domain, "domain");
            Objects.requireNonNull(type, "type");
            arguments = List.copyOf(arguments);
            attributes = List.copyOf(attributes);
            outputs = List.copyOf(outputs);
        }

        private OnnxNode node() {
            List<String> results = new ArrayList<>();
            for (int i = 0; i < outputs.size(); i++) {
                results.add(outputs.get(i) ? "result" + i : "");
            }
            return new OnnxNode(
                    name,
                    domain,
                    type,
                    arguments.stream()
                            .map(argument -> argument.source() == Source.NONE ? "" : argument.toString())
                            .toList(),
                    results,
                    attributes.stream().collect(Collectors.toUnmodifiableMap(Attribute::name, Attribute::value)));
        }
    }

    /**
     * Numbers that a layer learns or keeps.
     *
     * @param name within the layer
     * @param dims the extents as ONNX sees them, none for a scalar
     * @param trained whether they are learnt
     */
    public record Parameter(String name, List<Integer> dims, boolean trained) {
        /** Copies the list. */
        public Parameter {
            Objects.requireNonNull(name, "name");
            dims = List.copyOf(dims);
        }
    }

    /** Copies the lists, and checks that each operator takes from what there is. */
    public OnnxOperation {
        operations = List.copyOf(operations);
        parameters = List.copyOf(parameters);
        numbers = List.copyOf(numbers);
        int results = 0;
        for (Operation operation : operations) {
            for (Argument argument : operation.arguments()) {
                int most = switch (argument.source()) {
                    case INPUT, NONE -> Integer.MAX_VALUE;
                    case RESULT -> results;
                    case PARAMETER -> parameters.size();
                    case NUMBERS -> numbers.size();
                };
                if (argument.index() >= most) {
                    throw new IllegalArgumentException("operator " + operation.type() + " takes " + argument
                            + ", expected an index below " + most);
                }
            }
            results += operation.outputs().size();
        }
        if (result < 0 || result >= results) {
            throw new IllegalArgumentException(
                    "the result must be one of the " + results + " of the operators, got " + result);
        }
    }

    /** {@return the operator in lower case, if it is one alone} */
    @Override
    public String kind() {
        return operations.size() == 1 ? operations.getFirst().type().toLowerCase(Locale.ROOT) : "onnx";
    }

    @Override
    public Value build(LayerContext context, List<Value> inputs) {
        int examples = inputs.getFirst().shape().dim(0);
        List<Operand> declared = parameters.stream()
                .map(parameter -> declare(context, parameter))
                .toList();
        List<Optional<Operand>> results = new ArrayList<>();
        for (Operation operation : operations) {
            List<Optional<Operand>> operands = operation.arguments().stream()
                    .map(argument -> switch (argument.source()) {
                        case INPUT -> Optional.<Operand>of(new Operand.Flowing(input(inputs, argument.index())));
                        case RESULT -> results.get(argument.index());
                        case PARAMETER -> Optional.of(declared.get(argument.index()));
                        case NUMBERS ->
                            Optional.<Operand>of(new Operand.Known(
                                    numbers.get(argument.index()).tensor(examples)));
                        case NONE -> Optional.<Operand>empty();
                    })
                    .toList();
            List<Operand> yielded = lower(context, operation.node(), operands);
            for (int i = 0; i < operation.outputs().size(); i++) {
                results.add(i < yielded.size() ? Optional.of(yielded.get(i)) : Optional.empty());
            }
        }
        if (results.get(result).orElse(null) instanceof Operand.Flowing flowing && flowing.rank() > 1) {
            return flowing.value();
        }
        throw new ShapeException("the operators yield nothing that flows with extents [N, ...]");
    }

    private static Value input(List<Value> inputs, int index) {
        if (index >= inputs.size()) {
            throw new ShapeException("it takes " + (index + 1) + " flows or more, got " + inputs.size());
        }
        return inputs.get(index);
    }

    private List<Operand> lower(LayerContext context, OnnxNode node, List<Optional<Operand>> operands) {
        if (node.opType().equals("Dropout")
                && operands.getFirst().orElse(null) instanceof Operand.Flowing(Value value, var dims, ElementType type)
                && context.training()) {
            return List.of(
                    new Operand.Flowing(new Dropout(Rates.of(node, operands)).build(context, value), dims, type));
        }
        return Operators.lower(new Call(context.builder(), node, opset, operands));
    }

    private static Operand declare(LayerContext context, Parameter parameter) {
        int[] dims = parameter.dims().isEmpty()
                ? new int[] {1}
                : parameter.dims().stream().mapToInt(Integer::intValue).toArray();
        Initializer first = dims.length > 1 ? Initializer.GLOROT_UNIFORM : Initializer.ZEROS;
        Value value = parameter.trained()
                ? context.parameter(parameter.name(), first, dims)
                : context.statistic(parameter.name(), first, dims);
        return new Operand.Flowing(value, parameter.dims(), ElementType.FLOAT);
    }
}
