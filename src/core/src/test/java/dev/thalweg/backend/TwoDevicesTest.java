package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Datasets;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.train.Fit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Two devices of a kind, in one process, compute what one alone does, to the bit. {@code native/gpu-sim/run.sh} runs
 * this on two simulated GPUs.
 */
@EnabledIfSystemProperty(named = "thalweg.test.devices", matches = "2")
class TwoDevicesTest {
    private static final List<String> DEVICES = List.of("gpu:0", "gpu:1");

    private static ImageDataset few(DataSplit data) {
        return data.train().select(IntStream.range(0, 60).toArray());
    }

    private static Map<String, float[]> train(String device) {
        try (DataSplit data = Datasets.builtin(3);
                ImageDataset few = few(data);
                Model model = DeviceFaultsTest.model(device)) {
            model.fit(few, Fit.epochs(2).batchSize(25).seed(2));
            return model.weights();
        }
    }

    private static void assertBits(Map<String, float[]> want, Map<String, float[]> got) {
        assertEquals(want.keySet(), got.keySet());
        want.forEach((name, values) -> assertArrayEquals(values, got.get(name), name));
    }

    @Test
    void twoThreadsTrainOnADeviceEach() throws Exception {
        long bytes = MemoryOwner.liveBytes();
        Map<String, float[]> want = train("gpu:0");
        try (ExecutorService threads = Executors.newFixedThreadPool(DEVICES.size())) {
            List<Future<Map<String, float[]>>> trained = threads.invokeAll(DEVICES.stream()
                    .<Callable<Map<String, float[]>>>map(device -> () -> train(device))
                    .toList());
            for (Future<Map<String, float[]>> got : trained) {
                assertBits(want, got.get());
            }
        }
        assertEquals(bytes, MemoryOwner.liveBytes());
    }

    @Test
    void oneThreadTrainsOnTwoDevicesByTurns() {
        try (DataSplit data = Datasets.builtin(3);
                ImageDataset few = few(data);
                Model alone = DeviceFaultsTest.model("gpu:1");
                Model first = DeviceFaultsTest.model("gpu:0");
                Model second = DeviceFaultsTest.model("gpu:1")) {
            for (int step = 0; step < 3; step++) {
                alone.trainOnBatch(few);
            }
            for (int step = 0; step < 3; step++) {
                assertEquals(first.trainOnBatch(few), second.trainOnBatch(few));
            }
            assertBits(alone.weights(), first.weights());
            assertBits(alone.weights(), second.weights());
        }
    }
}
