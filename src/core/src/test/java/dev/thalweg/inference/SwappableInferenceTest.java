package dev.thalweg.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Executable;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Resize;
import dev.thalweg.engine.BackendSpec;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Tensor;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Layer;
import dev.thalweg.model.Network;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that take each other's place: every call is answered, by one of them, and nothing is left of the others. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SwappableInferenceTest {
    private static final Shape PICTURE = Shape.of(1, 2, 2);
    private static final Network NETWORK = Network.sequential(PICTURE, List.of(new Flatten(), new Dense(2)));

    /** A network whose outputs are a number and its negative, whatever it sees. */
    private static ModelDescription version(int number, String backend, int threads) {
        return ModelDescription.of(
                        NETWORK,
                        Map.of("dense.kernel", new float[8], "dense.bias", new float[] {number, -number}),
                        Normalization.unit(1))
                .with(new BackendSpec(BackendChoice.of(backend), Threads.of(threads), Device.cpu()));
    }

    private static Inference inference(int number, String backend, Inference.Mode mode) {
        return new Inference(version(number, backend, 2), Map.of(), Resize.CROP, mode, List.of(1, 2));
    }

    private static List<byte[]> pictures(int count) {
        return Collections.nCopies(count, new byte[PICTURE.arrayLength()]);
    }

    private static int answer(Predictions predictions) {
        int number = (int) predictions.outputs().getFirst()[0];
        for (float[] row : predictions.outputs()) {
            assertEquals(number, row[0]);
            assertEquals(-number, row[1]);
        }
        return number;
    }

    @ParameterizedTest
    @CsvSource({"java, THROUGHPUT", "java, LATENCY", "onednn, THROUGHPUT"})
    void hundredsOfSwapsUnderManyCallersLoseNoCall(String backend, Inference.Mode mode) throws Exception {
        int swaps = 300;
        int callers = 8;
        long before = MemoryOwner.liveBytes();
        AtomicBoolean over = new AtomicBoolean();
        CountDownLatch asked = new CountDownLatch(callers);
        SwappableInference service = new SwappableInference(inference(0, backend, mode));
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            List<Future<Integer>> lasts = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                // Five pictures are three runs, which one model has to answer.
                int count = i % 2 == 0 ? 5 : 1;
                lasts.add(threads.submit(() -> {
                    int last = 0;
                    do {
                        int answer = answer(service.predict(pictures(count)));
                        assertTrue(answer >= last, answer + " came after " + last);
                        last = answer;
                        asked.countDown();
                    } while (!over.get());
                    return answer(service.predict(pictures(count)));
                }));
            }
            asked.await();
            Inference old = null;
            for (int number = 1; number <= swaps; number++) {
                Inference next = inference(number, backend, mode);
                service.swap(next);
                assertEquals(number, answer(service.predict(pictures(1))));
                if (old != null) {
                    Inference closed = old;
                    assertThrows(IllegalStateException.class, () -> closed.predict(pictures(1)));
                }
                old = next;
            }
            over.set(true);
            for (Future<Integer> last : lasts) {
                assertEquals(swaps, last.get());
            }
        } finally {
            over.set(true);
            service.close();
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }

    /** Runs of executables wait for a latch; all else passes. */
    private static <T> T waiting(Class<T> type, Object target, CountDownLatch begun, CountDownLatch go) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("run") && target instanceof Executable) {
                begun.countDown();
                go.await();
            }
            try {
                Object result = method.invoke(target, arguments);
                return result instanceof Executable made ? waiting(Executable.class, made, begun, go) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Test
    void theOldModelEndsWithItsLastCallWhileTheNewOneAnswers() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ModelDescription slow = version(1, "java", 1);
        Inference old = new Inference(
                slow,
                Map.of(),
                Resize.CROP,
                Inference.Mode.LATENCY,
                List.of(1),
                threads -> waiting(Backend.class, slow.backend().open(), begun, go));
        try (SwappableInference service = new SwappableInference(old);
                ExecutorService threads = Executors.newFixedThreadPool(1)) {
            Future<Predictions> lastCall = threads.submit(() -> service.predict(pictures(1)));
            begun.await();
            Inference next = inference(2, "java", Inference.Mode.LATENCY);
            Thread swap = Thread.ofPlatform().start(() -> service.swap(next));
            while (swap.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            assertEquals(2, answer(service.predict(pictures(5))));
            assertFalse(lastCall.isDone());
            assertTrue(swap.isAlive());
            go.countDown();
            assertEquals(1, answer(lastCall.get()));
            swap.join();
            assertThrows(IllegalStateException.class, () -> old.predict(pictures(1)));
        }
    }

    @Test
    void aModelThatCannotTakeThePlaceIsClosedAndTheOldOneGoesOn(@TempDir Path directory) throws Exception {
        long before = MemoryOwner.liveBytes();
        List<Layer> three = List.of(new Flatten(), new Dense(3));
        try (SwappableInference service = new SwappableInference(inference(1, "java", Inference.Mode.LATENCY))) {
            long serving = MemoryOwner.liveBytes();
            for (Network other : List.of(
                    Network.sequential(PICTURE, three),
                    Network.sequential(Shape.of(1, 2, 3), List.of(new Flatten(), new Dense(2))))) {
                String message = refused(service, Model.of(other), 1, 2);
                assertTrue(
                        message.contains(other.input().toString())
                                && message.contains(other.output().toString()),
                        message);
                assertEquals(serving, MemoryOwner.liveBytes());
            }
            assertTrue(refused(service, Model.of(NETWORK), 2, 4).contains("[2, 4]"));
            Path broken = Files.write(directory.resolve("model"), new byte[100]);
            assertThrows(Exception.class, () -> {
                try (Model next = Model.load(broken)) {
                    service.swap(next.inference(Inference.Mode.LATENCY, 1, 2));
                }
            });
            assertEquals(serving, MemoryOwner.liveBytes());
            assertEquals(1, answer(service.predict(pictures(3))));
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }

    private static String refused(SwappableInference service, Model model, Integer... batchSizes) {
        try (model) {
            Inference next =
                    model.backend(BackendChoice.JAVA, Threads.of(1)).inference(Inference.Mode.LATENCY, batchSizes);
            return assertThrows(IllegalArgumentException.class, () -> service.swap(next))
                    .getMessage();
        }
    }

    @Test
    void whatCouldNotAnswerIsRefusedAndTheOldModelGoesOn() {
        long before = MemoryOwner.liveBytes();
        Inference first = inference(1, "java", Inference.Mode.LATENCY);
        Inference closed = inference(2, "java", Inference.Mode.LATENCY);
        closed.close();
        assertThrows(IllegalStateException.class, () -> new SwappableInference(closed));
        try (SwappableInference service = new SwappableInference(first)) {
            assertThrows(IllegalArgumentException.class, () -> service.swap(first));
            assertThrows(IllegalStateException.class, () -> service.swap(closed));
            assertThrows(NullPointerException.class, () -> service.swap(null));
            assertEquals(1, answer(service.predict(pictures(1))));
        }
        assertThrows(NullPointerException.class, () -> new SwappableInference(null));
        assertEquals(before, MemoryOwner.liveBytes());
    }

    @Test
    void itEndsInOrder() {
        long before = MemoryOwner.liveBytes();
        SwappableInference service = new SwappableInference(inference(3, "java", Inference.Mode.LATENCY));
        try (Tensor in = Tensor.of(PICTURE.batched(2), new float[8]);
                Tensor out = Tensor.of(Shape.of(2, 2), new float[4])) {
            service.run(in.segment(), out.segment());
            assertEquals(3, out.toFloats()[2]);
        }
        service.close();
        service.close();
        String message = assertThrows(IllegalStateException.class, () -> service.predict(pictures(1)))
                .getMessage();
        assertTrue(message.contains("closed"), message);
        assertThrows(IllegalStateException.class, () -> service.swap(inference(4, "java", Inference.Mode.LATENCY)));
        assertEquals(before, MemoryOwner.liveBytes());
    }
}
