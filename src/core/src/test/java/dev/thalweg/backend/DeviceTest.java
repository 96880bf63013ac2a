package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Datasets;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.Add;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.model.Padding;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.SAM;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.tensor.UnavailableException;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The device that {@code thalweg.test.device} names does what the CPU does: updates by its own kernels, whole
 * trainings. {@code native/gpu-sim/run.sh} runs this on a simulated Intel GPU.
 */
@EnabledIfSystemProperty(named = "thalweg.test.device", matches = ".+")
class DeviceTest {
    private static final String DEVICE = System.getProperty("thalweg.test.device");

    @TestFactory
    Stream<DynamicTest> updatesAreThoseOfTheHost() {
        return UpdateCases.optimizers().entrySet().stream()
                .map(optimizer -> DynamicTest.dynamicTest(optimizer.getKey(), () -> {
                    UpdateCases.Descended want;
                    UpdateCases.Descended got;
                    try (Backend host = Backends.open(BackendChoice.JAVA, Threads.of(2))) {
                        want = UpdateCases.descend(host, optimizer.getValue(), true);
                    }
                    try (Backend device = Backends.open(BackendChoice.ONEDNN, Threads.of(2), Device.parse(DEVICE))) {
                        got = UpdateCases.descend(device, optimizer.getValue(), true);
                        assertBitsOf(UpdateCases.descend(device, optimizer.getValue(), false), got);
                    }
                    assertEquals(3, want.moved());
                    assertEquals(3, got.moved());
                    assertEquals(want.numbers().size(), got.numbers().size());
                    for (int i = 0; i < want.numbers().size(); i++) {
                        // A few roundings a step, where a device may fuse a product and a sum.
                        assertArrayEquals(
                                want.numbers().get(i),
                                got.numbers().get(i),
                                1e-5f,
                                i == 0 ? "parameters" : "slot " + (i - 1));
                    }
                    assertEquals(want.movements().size(), got.movements().size());
                    for (int step = 0; step < want.movements().size(); step++) {
                        assertNear(want.movements().get(step), got.movements().get(step));
                    }
                }));
    }

    /** Watching measures, and changes nothing. */
    private static void assertBitsOf(UpdateCases.Descended unwatched, UpdateCases.Descended watched) {
        assertEquals(unwatched.moved(), watched.moved());
        assertEquals(unwatched.numbers().size(), watched.numbers().size());
        for (int i = 0; i < unwatched.numbers().size(); i++) {
            assertArrayEquals(unwatched.numbers().get(i), watched.numbers().get(i));
        }
        unwatched.movements().forEach(movement -> assertEquals(0, movement.movementNorm()));
    }

    private static void assertNear(Movement want, Movement got) {
        assertEquals(want.parameter(), got.parameter());
        assertNear(want.gradientNorm(), got.gradientNorm());
        assertNear(want.parameterNorm(), got.parameterNorm());
        assertNear(want.movementNorm(), got.movementNorm());
    }

    /** Sums of thousands of squares in floats, of numbers that agree to 1e-5. */
    private static void assertNear(double want, double got) {
        assertTrue(want > 0, "nothing was measured");
        assertEquals(want, got, 1e-4 * want);
    }

    @Test
    void aGradientThatIsNoNumberMovesNothing() {
        GraphBuilder g = new GraphBuilder();
        Value w = g.parameter("w", Shape.of(4));
        Value x = g.input("x", Shape.of(4));
        g.update(new SGD(0.1), w, x);
        try (Backend device = Backends.open(BackendChoice.ONEDNN, Threads.of(2), Device.parse(DEVICE));
                Parameters parameters = device.newParameters(Map.of("w", Shape.of(4)));
                Executable executable = device.compile(g.build("step", List.of()), parameters)) {
            executable.write(x, MemorySegment.ofArray(new float[] {1, Float.NaN, 0, 0}));
            assertEquals(false, executable.run(1, 0));
            float[] values = new float[4];
            parameters.read("w", MemorySegment.ofArray(values));
            assertArrayEquals(new float[4], values);
        }
    }

    /** A dropout mask that a backend draws. */
    static float[] mask(Backend backend) {
        GraphBuilder g = new GraphBuilder();
        Value mask = g.apply(new DropoutMask(Shape.of(7, 11), 0.3, 2));
        try (Parameters parameters = backend.newParameters(Map.of());
                Executable executable = backend.compile(g.build("mask", List.of(mask)), parameters)) {
            executable.seed(99);
            executable.run();
            float[] values = new float[77];
            executable.read(mask, MemorySegment.ofArray(values));
            return values;
        }
    }

    @Test
    void readingParametersAgainMakesNoMoreObjectsOfTheDriver() {
        float[] values = new float[4];
        try (Backend device = Backends.open(BackendChoice.ONEDNN, Threads.of(2), Device.parse(DEVICE));
                Parameters parameters = device.newParameters(Map.of("w", Shape.of(4)))) {
            parameters.read("w", MemorySegment.ofArray(values));
            long before = MemoryOwner.allocations();
            parameters.read("w", MemorySegment.ofArray(values));
            parameters.write("w", MemorySegment.ofArray(values));
            assertEquals(before, MemoryOwner.allocations());
        }
    }

    @Test
    void dropoutDrawsTheSameBits() {
        try (Backend host = Backends.open(BackendChoice.JAVA, Threads.of(2));
                Backend device = Backends.open(BackendChoice.ONEDNN, Threads.of(2), Device.parse(DEVICE))) {
            assertArrayEquals(mask(host), mask(device));
        }
    }

