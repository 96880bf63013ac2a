package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.graph.Graph;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Threads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Graphs drawn at random give, with all passes, on both backends, what the Java backend makes of them without passes
 * and without anything computed in place.
 *
 * <p>{@code -Dthalweg.test.graphs=N} draws so many, {@code -Dthalweg.test.seed=S} other ones or the same again, and
 * {@code -Dthalweg.test.graph=G} the one that a failure names.
 */
class RandomGraphsTest {
    private static final int GRAPHS = Integer.getInteger("thalweg.test.graphs", 2000);
    private static final long SEED = Long.getLong("thalweg.test.seed", 12);
    private static final Long ONE = Long.getLong("thalweg.test.graph");
    private static final int WORKERS = 2;
    /** Every so many graphs one is computed in short floats too. */
    private static final int SHORT = 4;

    @Test
    void backendsAgree() throws Exception {
        List<Long> seeds = ONE != null
                ? List.of(ONE)
                : new Random(SEED).longs(GRAPHS, 0, 1L << 31).boxed().toList();
        System.out.println(seeds.size() + " random graphs of -Dthalweg.test.seed=" + SEED);
        AtomicInteger next = new AtomicInteger();
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        Callable<Void> work = () -> {
            try (Backend java = Backends.open(BackendChoice.JAVA, Threads.of(1));
                    Backend onednn = Backends.open(BackendChoice.ONEDNN, Threads.of(1))) {
                boolean hasShort = onednn.computesIn(DataType.BFLOAT16);
                for (int i = next.getAndIncrement(); i < seeds.size(); i = next.getAndIncrement()) {
                    try {
                        check(java, onednn, seeds.get(i), hasShort && (ONE != null || i % SHORT == 0));
                    } catch (AssertionError e) {
                        failures.add(e.getMessage());
                    }
                }
            }
            return null;
        };
        try (ExecutorService workers = Executors.newFixedThreadPool(WORKERS)) {
            for (Future<Void> done : workers.invokeAll(Collections.nCopies(WORKERS, work))) {
                done.get();
            }
        }
        assertTrue(
                failures.isEmpty(),
                () -> failures.size() + " of " + seeds.size() + " graphs of seed " + SEED + " fail, for example\n"
                        + String.join("\n\n", failures.subList(0, Math.min(3, failures.size()))));
    }

    private static void check(Backend java, Backend onednn, long seed, boolean inShort) {
        Graph passed = RandomGraph.passed(seed, DataType.FLOAT32);
        Map<String, double[]> given = RandomGraph.given(passed, seed);
        try (CompiledGraph plain = new CompiledGraph(
                java, RandomGraph.plain(seed), passed.outputs().size())) {
            Truth truth = Truth.of(plain, given, Truth.Tolerance.WIDE, seed);
            check(java, passed, given, truth, seed);
            check(onednn, passed, given, truth, seed);
            if (inShort) {
                Truth rough = Truth.of(plain, given, Truth.Tolerance.SHORT, seed);
                check(onednn, RandomGraph.passed(seed, DataType.BFLOAT16), given, rough, seed);
            }
        } catch (AssertionError | RuntimeException e) {
            String replay = "replay it by -Dthalweg.test.graph=" + seed;
            throw new AssertionError("graph " + seed + ": " + e + "\n" + passed + replay, e);
        }
    }

    /** Whatever was computed before, however often, and whoever else computes the same graph. */
    private static void check(Backend backend, Graph graph, Map<String, double[]> given, Truth truth, long seed) {
        String name = backend.name() + " with " + truth.tolerance();
        Map<String, double[]> others = Truth.changed(given, truth.tolerance().change(), seed);
        try (CompiledGraph compiled =
                new CompiledGraph(backend, graph, truth.results().outputs().size())) {
            compiled.run(others);
            truth.check(name, compiled.run(given));
            truth.check(name + " again", compiled.runAgain(given));
            if (!compiled.trains()) {
                try (CompiledGraph fork = compiled.fork()) {
                    CompiledGraph.Results forked = fork.run(others);
                    truth.check(name + " while a fork runs", compiled.results());
                    Truth moved = new Truth(truth.around().getFirst(), truth.around(), truth.tolerance());
                    moved.check(name + " forked", forked);
                }
            }
        }
    }
}
