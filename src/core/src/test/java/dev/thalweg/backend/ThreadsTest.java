package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.UpdateRule;
import dev.thalweg.graph.Value;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several threads at one backend, one set of parameters, one executable. */
@Timeout(60)
class ThreadsTest {
    private static final Shape VECTOR = Shape.of(4);

    private final ExecutorService other = Executors.newSingleThreadExecutor();

    @AfterEach
    void endOther() {
        other.shutdownNow();
    }

    /** {@code y = relu(w x)}, in a training graph with an update of w by x. */
    private record Net(Backend backend, Parameters parameters, Executable executable, Value x, Value y, Scope scope)
            implements AutoCloseable {
        static Net of(String backendName, boolean training) {
            GraphBuilder builder = new GraphBuilder();
            Value x = builder.input("x", VECTOR);
            Value w = builder.parameter("w", VECTOR);
            Value y = builder.eltwise(Eltwise.Kind.RELU, builder.multiply(w, x));
            if (training) {
                UpdateRule rule = new SGD(1).descent().update("w").rule();
                builder.update(new Update(rule), w, builder.linear(x, 1, 0));
            }
            Graph graph = builder.build("net", List.of(y));
            try (Scope opening = new Scope()) {
                Backend backend = opening.own(Backends.open(BackendChoice.of(backendName), Threads.of(1)));
                Parameters parameters = opening.own(backend.newParameters(Map.of("w", VECTOR)));
                parameters.write("w", floats(1, 2, 3, 4));
                Executable executable = opening.own(backend.compile(graph, parameters));
                return new Net(backend, parameters, executable, x, y, opening.handOver());
            }
        }

        float[] ask(Executable which, float... numbers) {
            which.write(x, floats(numbers));
            which.run();
            return answer(which);
        }

        float[] answer(Executable which) {
            float[] answer = new float[4];
            which.read(y, MemorySegment.ofArray(answer));
            return answer;
        }

        @Override
        public void close() {
            scope.close();
        }
    }

    private static MemorySegment floats(float... values) {
        return MemorySegment.ofArray(values);
    }

    private <T> T elsewhere(Callable<T> work) throws Exception {
        try {
            return other.submit(work).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void noThreadGetsAnswersToAnothersQuestions(String backend) throws Exception {
        try (Net net = Net.of(backend, false)) {
            Executable executable = net.executable();
            executable.write(net.x(), floats(1, 1, 1, 1));
            assertTrue(assertThrows(IllegalStateException.class, () -> elsewhere(() -> executable.run(0, 0)))
                    .getMessage()
                    .contains("another thread"));
            executable.run();
            // Another asks in between.
            assertArrayEquals(new float[] {2, 4, 6, 8}, elsewhere(() -> net.ask(executable, 2, 2, 2, 2)));
            assertTrue(assertThrows(IllegalStateException.class, () -> net.answer(executable))
                    .getMessage()
                    .contains("another thread"));
            assertThrows(IllegalStateException.class, executable::run);
            assertArrayEquals(new float[] {3, 6, 9, 12}, net.ask(executable, 3, 3, 3, 3), "taken over by writing");
            executable.seed(1);
            assertThrows(IllegalStateException.class, () -> elsewhere(() -> net.ask(executable, 1, 1, 1, 1)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void forksAnswerTwoThreadsAtOnce(String backend) throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        try (Net net = Net.of(backend, false);
                Executable fork = net.executable().fork();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<?>> callers = new ArrayList<>();
            for (Executable executable : List.of(net.executable(), fork)) {
                int factor = executable == fork ? 5 : 7;
                callers.add(threads.submit(() -> {
                    both.await(30, TimeUnit.SECONDS);
                    for (int i = 0; i < 500; i++) {
                        int f = factor + i % 3;
                        assertArrayEquals(new float[] {f, 2 * f, 3 * f, 4 * f}, net.ask(executable, f, f, f, f));
                    }
                    return null;
                }));
            }
            for (Future<?> caller : callers) {
                caller.get();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void whatIsUsedIsClosedInOrderOnly(String name) {
        long before = MemoryOwner.liveBytes();
        Net net = Net.of(name, true);
        assertTrue(assertThrows(IllegalStateException.class, net.backend()::close)
                .getMessage()
                .contains("1 open sets of parameters"));
        assertTrue(assertThrows(IllegalStateException.class, net.parameters()::close)
                .getMessage()
                .contains("1 open executables"));
        assertArrayEquals(
                new float[] {1, 2, 3, 4}, net.ask(net.executable(), 1, 1, 1, 1), "a refused close has changed nothing");
        net.executable().close();
        net.parameters().close();
        net.backend().close();
        net.close();
        assertEquals(before, MemoryOwner.liveBytes());
        assertThrows(IllegalStateException.class, () -> net.ask(net.executable(), 1, 1, 1, 1));
        assertThrows(IllegalStateException.class, () -> net.parameters().write("w", floats(1, 1, 1, 1)));
        assertThrows(IllegalStateException.class, () -> net.parameters().read("w", floats(1, 1, 1, 1)));
        assertThrows(IllegalStateException.class, () -> net.parameters().slots());
        assertThrows(IllegalStateException.class, () -> net.backend().newParameters(Map.of("w", VECTOR)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void parametersOfAnotherBackendAreRefused(String name) {
        try (Net one = Net.of(name, false);
                Backend backend = Backends.open(BackendChoice.of(name), Threads.of(1))) {
            GraphBuilder builder = new GraphBuilder();
            Graph graph = builder.build("other", List.of(builder.linear(builder.parameter("w", VECTOR), 2, 0)));
            assertTrue(assertThrows(IllegalArgumentException.class, () -> backend.compile(graph, one.parameters()))
                    .getMessage()
                    .contains("another backend's"));
        }
    }
}