    @Test
    void tooMuchMemoryIsAnExceptionAndTheDeviceStaysUsable() {
        GraphBuilder g = new GraphBuilder();
        // 64 inputs of a gigabyte: more than a device has, and none of it on the host.
        Value sum = g.input("x", Shape.of(1 << 14, 1 << 14));
        for (int i = 1; i < 64; i++) {
            sum = g.add(g.input("x" + i, Shape.of(1 << 14, 1 << 14)), sum);
        }
        Value y = sum;
        long before = MemoryOwner.liveBytes();
        try (Backend device = Backends.open(BackendChoice.ONEDNN, Threads.of(2), Device.parse(DEVICE));
                Parameters parameters = device.newParameters(Map.of())) {
            RuntimeException e =
                    assertThrows(RuntimeException.class, () -> device.compile(g.build("huge", List.of(y)), parameters));
            assertTrue(e.getMessage().contains("smaller batch"), e.getMessage());
        }
        assertEquals(before, MemoryOwner.liveBytes());
        trainingIsThatOfTheCpu("cnn");
    }

    @Test
    void shortFloatsTrainWhereTheDeviceHasThem() {
        try (DataSplit data = Datasets.builtin(3);
                ImageDataset few = data.train().select(IntStream.range(0, 200).toArray());
                Model model = resnet().seed(1)
                        .backend(BackendChoice.ONEDNN, Threads.of(2), Device.parse(DEVICE))
                        .precision(Precision.BF16)) {
            model.compile(new SGD(0.05).momentum(0.9), new CategoricalCrossentropy());
            if (!model.backend().computesIn(DataType.BFLOAT16)) {
                assertThrows(UnavailableException.class, () -> model.fit(few, Fit.epochs(1)));
                return;
            }
            History history = model.fit(few, Fit.epochs(2).batchSize(25).seed(2));
            assertTrue(
                    history.epochs().getLast().loss()
                            < history.epochs().getFirst().loss(),
                    history.toString());
        }
    }

    private static Model cnn() {
        return Model.sequential(
                Shape.of(3, 32, 32),
                new Conv2D(8, 3, Activation.RELU),
                new MaxPooling2D(4),
                new Flatten(),
                new Dropout(0.2),
                new Dense(10, Activation.SOFTMAX));
    }

    private static Model resnet() {
        Flow x = Flow.input(3, 32, 32)
                .through(new Conv2D(8, 3, Activation.RELU).padding(Padding.SAME), new MaxPooling2D(4));
        Flow y = x.through(
                new Conv2D(8, 3).padding(Padding.SAME).useBias(false),
                new BatchNormalization(),
                new ActivationLayer(Activation.RELU),
                new Conv2D(8, 3).padding(Padding.SAME).useBias(false),
                new BatchNormalization());
        return Model.of(Flow.join(new Add(), y, x)
                .through(
                        new ActivationLayer(Activation.RELU),
                        new GlobalAveragePooling2D(),
                        new Dense(10, Activation.SOFTMAX)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cnn", "resnet"})
    void trainingIsThatOfTheCpu(String name) {
        assertTrainsAsTheCpu(name, new SGD(0.05).momentum(0.9));
    }

    /** Its gradient is taken elsewhere than where the parameters stand. */
    @Test
    void sharpnessAwareTrainingIsThatOfTheCpu() {
        assertTrainsAsTheCpu("resnet", new SAM(new SGD(0.05).momentum(0.9)));
    }

    private static void assertTrainsAsTheCpu(String name, Optimizer optimizer) {
        List<Double> losses = new ArrayList<>();
        long before = MemoryOwner.liveBytes();
        for (String device : List.of("cpu", DEVICE)) {
            try (DataSplit data = Datasets.builtin(3);
                    ImageDataset few =
                            data.train().select(IntStream.range(0, 200).toArray());
                    Model model = (name.equals("cnn") ? cnn() : resnet())
                            .seed(1)
                            .backend(BackendChoice.ONEDNN, Threads.of(2), Device.parse(device))) {
                model.compile(optimizer, new CategoricalCrossentropy());
                History history = model.fit(few, Fit.epochs(2).batchSize(25).seed(2));
                losses.add(history.epochs().getFirst().loss());
                losses.add(history.epochs().getLast().loss());
                losses.add(model.evaluate(few).loss());
            }
        }
        assertEquals(before, MemoryOwner.liveBytes());
        assertTrue(losses.get(1) < losses.get(0), losses.toString());
        for (int i = 0; i < 3; i++) {
            // Roundings grow from step to step.
            assertEquals(losses.get(i), losses.get(i + 3), 1e-3 * losses.get(i), losses.toString());
        }
    }

    @Test
    void devicesThatAreNotThereAreNamed() {
        UnavailableException e = assertThrows(
                UnavailableException.class,
                () -> Backends.open(BackendChoice.ONEDNN, Threads.of(1), Device.parse("gpu:99")));
        assertTrue(e.getMessage().contains("gpu:99") && e.getMessage().contains("Intel GPU"), e.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> Backends.open(BackendChoice.JAVA, Threads.of(1), Device.parse("gpu")));
        assertThrows(
                IllegalArgumentException.class,
                () -> Backends.open(BackendChoice.ONEDNN, Threads.of(1), Device.parse("tpu")));
    }
}
