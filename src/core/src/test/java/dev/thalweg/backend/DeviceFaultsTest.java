package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Datasets;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.model.Activation;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.onednn.LiveObjects;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.DeviceException;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Callback;
import dev.thalweg.train.Fit;
import dev.thalweg.train.ModelCheckpoint;
import dev.thalweg.train.Training;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A GPU that fails within an epoch, at whatever call of OpenCL, is an exception that says so: the last checkpoint is
 * intact, the CPU goes on from it in the same process, and everything opened can be closed. {@code
 * native/gpu-sim/run.sh} runs this on a simulated GPU, which it can have fail.
 */
@EnabledIfSystemProperty(named = Faults.LAYER, matches = ".+")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeviceFaultsTest {
    private static final String DEVICE = System.getProperty("thalweg.test.device", "gpu:0");
    private static final int EPOCHS = 2;
    /** What a device answers that has no memory left. */
    private static final List<Faults.Status> FULL =
            List.of(Faults.Status.CL_OUT_OF_RESOURCES, Faults.Status.CL_MEM_OBJECT_ALLOCATION_FAILURE);
    /** What a device answers that is lost. */
    private static final List<Faults.Status> LOST = List.of(
            Faults.Status.CL_OUT_OF_RESOURCES,
            Faults.Status.CL_INVALID_COMMAND_QUEUE,
            Faults.Status.CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST);

    /** How a device fails: at one call, or at that and all that follow. */
    private record Fault(String function, int nth, Faults.Status status, boolean lost) {
        void arm() {
            Faults.fail(function, nth, status, lost);
        }

        @Override
        public String toString() {
            return status + " of call " + nth + " of " + function + (lost ? " and of all after it" : "");
        }
    }

    private final DataSplit builtin = Datasets.builtin(3);
    private final ImageDataset data =
            builtin.train().select(IntStream.range(0, 60).toArray());
    /** How often each function is called from the middle of the second epoch to the training's end. */
    private final Map<String, Integer> calls = new LinkedHashMap<>();
    /** What the CPU makes of each checkpoint of a training without faults, by the checkpoint's name. */
    private final Map<String, Map<String, float[]>> resumed = new HashMap<>();

    @TempDir
    Path directory;

    @BeforeAll
    void trainWithoutFaults(@TempDir Path faultless) {
        Map<String, Integer> before = new HashMap<>();
        train(faultless, () -> Faults.FUNCTIONS.forEach(f -> before.put(f, Faults.calls(f))));
        before.forEach((function, count) -> calls.put(function, Faults.calls(function) - count));
        try (Stream<Path> checkpoints = walk(faultless)) {
            checkpoints.forEach(file -> resumed.put(file.getFileName().toString(), resume(file)));
        }
        assertEquals(EPOCHS, resumed.size(), resumed.keySet().toString());
    }

    private static Stream<Path> walk(Path directory) {
        return Stream.of(directory.toFile().listFiles((_, name) -> name.endsWith(".safetensors")))
                .map(java.io.File::toPath);
    }

    @AfterAll
    void close() {
        data.close();
        builtin.close();
    }

    /** A small model with one of each: convolution, normalization, pooling, dropout, product. */
    static Model model(String device) {
        return Model.sequential(
                        Shape.of(3, 32, 32),
                        new Conv2D(4, 3, Activation.RELU),
                        new BatchNormalization(),
                        new MaxPooling2D(6),
                        new Flatten(),
                        new Dropout(0.2),
                        new Dense(10, Activation.SOFTMAX))
                .seed(1)
                .backend(BackendChoice.ONEDNN, Threads.of(2), Device.parse(device))
                .compile(new SGD(0.05).momentum(0.9).clipNorm(1), new CategoricalCrossentropy());
    }

    private static Fit fit(int epochs) {
        return Fit.epochs(epochs).batchSize(25).seed(2);
    }

    /** Trains on the device; something is done in the middle of the second epoch. */
    private void train(Path checkpoints, Runnable within) {
        Callback middle = new Callback() {
            @Override
            public void onBatchEnd(Training training, Progress progress) {
                if (progress.epoch() == 2 && progress.batch() == 1) {
                    within.run();
                }
            }
        };
        try (Model model = model(DEVICE)) {
            model.fit(data, fit(EPOCHS).callbacks(new ModelCheckpoint(checkpoints, EPOCHS), middle));
        }
    }

    /** The weights to which the CPU comes from a checkpoint. */
    private Map<String, float[]> resume(Path checkpoint) {
        try (Model model = model("cpu")) {
            model.fit(data, fit(EPOCHS + 1).resume(checkpoint));
            return model.weights();
        }
    }

    private List<Fault> faults() {
        List<Fault> faults = new ArrayList<>();
        calls.forEach((function, count) -> {
            for (int nth : IntStream.of(1, (count + 1) / 2, count)
                    .filter(n -> n > 0 && n <= count)
                    .distinct()
                    .toArray()) {
                // Each status at each function, though not at each place.
                faults.add(new Fault(function, nth, next(FULL, faults), false));
                faults.add(new Fault(function, nth, next(LOST, faults), true));
            }
        });
        return faults;
    }

    private static Faults.Status next(List<Faults.Status> statuses, List<Fault> faults) {
        return statuses.get(faults.size() / 2 % statuses.size());
    }

    @TestFactory
    Stream<DynamicTest> aDeviceThatFailsCostsNoMoreThanItsOwnWork() {
        // Of memory in buffers, or unified: each kind has functions of its own.
        for (List<String> either : List.of(
                List.of("clEnqueueNDRangeKernel"),
                List.of("clFinish"),
                List.of("clEnqueueReadBuffer", "clEnqueueMemcpyINTEL"),
                List.of("clEnqueueFillBuffer", "clEnqueueMemFillINTEL"),
                List.of("clCreateBuffer", "clDeviceMemAllocINTEL"))) {
            assertTrue(either.stream().anyMatch(function -> calls.get(function) > 0), either + " in " + calls);
        }
        return faults().stream()
                .map(fault -> DynamicTest.dynamicTest(fault.toString(), () -> {
                    Path checkpoints = directory.resolve(fault.toString().replace(' ', '-'));
                    long bytes = MemoryOwner.liveBytes();
                    long objects = LiveObjects.count();
                    DeviceException e;
                    try {
                        e = assertThrows(DeviceException.class, () -> train(checkpoints, fault::arm));
                    } finally {
                        assertTrue(Faults.end() > 0, "the fault came to pass");
                    }
                    assertSays(e, fault);
                    assertEquals(List.of(), List.of(e.getSuppressed()), "exceptions while closing");
                    assertEquals(bytes, MemoryOwner.liveBytes(), "bytes after closing");
                    assertEquals(objects, LiveObjects.count(), "oneDNN's objects after closing");
                    Path last = ModelCheckpoint.last(checkpoints).orElseThrow();
                    Map<String, float[]> want = resumed.get(last.getFileName().toString());
                    Map<String, float[]> got = resume(last);
                    assertEquals(want.keySet(), got.keySet());
                    want.forEach((name, values) -> assertArrayEquals(values, got.get(name), name));
                }));
    }

    /** Kernels are made when a network is compiled: of shapes that no other test has, for oneDNN keeps them. */
    @Test
    void aDeviceThatFailsWhileKernelsAreMadeSaysSo() {
        long bytes = MemoryOwner.liveBytes();
        long objects = LiveObjects.count();
        try (Model model = Model.sequential(
                        Shape.of(3, 32, 32), new Conv2D(11, 5, Activation.TANH), new Flatten(), new Dense(10))
                .backend(BackendChoice.ONEDNN, Threads.of(2), Device.parse(DEVICE))
                .compile(new SGD(0.05), new CategoricalCrossentropy(true))) {
            Faults.fail("clBuildProgram", 1, Faults.Status.CL_OUT_OF_RESOURCES, true);
            DeviceException e;
            try {
                e = assertThrows(DeviceException.class, () -> model.fit(data, fit(1)));
            } finally {
                assertTrue(Faults.end() > 0, "the fault came to pass");
            }
            assertTrue(e.getMessage().contains("PoCL presented as an Intel GPU"), e::getMessage);
            assertTrue(e.getMessage().contains("the last checkpoint"), e::getMessage);
        }
        assertEquals(bytes, MemoryOwner.liveBytes(), "bytes after closing");
        assertEquals(objects, LiveObjects.count(), "oneDNN's objects after closing");
    }

    private static void assertSays(DeviceException e, Fault fault) {
        String message = e.getMessage();
        assertTrue(message.contains("PoCL presented as an Intel GPU"), message);
        // oneDNN has statuses of its own.
        assertTrue(
                message.contains(fault.function())
                                && message.contains(fault.status().toString())
                        || message.contains("dnnl_"),
                message);
        assertTrue(message.contains("the last checkpoint") || message.contains("smaller batch"), message);
    }
}
