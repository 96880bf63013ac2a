package dev.thalweg.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A virtual thread may wait on one of the system's threads and go on with another; how many threads a kernel uses is
 * theirs.
 */
@Timeout(60)
class VirtualThreadsTest {
    private static final int THREADS = 3;

    @Test
    @SuppressWarnings("restricted")
    void theNumberOfThreadsLastsAsLongAsTheWork() throws Exception {
        OneDnn.require();
        Optional<MemorySegment> found = SymbolLookup.loaderLookup().find("omp_get_max_threads");
        assumeTrue(found.isPresent(), "no OpenMP");
        MethodHandle mostThreads =
                Linker.nativeLinker().downcallHandle(found.get(), FunctionDescriptor.of(ValueLayout.JAVA_INT));
        try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Integer>>> seen = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int threads = 1 + i % THREADS;
                seen.add(virtual.submit(() -> OneDnn.withThreads(threads, () -> {
                    List<Integer> numbers = new ArrayList<>();
                    for (int wait = 0; wait < 10; wait++) {
                        LockSupport.parkNanos(100_000);
                        numbers.add(number(mostThreads));
                    }
                    return numbers;
                })));
            }
            for (int i = 0; i < seen.size(); i++) {
                assertEquals(
                        List.of(1 + i % THREADS),
                        seen.get(i).get().stream().distinct().toList());
            }
        }
    }

    private static int number(MethodHandle function) {
        try {
            return (int) function.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void failuresComeOutAsTheyAre() throws Exception {
        for (Throwable thrown : List.of(new OutOfMemoryError(), new IllegalStateException())) {
            try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<?> failing = virtual.submit(() -> OneDnn.withThreads(1, () -> {
                    assertFalse(Thread.currentThread().isVirtual());
                    switch (thrown) {
                        case Error e -> throw e;
                        case RuntimeException e -> throw e;
                        default -> throw new AssertionError(thrown);
                    }
                }));
                assertSame(
                        thrown,
                        assertThrows(ExecutionException.class, failing::get).getCause());
            }
        }
    }

    private static float[] trained(DataSplit data) {
        try (Model model = Model.sequential(
                        Shape.of(3, 32, 32),
                        new Conv2D(8, 3, Activation.RELU),
                        new Dropout(0.3),
                        new Flatten(),
                        new Dropout(0.3),
                        new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.ONEDNN, Threads.of(THREADS))
                .compile(new SGD(0.01), new CategoricalCrossentropy())) {
            model.fit(data.train(), Fit.epochs(2).batchSize(16).seed(1));
            return model.weights().values().iterator().next();
        }
    }

    /** Its dropout waits for a team of threads in the middle of every step. */
    @Test
    void trainingInVirtualThreadsGivesTheSameBits() throws Exception {
        try (DataSplit data = ShapesDataset.generate(64, 10, 1);
                ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            float[] want = trained(data);
            List<Future<float[]>> trainings = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                trainings.add(virtual.submit(() -> trained(data)));
            }
            for (Future<float[]> training : trainings) {
                assertArrayEquals(want, training.get());
            }
        }
    }
}
