package dev.thalweg.interop.onnx;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.lowering.Call;
import dev.thalweg.interop.onnx.lowering.Operand;
import dev.thalweg.interop.onnx.lowering.Operators;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A model of ONNX as one graph, its operators lowered one after the other. */
final class Evaluation {
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

    private final OnnxModel model;
    private final Map<String, Operand> operands = new HashMap<>();
    private final Map<Value, float[]> given = new HashMap<>();
    private final Graph graph;

    /** Lowers a model on some inputs. */
    Evaluation(OnnxModel model, List<OnnxTensor> inputs) {
        this.model = model;
        GraphBuilder builder = new GraphBuilder();
        OnnxGraph of = model.graph();
        of.initializers().forEach((name, tensor) -> operands.put(name, new Operand.Known(tensor)));
        int next = 0;
        for (OnnxValue input : of.inputs()) {
            if (!operands.containsKey(input.name()) && next < inputs.size()) {
                operands.put(input.name(), input(builder, input.name(), inputs.get(next++)));
            }
        }
        for (OnnxNode node : of.nodes()) {
            List<Optional<Operand>> taken = node.inputs().stream()
                    .map(name -> name.isEmpty() ? Optional.<Operand>empty() : Optional.of(operands.get(name)))
                    .toList();
            List<Operand> yielded = Operators.lower(new Call(builder, node, model.opset(), taken));
            for (int i = 0; i < node.outputs().size(); i++) {
                if (!node.outputs().get(i).isEmpty()) {
                    operands.put(node.outputs().get(i), yielded.get(i));
                }
            }
        }
        graph = builder.build(
                "test",
                outputs().stream()
                        .filter(Operand.Flowing.class::isInstance)
                        .map(output -> ((Operand.Flowing) output).value())
                        .distinct()
                        .toList());
    }

    private Operand input(GraphBuilder builder, String name, OnnxTensor tensor) {
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

    /** What the model yields. */
    List<Operand> outputs() {
        return model.graph().outputs().stream()
                .map(output -> operands.get(output.name()))
                .toList();
    }

    /** The outputs' elements, computed by a backend where they were not known before. */
    List<float[]> run(Backend backend) {
        Map<Value, float[]> results = new HashMap<>();
        try (Parameters parameters = backend.newParameters(Map.of());
                Executable executable = backend.compile(graph, parameters)) {
            given.forEach((value, numbers) -> {
                if (graph.inputs().contains(value)) {
                    executable.write(value, MemorySegment.ofArray(numbers));
                }
            });
            executable.run();
            for (Value output : graph.outputs()) {
                float[] result = new float[output.shape().arrayLength()];
                executable.read(output, MemorySegment.ofArray(result));
                results.put(output, result);
            }
        }
        List<float[]> outputs = new ArrayList<>();
        for (Operand output : outputs()) {
            outputs.add(
                    switch (output) {
                        case Operand.Known known -> known.tensor().floats();
                        case Operand.Flowing flowing -> results.get(flowing.value());
                    });
        }
        return outputs;
    }
}
