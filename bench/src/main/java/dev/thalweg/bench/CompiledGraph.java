package dev.thalweg.bench;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Value;
import dev.thalweg.memory.Tensor;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** A graph compiled on a backend, with random numbers in all its parameters and inputs. */
final class CompiledGraph implements AutoCloseable {
    private final Backend backend;
    private final Parameters parameters;
    private final Executable executable;

    CompiledGraph(String backendName, Graph graph) {
        backend = Backends.open(BackendChoice.of(backendName), Threads.auto());
        Map<String, Shape> shapes = new LinkedHashMap<>();
        graph.parameters().forEach(p -> shapes.put(p.name(), p.shape()));
        parameters = backend.newParameters(shapes);
        SplittableRandom random = new SplittableRandom(1);
        for (Value parameter : graph.parameters()) {
            try (Tensor tensor = random(parameter.shape(), random)) {
                parameters.write(parameter.name(), tensor.segment());
            }
        }
        executable = backend.compile(graph, parameters);
        for (Value input : graph.inputs()) {
            try (Tensor tensor = random(input.shape(), random)) {
                executable.write(input, tensor.segment());
            }
        }
    }

    private static Tensor random(Shape shape, SplittableRandom random) {
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-0.1, 0.1);
        }
        return Tensor.of(shape, values);
    }

    void run() {
        executable.run();
    }

    @Override
    public void close() {
        executable.close();
        parameters.close();
        backend.close();
    }
}
