package dev.thalweg.backend;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs a graph once on a backend. */
final class GraphRun {
    private GraphRun() {}

    /** What every output holds after a run with these parameters and inputs. */
    static Map<Value, float[]> run(Backend backend, Graph graph, Map<Value, double[]> given) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        graph.parameters().forEach(p -> shapes.put(p.name(), p.shape()));
        try (Parameters parameters = backend.newParameters(shapes)) {
            graph.parameters().forEach(p -> parameters.write(p.name(), segment(given.get(p))));
            try (Executable executable = backend.compile(graph, parameters)) {
                graph.inputs().forEach(i -> executable.write(i, segment(given.get(i))));
                executable.run();
                Map<Value, float[]> results = new HashMap<>();
                for (Value output : graph.outputs()) {
                    float[] result = new float[(int) output.shape().elements()];
                    executable.read(output, MemorySegment.ofArray(result));
                    results.put(output, result);
                }
                return results;
            }
        }
    }

    static MemorySegment segment(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return MemorySegment.ofArray(floats);
    }
}
