package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sums of rows: whichever primitive adds them up, the bits are those of one addition after another. */
class RowSumsTest {
    @BeforeAll
    static void hasProductsThatAddInOrder() {
        assumeTrue(OneDnn.hasAvx2(), "this CPU has no AVX2 instructions");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 64",
        "2, 63",
        "2, 64",
        "3, 100",
        "32, 12480",
        "33, 65",
        "64, 192",
        "300, 64",
        "300, 1000",
        "2000, 64",
        "5000, 257"
    })
    void rowsAreAddedInTheirOrder(int rows, int length) {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", Shape.of(rows, length));
        Value sums = g.reduce(Reduction.Kind.SUM, x, 0);
        Graph graph = g.build("sums", List.of(sums));
        double[] given = new Random(1)
                .doubles((long) rows * length, -1, 1)
                .map(d -> (float) d)
                .toArray();
        float[] want = new float[length];
        for (int i = 0; i < given.length; i++) {
            want[i % length] += (float) given[i];
        }
        for (int threads : new int[] {1, 2}) {
            try (Backend backend = Backends.open(BackendChoice.ONEDNN, Threads.of(threads))) {
                assertArrayEquals(
                        want, GraphRun.run(backend, graph, Map.of(x, given)).get(sums));
            }
        }
    }
}
