package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A graph with parameters of its own that can be run again and again from the same start. */
final class CompiledGraph implements AutoCloseable {
    /** What a run leaves: outputs, negated gradients by parameter, parameters. */
    record Results(List<float[]> outputs, Map<String, float[]> gradients, Map<String, float[]> parameters) {}

    private final Graph graph;
    private final int outputs;
    private final Parameters parameters;
    private final boolean forked;
    private final Executable executable;
    private final List<String> trained;

    /** Of the graph's outputs so many are read. */
    CompiledGraph(Backend backend, Graph graph, int outputs) {
        this.graph = graph;
        this.outputs = outputs;
        this.forked = false;
        Map<String, Shape> shapes = new LinkedHashMap<>();
        graph.parameters().forEach(p -> shapes.put(p.name(), p.shape()));
        parameters = backend.newParameters(shapes);
        executable = backend.compile(graph, parameters);
        trained = graph.nodes().stream()
                .filter(n -> n.op() instanceof Update)
                .map(n -> n.input(0).name())
                .toList();
    }

    private CompiledGraph(CompiledGraph first) {
        this.graph = first.graph;
        this.outputs = first.outputs;
        this.forked = true;
        this.parameters = first.parameters;
        this.executable = first.executable.fork();
        this.trained = List.of();
    }

    /** Another one on the same parameters. */
    CompiledGraph fork() {
        return new CompiledGraph(this);
    }

    boolean trains() {
        return !trained.isEmpty()
                || graph.nodes().stream().anyMatch(n -> n.outputs().isEmpty());
    }

    Results run(Map<String, double[]> given) {
        graph.inputs().forEach(input -> executable.write(input, GraphRun.segment(given.get(input.name()))));
        return runAgain(given);
    }

    /** On the inputs that were written last. */
    Results runAgain(Map<String, double[]> given) {
        for (Value parameter : graph.parameters()) {
            parameters.write(parameter.name(), GraphRun.segment(given.get(parameter.name())));
        }
        for (String name : trained) {
            parameters.writeSlot(name, 0, MemorySegment.ofArray(new float[given.get(name).length]));
        }
        executable.seed(5);
        assertTrue(executable.run(1, 0), "a gradient is not finite");
        return results();
    }

    Results results() {
        List<float[]> read = new ArrayList<>();
        for (Value output : graph.outputs().subList(0, outputs)) {
            float[] values = new float[(int) output.shape().elements()];
            executable.read(output, MemorySegment.ofArray(values));
            read.add(values);
        }
        Map<String, float[]> gradients = new LinkedHashMap<>();
        Map<String, float[]> moved = new LinkedHashMap<>();
        for (Value parameter : trains() ? graph.parameters() : List.<Value>of()) {
            float[] values = new float[(int) parameter.shape().elements()];
            parameters.read(parameter.name(), MemorySegment.ofArray(values));
            moved.put(parameter.name(), values);
            if (trained.contains(parameter.name())) {
                float[] velocity = new float[values.length];
                parameters.readSlot(parameter.name(), 0, MemorySegment.ofArray(velocity));
                gradients.put(parameter.name(), velocity);
            }
        }
        return new Results(read, gradients, moved);
    }

    @Override
    public void close() {
        executable.close();
        if (!forked) {
            parameters.close();
        }
    }
}
