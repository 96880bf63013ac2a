package dev.thalweg.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.thalweg.graph.Cast;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Tensor;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Concatenate;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flow;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.LSTM;
import dev.thalweg.model.LayerNormalization;
import dev.thalweg.model.MultiHeadAttention;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.model.PatchEmbedding;
import dev.thalweg.model.Rows;
import dev.thalweg.model.SelectToken;
import dev.thalweg.model.ZeroPadding2D;
import dev.thalweg.onednn.ParallelRegion;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compiled training graphs as a whole: equal on both backends, the same every time, without allocation, safe to close.
 */
class CompiledGraphsTest {
    /** A training step of a small network. */
    private record Step(Graph graph, Value loss, Map<String, Shape> shapes) {
        static Step of(int batch) {
            GraphBuilder g = new GraphBuilder();
            Value x = g.input("x", Shape.of(batch, 3, 12, 11));
            Value t = g.input("t", Shape.of(batch, 5));
            Value y = g.convolution(
                    x, g.parameter("w1", Shape.of(16, 3, 3, 3)), g.parameter("b1", Shape.of(16)), Window.square(3), 1);
            y = g.pooling(
                    Pooling.Kind.MAX,
                    g.eltwise(Eltwise.Kind.RELU, y),
                    Window.square(2).stride(2));
            y = g.convolution(y, g.parameter("w2", Shape.of(8, 8, 3, 3)), null, Window.square(3), 2);
            y = g.flatten(g.eltwise(Eltwise.Kind.TANH, y));
            y = g.innerProduct(y, g.parameter("w3", Shape.of(5, 8 * 3 * 2)), g.parameter("b3", Shape.of(5)));
            Value loss = g.softmaxCrossEntropy(y, t);
            List<Value> parameters = List.of(
                    g.parameter("w1", Shape.of(16, 3, 3, 3)),
                    g.parameter("b1", Shape.of(16)),
                    g.parameter("w2", Shape.of(8, 8, 3, 3)),
                    g.parameter("w3", Shape.of(5, 48)),
                    g.parameter("b3", Shape.of(5)));
            List<Value> gradients = Gradients.of(g, loss, parameters);
            for (int i = 0; i < parameters.size(); i++) {
                g.update(new SGD(0.1).momentum(0.9), parameters.get(i), gradients.get(i));
            }
            Map<String, Shape> shapes = new LinkedHashMap<>();
            parameters.forEach(p -> shapes.put(p.name(), p.shape()));
            return new Step(g.build("step " + batch, List.of(loss)), loss, shapes);
        }
    }

    private static MemorySegment random(long seed, Shape shape) {
        Random random = new Random(seed);
        float[] values = new float[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat(-0.5f, 0.5f);
        }
        return MemorySegment.ofArray(values);
    }

    private static MemorySegment targets(long seed, int batch) {
        float[] oneHot = new float[batch * 5];
        Random random = new Random(seed);
        for (int i = 0; i < batch; i++) {
            oneHot[i * 5 + random.nextInt(5)] = 1;
        }
        return MemorySegment.ofArray(oneHot);
    }

    /** Six steps, every third on a smaller batch as at the end of an epoch. */
    private static Map<String, float[]> train(String name, int threads) {
        Step usual = Step.of(8);
        Step last = Step.of(3);
        Map<String, float[]> result = new LinkedHashMap<>();
        try (Backend backend = Backends.open(BackendChoice.of(name), Threads.of(threads));
                Parameters parameters = backend.newParameters(usual.shapes())) {
            usual.shapes().forEach((p, shape) -> parameters.write(p, random(p.hashCode(), shape)));
            try (Executable first = backend.compile(usual.graph(), parameters);
                    Executable second = backend.compile(last.graph(), parameters)) {
                for (int step = 0; step < 6; step++) {
                    boolean ragged = step % 3 == 2;
                    int batch = ragged ? 3 : 8;
                    Executable executable = ragged ? second : first;
                    Graph graph = (ragged ? last : usual).graph();
                    executable.write(
                            graph.inputs().get(0),
                            random(step, graph.inputs().get(0).shape()));
                    executable.write(graph.inputs().get(1), targets(step, batch));
                    executable.run(0.1f, step);
                }
            }
            usual.shapes().forEach((p, shape) -> {
                float[] values = new float[(int) shape.elements()];
                parameters.read(p, MemorySegment.ofArray(values));
                result.put(p, values);
                float[] velocity = new float[values.length];
                parameters.readSlot(p, 0, MemorySegment.ofArray(velocity));
                result.put(p + " velocity", velocity);
            });
        }
        return result;
    }

