package dev.thalweg.optim;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * A chain of Rosenbrock's valleys, {@code Σ (θᵢ₊₁ − θᵢ²)² + pull · (1 − θᵢ)²}: small, but neither convex nor separable.
 */
final class Valleys {
    interface Steps {
        void after(int step, float[] theta);
    }

    private Valleys() {}

    /** Descends from a start by compiled graphs. */
    static void descend(String backendName, Descent descent, float pull, float[] start, int count, Steps steps) {
        int n = start.length;
        GraphBuilder g = new GraphBuilder();
        // The valleys run between neighbours, which two constant matrices pick out of theta.
        Value theta = g.parameter("theta", Shape.of(1, n));
        Value head = g.innerProduct(theta, g.input("head", Shape.of(n - 1, n)), null);
        Value tail = g.innerProduct(theta, g.input("tail", Shape.of(n - 1, n)), null);
        Value valley =
                g.eltwise(Eltwise.Kind.SQUARE, g.add(tail, g.linear(g.eltwise(Eltwise.Kind.SQUARE, head), -1, 0)));
        Value pulled = g.linear(g.eltwise(Eltwise.Kind.SQUARE, g.linear(head, -1, 1)), pull, 0);
        Value loss = g.reduce(Reduction.Kind.SUM, g.add(valley, pulled));
        g.update(
                descent.update("theta"),
                theta,
                Gradients.of(g, loss, List.of(theta)).getFirst());
        Graph graph = g.build("valleys", List.of(loss));
        try (Backend backend = Backends.open(BackendChoice.of(backendName), Threads.of(2));
                Parameters parameters = backend.newParameters(Map.of("theta", Shape.of(1, n)))) {
            parameters.write("theta", MemorySegment.ofArray(start));
            try (Executable executable = backend.compile(graph, parameters)) {
                graph.inputs()
                        .forEach(input -> executable.write(
                                input,
                                MemorySegment.ofArray(shift(n, input.name().equals("tail") ? 1 : 0))));
                float[] now = new float[n];
                for (int step = 0; step < count; step++) {
                    assertTrue(executable.run((float) descent.schedule().at(step), step));
                    parameters.read("theta", MemorySegment.ofArray(now));
                    steps.after(step, now);
                }
            }
        }
    }

    /** Row i picks element i + by. */
    private static float[] shift(int n, int by) {
        float[] matrix = new float[(n - 1) * n];
        for (int i = 0; i < n - 1; i++) {
            matrix[i * n + i + by] = 1;
        }
        return matrix;
    }

    /** The gradient, worked out by hand. */
    static double[] gradient(double[] theta, double pull) {
        double[] gradient = new double[theta.length];
        for (int i = 0; i + 1 < theta.length; i++) {
            double valley = theta[i + 1] - theta[i] * theta[i];
            gradient[i + 1] += 2 * valley;
            gradient[i] -= 4 * valley * theta[i] + 2 * pull * (1 - theta[i]);
        }
        return gradient;
    }
}
