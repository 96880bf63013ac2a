package dev.thalweg.backend;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Runs a graph once on a backend, on numbers made for it. */
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

    /** Numbers for all that a graph is given, inputs first. */
    static Map<Value, double[]> given(Graph graph, Function<Value, double[]> numbers) {
        Map<Value, double[]> given = new HashMap<>();
        Stream.concat(graph.inputs().stream(), graph.parameters().stream())
                .forEach(value -> given.put(value, numbers.apply(value)));
        return given;
    }

    /** Random numbers that are exact in float, so that all that compute start from the same. */
    static Map<Value, double[]> random(Graph graph, long seed, double low, double high) {
        Random random = new Random(seed);
        return given(
                graph,
                value -> random.doubles(value.shape().elements(), low, high)
                        .map(d -> (float) d)
                        .toArray());
    }

    /** A number for each element of a value, in order. */
    static double[] numbers(Value value, IntToDoubleFunction number) {
        return IntStream.range(0, value.shape().arrayLength())
                .mapToDouble(number)
                .toArray();
    }

    static MemorySegment segment(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return MemorySegment.ofArray(floats);
    }
}