    /** After six steps of numbers around 0.5 the roundings of both sides, 6e-8 each, add up to far less than 1e-5. */
    @Test
    void backendsTrainToTheSameWeights() {
        Map<String, float[]> java = train("java", 2);
        train("onednn", 2).forEach((name, values) -> assertArrayEquals(java.get(name), values, 1e-5f, name));
    }

    @ParameterizedTest
    @CsvSource({"java,1", "java,2", "java,3", "onednn,1", "onednn,2"})
    void theSameStartGivesTheSameBits(String backend, int threads) {
        Map<String, float[]> first = train(backend, threads);
        train(backend, threads).forEach((name, values) -> assertTrue(Arrays.equals(first.get(name), values), name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void aRunAllocatesNothing(String name) throws Throwable {
        Step step = Step.of(4);
        try (Backend backend = Backends.open(BackendChoice.of(name), Threads.of(2));
                Parameters parameters = backend.newParameters(step.shapes());
                Executable executable = backend.compile(step.graph(), parameters)) {
            assertAllocatesNothing(executable, 20_000);
        }
    }

    /** Normalizations, branches, attention and recurrence, forward, backward and updated. */
    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void neitherDoTheOperationsOfDeepNetworks(String name) throws Throwable {
        Flow picture = Flow.input(3, 4, 4);
        Flow rows = picture.through(new Rows(), new LSTM(4), new Dense(3));
        Flow tokens = picture.through(
                new PatchEmbedding(2, 4),
                new LayerNormalization(),
                new MultiHeadAttention(2),
                new SelectToken(0),
                new Dense(3));
        Flow pixels = picture.through(
                new BatchNormalization(),
                new ActivationLayer(Activation.RELU),
                new ZeroPadding2D(1),
                new Conv2D(4, 3),
                new GlobalAveragePooling2D(),
                new Dropout(0.1),
                new Dense(3));
        Network network = Network.of(Flow.join(new Concatenate(), rows, tokens, pixels));
        GraphBuilder builder = new GraphBuilder();
        Value out = network.build(builder, List.of(builder.input("pictures", Shape.of(2, 3, 4, 4))), true, n -> false)
                .getFirst();
        Passes.beforeGradients(builder, List.of(out), true);
        Value loss = builder.reduce(Reduction.Kind.MEAN, builder.eltwise(Eltwise.Kind.SQUARE, out));
        List<Value> trained = network.parameters().stream()
                .filter(ParameterSpec::trainable)
                .map(p -> builder.parameter(p.name(), p.shape()))
                .toList();
        List<Value> gradients = Gradients.of(builder, loss, trained);
        for (int i = 0; i < trained.size(); i++) {
            builder.update(new SGD(1e-6), trained.get(i), gradients.get(i));
        }
        Map<String, Shape> shapes = new LinkedHashMap<>();
        network.parameters().forEach(p -> shapes.put(p.name(), p.shape()));
        try (Backend backend = Backends.open(BackendChoice.of(name), Threads.of(1));
                Parameters parameters = backend.newParameters(shapes);
                Executable executable = backend.compile(builder.build("deep", List.of(loss)), parameters)) {
            assertAllocatesNothing(executable, 5_000);
        }
    }

    /**
     * Each thread's part in blocks, and what all compute together where kernels are large and pictures small; pictures
     * joined side by side, and unfolded.
     */
    @ParameterizedTest
    @ValueSource(strings = {"direct", "fold", "product", "winograd"})
    void neitherDoTheConvolutionsOfTheHostsThreads(String way) throws Throwable {
        GraphBuilder g = new GraphBuilder();
        Window same = Window.square(3).padding(1, 1, 1, 1);
        List<Value> parameters = List.of(
                g.parameter("w1", Shape.of(8, 3, 3, 3)),
                g.parameter("b1", Shape.of(8)),
                g.parameter("w2", Shape.of(48, 8, 3, 3)),
                g.parameter("w3", Shape.of(48, 48, 3, 3)),
                g.parameter("b3", Shape.of(48)));
        Value y = g.convolution(g.input("x", Shape.of(2, 3, 16, 16)), parameters.get(0), parameters.get(1), same, 1);
        y = g.pooling(
                Pooling.Kind.MAX,
                g.eltwise(Eltwise.Kind.RELU, y),
                Window.square(2).stride(2));
        y = g.eltwise(Eltwise.Kind.RELU, g.convolution(y, parameters.get(2), null, same, 1));
        y = g.pooling(Pooling.Kind.MAX, y, Window.square(2).stride(2));
        y = g.convolution(y, parameters.get(3), parameters.get(4), same, 1);
        Value loss = g.reduce(Reduction.Kind.MEAN, g.eltwise(Eltwise.Kind.SQUARE, y));
        List<Value> gradients = Gradients.of(g, loss, parameters);
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            g.update(new SGD(1e-6), parameters.get(i), gradients.get(i));
            shapes.put(parameters.get(i).name(), parameters.get(i).shape());
        }
        System.setProperty("thalweg.convolution", way);
        try (Backend backend = Backends.open(BackendChoice.ONEDNN, Threads.of(2));
                Parameters parameterValues = backend.newParameters(shapes);
                Executable executable = backend.compile(g.build("filtered", List.of(loss)), parameterValues)) {
            assertAllocatesNothing(executable, 5_000);
        } finally {
            System.clearProperty("thalweg.convolution");
        }
    }

    private static void assertAllocatesNothing(Executable executable, int warmUps) throws Throwable {
        // Long enough for the compiler: interpreted method handles allocate, compiled ones do not.
        for (int i = 0; i < warmUps; i++) {
            executable.run(0.001f, i);
        }
        long offHeap = MemoryOwner.allocations();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] team = team();
        // What is compiled anew is interpreted meanwhile; runs that allocate would do so every time. Reading the
        // counters allocates an array, which 500 runs would far exceed at a single object each.
        long allocated = Long.MAX_VALUE;
        for (int window = 0; window < 20 && allocated >= 500; window++) {
            long[] before = threads.getThreadAllocatedBytes(team);
            for (int i = 0; i < 500; i++) {
                executable.run(0.001f, i);
            }
            allocated = Math.min(allocated, increase(before, threads.getThreadAllocatedBytes(team)));
        }
        assertTrue(allocated < 500, "500 runs allocated at least " + allocated + " bytes on the Java heap each time");
        assertEquals(offHeap, MemoryOwner.allocations(), "off-heap allocations");
        // The JVM's compiler threads use the C heap too, now and then; a leak of the runs would show every time.
        long least = Long.MAX_VALUE;
        for (int window = 0; window < 20 && least > 0; window++) {
            long start = NativeHeap.bytesInUse();
            for (int i = 0; i < 200; i++) {
                executable.run(0.001f, i);
            }
            least = Math.min(least, NativeHeap.bytesInUse() - start);
        }
        assertTrue(least <= 0, "200 runs left at least " + least + " bytes on the C heap each time");
    }

    /** This thread and those that compute with it: of oneDNN those of OpenMP, which are called as any others are. */
    private static long[] team() {
        Set<Long> team = ConcurrentHashMap.newKeySet();
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("thalweg-"))
                .forEach(thread -> team.add(thread.threadId()));
        team.add(Thread.currentThread().threadId());
        if (ParallelRegion.isPossible()) {
            try (ParallelRegion region =
                    new ParallelRegion(() -> team.add(Thread.currentThread().threadId()))) {
                region.run(2);
            }
        }
        return team.stream().mapToLong(Long::longValue).toArray();
    }

