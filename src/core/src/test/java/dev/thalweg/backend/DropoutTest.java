package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.model.Dropout;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DropoutTest {
    private static final Shape SHAPE = Shape.of(7, 3, 50, 41);
    private static final double RATE = 0.3;

    private static float[] mask(String name, int threads, long seed, int stream) {
        GraphBuilder g = new GraphBuilder();
        Value mask = g.apply(new DropoutMask(SHAPE, RATE, stream));
        try (Backend backend = Backends.open(BackendChoice.of(name), Threads.of(threads));
                Parameters parameters = backend.newParameters(Map.of());
                Executable executable = backend.compile(g.build("mask", List.of(mask)), parameters)) {
            executable.seed(seed);
            executable.run();
            float[] values = new float[(int) SHAPE.elements()];
            executable.read(mask, MemorySegment.ofArray(values));
            return values;
        }
    }

    /**
     * 43,050 draws: the share switched off has a standard deviation of √(0.3 · 0.7 / 43050) = 0.0022, and four of them
     * are passed once in 16,000 seeds.
     */
    @ParameterizedTest
    @CsvSource({"java, 1", "onednn, 1", "java, 99", "onednn, -7"})
    void theShareSwitchedOffIsTheRate(String backend, long seed) {
        float[] mask = mask(backend, 2, seed, 0);
        int off = 0;
        for (float value : mask) {
            off += value == 0 ? 1 : 0;
            assertEquals(value == 0 ? 0 : (float) (1 / (1 - RATE)), value);
        }
        assertEquals(RATE, (double) off / mask.length, 4 * 0.0022);
    }

    @Test
    void backendsAndThreadsDrawTheSame() {
        float[] want = mask("java", 1, 5, 2);
        assertArrayEquals(want, mask("java", 3, 5, 2));
        assertArrayEquals(want, mask("onednn", 2, 5, 2));
        assertFalse(Arrays.equals(want, mask("java", 1, 6, 2)));
        assertFalse(Arrays.equals(want, mask("java", 1, 5, 3)));
    }

    /** Behind a convolution, where oneDNN has a layout of its own, forward and backward use the same mask. */
    @ParameterizedTest
    @CsvSource({"java", "onednn"})
    void gradientsPassWhereValuesPass(String name) {
        GraphBuilder g = new GraphBuilder();
        Value x = g.parameter("x", Shape.of(2, 3, 6, 5));
        Value w = g.parameter("w", Shape.of(8, 3, 1, 1));
        Value y = g.convolution(x, w, null, Window.square(1), 1);
        Value mask = g.apply(new DropoutMask(y.shape(), 0.5, 0));
        Value loss = g.reduce(Reduction.Kind.SUM, g.multiply(y, mask));
        Value gradient = Gradients.of(g, loss, List.of(x)).getFirst();
        Graph graph = g.build("dropout", List.of(mask, gradient, loss));
        float[] weights = new float[24];
        float[] pictures = new float[180];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i % 5 - 2;
        }
        for (int i = 0; i < pictures.length; i++) {
            pictures[i] = i % 7 - 3;
        }
        try (Backend backend = Backends.open(BackendChoice.of(name), Threads.of(2));
                Parameters parameters = backend.newParameters(Map.of("x", x.shape(), "w", w.shape()))) {
            parameters.write("w", MemorySegment.ofArray(weights));
            parameters.write("x", MemorySegment.ofArray(pictures));
            try (Executable executable = backend.compile(graph, parameters)) {
                executable.seed(3);
                executable.run();
                float[] drawn = new float[480];
                float[] got = new float[180];
                float[] sum = new float[1];
                executable.read(mask, MemorySegment.ofArray(drawn));
                executable.read(gradient, MemorySegment.ofArray(got));
                executable.read(loss, MemorySegment.ofArray(sum));
                // Small integers, so every sum is exact.
                double total = 0;
                for (int n = 0; n < 2; n++) {
                    for (int c = 0; c < 3; c++) {
                        for (int p = 0; p < 30; p++) {
                            float want = 0;
                            for (int f = 0; f < 8; f++) {
                                want += drawn[(n * 8 + f) * 30 + p] * weights[f * 3 + c];
                            }
                            assertEquals(want, got[(n * 3 + c) * 30 + p]);
                            total += want * pictures[(n * 3 + c) * 30 + p];
                        }
                    }
                }
                assertEquals(total, sum[0]);
            }
        }
    }

    @Test
    void ratesAreChecked() {
        assertThrows(IllegalArgumentException.class, () -> new Dropout(1));
        assertThrows(IllegalArgumentException.class, () -> new Dropout(-0.1));
    }
}
