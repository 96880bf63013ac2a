package dev.thalweg.interop.onnx;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.lowering.Call;
import dev.thalweg.interop.onnx.lowering.Operand;
import dev.thalweg.interop.onnx.lowering.Operators;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A model of ONNX as one graph, its operators lowered one after the other. */
final class LoweredModel {
    /**
     * Inputs of floats that say how to compute rather than what with: operators take them as known numbers, as they do
     * all inputs of whole numbers and truth values.
     */
    private static final Map<String, Set<Integer>> SETTINGS = Map.of(
            "Resize", Set.of(1, 2),
            "Upsample", Set.of(1),
            "Dropout", Set.of(1),
            "OneHot", Set.of(0, 1, 2),
            "Range", Set.of(0, 1, 2));

    /** The tolerances of ONNX's backend tests. */
    private static final double RELATIVE = 1e-3;

    private static final double ABSOLUTE = 1e-7;

    private final OnnxModel model;
    private final Map<String, Operand> operands = new HashMap<>();
    private final Map<Value, float[]> given = new LinkedHashMap<>();
    private final GraphBuilder builder = new GraphBuilder();

    /** Lowers a model on some inputs. */
    LoweredModel(OnnxModel model, List<OnnxTensor> inputs) {
        this.model = model;
        OnnxGraph of = model.graph();
        of.initializers().forEach((name, tensor) -> operands.put(name, new Operand.Known(tensor)));
        int next = 0;
        for (OnnxValue input : of.inputs()) {
            if (!operands.containsKey(input.name()) && next < inputs.size()) {
                operands.put(input.name(), input(input.name(), inputs.get(next++)));
            }
        }
        for (OnnxNode node : of.nodes()) {
            List<Optional<Operand>> taken = node.inputs().stream()
                    .map(name -> name.isEmpty() ? Optional.<Operand>empty() : Optional.ofNullable(operands.get(name)))
                    .toList();
            List<Operand> yielded = Operators.lower(new Call(builder, node, model.opset(), taken));
            for (int i = 0; i < node.outputs().size(); i++) {
                if (!node.outputs().get(i).isEmpty()) {
                    operands.put(node.outputs().get(i), yielded.get(i));
                }
            }
        }
    }

    private Operand input(String name, OnnxTensor tensor) {
        Operand.Known known = new Operand.Known(tensor);
        boolean setting = model.graph().nodes().stream()
                .anyMatch(node -> SETTINGS.getOrDefault(node.opType(), Set.of()).stream()
                        .anyMatch(i ->
                                i < node.inputs().size() && node.inputs().get(i).equals(name)));
        if (!tensor.type().isFloating() || known.elements() == 0 || setting) {
            return known;
        }
        Shape shape = known.dims().isEmpty()
                ? Shape.of(1)
                : Shape.of(known.dims().stream().mapToInt(Integer::intValue).toArray());
        Value value = builder.input(name, shape);
        given.put(value, tensor.floats());
        return new Operand.Flowing(value, known.dims(), tensor.type());
    }

    private List<Operand> outputs() {
        return model.graph().outputs().stream()
                .map(output -> operands.get(output.name()))
                .toList();
    }

    /** How a backend's results differ from what is wanted, if they do, by more than ONNX's backend tests let pass. */
    Optional<String> difference(Backend backend, List<OnnxTensor> wanted) {
        return difference(backend, wanted, ABSOLUTE);
    }

    /** The same with what sums near 0 may differ by. */
    Optional<String> difference(Backend backend, List<OnnxTensor> wanted, double absolute) {
        List<Operand> got = outputs();
        if (got.size() != wanted.size()) {
            return Optional.of("got " + got.size() + " outputs, expected " + wanted.size());
        }
        Map<Value, float[]> results = run(backend, flowing(), given);
        for (int i = 0; i < got.size(); i++) {
            OnnxTensor want = wanted.get(i);
            Operand operand = got.get(i);
            List<Long> dims = operand.dims().stream().map(Integer::longValue).toList();
            if (!dims.equals(want.dims()) || operand.type() != want.type()) {
                return Optional.of("output " + i + ": got " + operand.type() + " of extents " + dims + ", expected "
                        + want.type() + " of " + want.dims());
            }
            Optional<String> difference = switch (operand) {
                case Operand.Known known
                when !known.type().isFloating() ->
                    Arrays.equals(known.tensor().wholes(), want.wholes())
                            ? Optional.empty()
                            : Optional.of("other whole numbers");
                case Operand.Known known -> difference(known.tensor().floats(), want, absolute);
                case Operand.Flowing flowing -> difference(results.get(flowing.value()), want, absolute);
            };
            if (difference.isPresent()) {
                return Optional.of("output " + i + ": " + difference.get());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> difference(float[] got, OnnxTensor wanted, double absolute) {
        float[] want = wanted.floats();
        for (int i = 0; i < want.length; i++) {
            double tolerance = wanted.type().isFloating() ? absolute + RELATIVE * Math.abs(want[i]) : 0;
            // Equal infinities have no difference, and not-a-number is wanted where ONNX has it.
            boolean same = Float.compare(got[i], want[i]) == 0 || Math.abs((double) got[i] - want[i]) <= tolerance;
            if (!same) {
                return Optional.of("element " + i + ": got " + got[i] + ", expected " + want[i]);
            }
        }
        return Optional.empty();
    }

    /** The outputs that are computed when the graph runs. */
    private List<Value> flowing() {
        return outputs().stream()
                .filter(Operand.Flowing.class::isInstance)
                .map(output -> ((Operand.Flowing) output).value())
                .distinct()
                .toList();
    }

    /** The values that inputs flow in by, with what was given. */
    Map<Value, float[]> given() {
        return given;
    }

    /**
     * Adds a loss: the sum of all that is computed when the graph runs, each element times another number, so that no
     * gradient hides behind another.
     */
    Value addLoss() {
        return flowing().stream()
                .map(output -> {
                    float[] factors = new float[output.shape().arrayLength()];
                    for (int i = 0; i < factors.length; i++) {
                        factors[i] = (float) Math.cos(1 + 2.3 * i);
                    }
                    Value weighted = builder.multiply(output, builder.constant(factors, output.shape()));
                    return builder.reshape(builder.reduce(Reduction.Kind.SUM, weighted), Shape.of(1));
                })
                .reduce(builder::add)
                .orElseThrow();
    }

    /** Adds the gradients of a loss at the inputs. */
    List<Value> addGradients(Value loss) {
        return Gradients.of(builder, loss, List.copyOf(given.keySet()));
    }

    /** What a backend computes of some values, given the inputs. */
    Map<Value, float[]> run(Backend backend, List<Value> wanted, Map<Value, float[]> inputs) {
        Graph graph = builder.build("test", wanted);
        Map<Value, float[]> results = new HashMap<>();
        try (Parameters parameters = backend.newParameters(Map.of());
                Executable executable = backend.compile(graph, parameters)) {
            inputs.forEach((value, numbers) -> executable.write(value, MemorySegment.ofArray(numbers)));
            executable.run();
            for (Value output : graph.outputs()) {
                float[] result = new float[output.shape().arrayLength()];
                executable.read(output, MemorySegment.ofArray(result));
                results.put(output, result);
            }
        }
        return results;
    }
}