    /** Of the threads that live on: the count of one that has ended is -1. */
    private static long increase(long[] before, long[] after) {
        long increase = 0;
        for (int i = 0; i < before.length; i++) {
            increase += Math.max(0, after[i] - before[i]);
        }
        return increase;
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void closingGivesAllMemoryBack(String name) {
        long before = MemoryOwner.liveBytes();
        for (int i = 0; i < 3; i++) {
            train(name, 2);
        }
        assertEquals(before, MemoryOwner.liveBytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void closedAndForeignObjectsThrow(String name) {
        Step step = Step.of(2);
        Backend backend = Backends.open(BackendChoice.of(name), Threads.of(1));
        Parameters parameters = backend.newParameters(step.shapes());
        Executable executable = backend.compile(step.graph(), parameters);
        Value x = step.graph().inputs().getFirst();
        assertTrue(assertThrows(
                        IllegalArgumentException.class, () -> executable.write(x, MemorySegment.ofArray(new float[3])))
                .getMessage()
                .contains("got a segment of 12"));
        assertThrows(IllegalArgumentException.class, () -> executable.read(x, random(0, x.shape())));
        assertThrows(IllegalArgumentException.class, () -> parameters.write("nobody", random(0, x.shape())));
        assertThrows(IllegalArgumentException.class, () -> parameters.write("w1", MemorySegment.ofArray(new float[3])));
        assertThrows(
                IllegalArgumentException.class,
                () -> parameters.readSlot("w1", 1, random(0, step.shapes().get("w1"))));
        assertTrue(assertThrows(IllegalStateException.class, parameters::close)
                .getMessage()
                .contains("1 open executables"));
        executable.close();
        executable.close();
        assertTrue(assertThrows(IllegalStateException.class, executable::run)
                .getMessage()
                .contains("closed"));
        parameters.close();
        assertThrows(
                IllegalStateException.class,
                () -> parameters.read("w1", random(0, step.shapes().get("w1"))));
        try (Backend other = Backends.open(BackendChoice.of(name.equals("java") ? "onednn" : "java"), Threads.of(1));
                Parameters foreign = other.newParameters(step.shapes())) {
            assertThrows(IllegalArgumentException.class, () -> backend.compile(step.graph(), foreign));
        }
        backend.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "onednn"})
    void castsConvertRoundAndSaturate(String name) {
        GraphBuilder g = new GraphBuilder();
        Value bytes = g.input("bytes", Shape.of(2, 3), DataType.UINT8);
        Value floats = g.input("floats", Shape.of(2, 3));
        Value up = g.cast(bytes, DataType.FLOAT32);
        Value down = g.apply(new Cast(DataType.UINT8), floats);
        Value whole = g.cast(floats, DataType.INT32);
        Graph graph = g.build("casts", List.of(up, down, whole));
        try (Backend backend = Backends.open(BackendChoice.of(name), Threads.of(1));
                Parameters none = backend.newParameters(Map.of());
                Executable executable = backend.compile(graph, none);
                Tensor in = Tensor.of(Shape.of(2, 3), -7, 0.4f, 2.5f, 3.5f, 254.6f, 300)) {
            executable.write(bytes, MemorySegment.ofArray(new byte[] {0, 1, 2, 127, (byte) 128, (byte) 255}));
            executable.write(floats, in.segment());
            executable.run();
            float[] got = new float[6];
            executable.read(up, MemorySegment.ofArray(got));
            assertArrayEquals(new float[] {0, 1, 2, 127, 128, 255}, got);
            byte[] rounded = new byte[6];
            executable.read(down, MemorySegment.ofArray(rounded));
            assertArrayEquals(new byte[] {0, 0, 2, 4, (byte) 255, (byte) 255}, rounded);
            int[] integers = new int[6];
            executable.read(whole, MemorySegment.ofArray(integers));
            assertArrayEquals(new int[] {-7, 0, 2, 4, 255, 300}, integers);
        }
    }

    @Test
    void javaCastsToShortFloatsRoundToEven() {
        GraphBuilder g = new GraphBuilder();
        Value floats = g.input("floats", Shape.of(4));
        Value brain = g.cast(floats, DataType.BFLOAT16);
        Value half = g.cast(floats, DataType.FLOAT16);
        Graph graph = g.build("short floats", List.of(brain, half));
        try (Backend backend = Backends.open(BackendChoice.JAVA, Threads.of(1));
                Parameters none = backend.newParameters(Map.of());
                Executable executable = backend.compile(graph, none)) {
            // 1 + 2^-8 lies halfway between two bfloat16 values and goes to the even one, 1; 1 + 3·2^-8 goes up to 1 +
            // 2^-6.
            executable.write(floats, MemorySegment.ofArray(new float[] {1, 1 + 1 / 256f, 1 + 3 / 256f, Float.NaN}));
            executable.run();
            short[] got = new short[4];
            executable.read(brain, MemorySegment.ofArray(got));
            assertEquals(List.of(1f, 1f, 1 + 1 / 64f, Float.NaN), floats(got));
            executable.read(half, MemorySegment.ofArray(got));
            assertEquals(0x3c00, got[0]);
            assertEquals(0x3c04, got[1]);
        }
    }

    private static List<Float> floats(short[] brain) {
        List<Float> values = new ArrayList<>();
        for (short bits : brain) {
            values.add(Float.intBitsToFloat(bits << 16));
        }
        return values;
    }

    @Test
    void memoryIsSharedByLifetime() {
        Step step = Step.of(32);
        Map<String, Long> bytes = new HashMap<>();
        for (String name : Backends.names()) {
            try (Backend backend = Backends.open(BackendChoice.of(name), Threads.of(1));
                    Parameters parameters = backend.newParameters(step.shapes());
                    Executable executable = backend.compile(step.graph(), parameters)) {
                bytes.put(name, executable.memory().total());
            }
        }
        long all = step.graph().nodes().stream()
                .flatMap(n -> n.outputs().stream())
                .mapToLong(v -> v.shape().elements() * Float.BYTES)
                .sum();
        assertTrue(bytes.get("java") < all, bytes + " of " + all);
    }
}
