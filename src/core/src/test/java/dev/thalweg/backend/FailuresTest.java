package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.UpdateRule;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.onednn.LiveObjects;
import dev.thalweg.tensor.MemoryLimitException;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails while a graph is compiled, with whatever Throwable, leaves nothing open and parameters as they were. */
class FailuresTest {
    private static final Shape WEIGHTS = Shape.of(16, 16, 3, 3);

    /** A rule with a slot, until one of the questions is one too many. */
    private static final class Failing implements UpdateRule {
        private final Throwable thrown;
        private int left;

        Failing(int left, Throwable thrown) {
            this.left = left;
            this.thrown = thrown;
        }

        boolean hasFailed() {
            return left < 0;
        }

        @Override
        public List<Assignment> assignments() {
            left--;
            if (left < 0) {
                switch (thrown) {
                    case RuntimeException e -> throw e;
                    case Error e -> throw e;
                    default -> throw new IllegalArgumentException(thrown);
                }
            }
            return List.of(Expression.slot(0).becomes(Expression.GRADIENT));
        }
    }

    private static Graph graph(UpdateRule rule) {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", Shape.of(2, 16, 8, 8));
        Value w = g.parameter("w", WEIGHTS);
        Value w2 = g.parameter("w2", WEIGHTS);
        Value y = g.convolution(g.convolution(x, w, null, Window.square(3), 1), w2, null, Window.square(3), 1);
        for (Value parameter : List.of(w, w2)) {
            g.update(new Update(rule), parameter, g.linear(parameter, 1, 0));
        }
        return g.build("failing", List.of(y));
    }

    private static float[] weights(Parameters parameters) {
        float[] values = new float[(int) WEIGHTS.elements()];
        parameters.read("w", MemorySegment.ofArray(values));
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void compilingFailsWithoutATrace(String name) {
        boolean compiled = false;
        for (int questions = 0; !compiled; questions++) {
            for (Throwable thrown :
                    List.of(new OutOfMemoryError(), new StackOverflowError(), new IllegalStateException())) {
                long bytes = MemoryOwner.liveBytes();
                long objects = LiveObjects.count();
                Failing rule = new Failing(questions, thrown);
                try (Backend backend = Backends.open(BackendChoice.of(name), Threads.of(1));
                        Parameters parameters = backend.newParameters(Map.of("w", WEIGHTS, "w2", WEIGHTS))) {
                    try {
                        backend.compile(graph(rule), parameters).close();
                        compiled = true;
                    } catch (Throwable e) {
                        assertSame(thrown, e);
                    }
                    assertEquals(!compiled, rule.hasFailed());
                    // Not in use any more, and good for another graph.
                    backend.compile(graph(new Failing(1000, thrown)), parameters)
                            .close();
                }
                assertEquals(bytes, MemoryOwner.liveBytes());
                assertEquals(objects, LiveObjects.count());
            }
            assertTrue(questions < 100);
        }
    }

    /**
     * Weights move into their layout when the first graph is compiled; if that fails at any point, they must not be
     * lost.
     */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void parametersSurviveARefusedCompilation(String name) {
        float[] want = new float[(int) WEIGHTS.elements()];
        for (int i = 0; i < want.length; i++) {
            want[i] = i;
        }
        try (Backend backend = Backends.open(BackendChoice.of(name), Threads.of(1));
                Parameters parameters = backend.newParameters(Map.of("w", WEIGHTS, "w2", WEIGHTS))) {
            parameters.write("w", MemorySegment.ofArray(want));
            boolean refused = true;
            int refusals = 0;
            long limit = MemoryOwner.liveBytes();
            while (refused) {
                System.setProperty(MemoryOwner.LIMIT_PROPERTY, Long.toString(limit));
                try {
                    backend.compile(graph(new Failing(1000, null)), parameters).close();
                    refused = false;
                } catch (MemoryLimitException e) {
                    refusals++;
                    limit = e.held() + e.asked();
                } finally {
                    System.clearProperty(MemoryOwner.LIMIT_PROPERTY);
                }
                assertArrayEquals(want, weights(parameters));
            }
            assertFalse(refusals == 0);
        }
    }
}
