package dev.thalweg.interop.onnx.writing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.thalweg.Model;
import dev.thalweg.inference.Inference;
import dev.thalweg.interop.Python;
import dev.thalweg.model.Layer;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.model.Port;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.FloatBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What is written computes in ONNX Runtime what it computes here, and ONNX's own checker accepts it. */
public class OnnxWriterTest {
    /** Of the largest output: sums in another order, layer after layer. */
    private static final double TOLERANCE = 1e-4;

    private static final Integer[] BATCHES = {1, 3};

    @TempDir
    private static Path directory;

    private static final Map<String, Network> CASES = WrittenCases.all();
    private static OrtEnvironment runtime;

    @BeforeAll
    static void write() throws IOException {
        runtime = OrtEnvironment.getEnvironment();
        for (var each : CASES.entrySet()) {
            try (Model model = model(each.getValue())) {
                OnnxWriter.write(model, file(each.getKey()), false);
            }
        }
    }

    private static Path file(String name) {
        return directory.resolve(name + ".onnx");
    }

    /** Biases, scales and moving averages are not those at the start: none could be left out. */
    private static Model model(Network network) {
        SplittableRandom random = new SplittableRandom(1);
        Map<String, float[]> weights = network.initialWeights(7);
        for (ParameterSpec spec : network.parameters()) {
            float[] drawn = weights.get(spec.name());
            for (int i = 0; spec.shape().rank() == 1 && i < drawn.length; i++) {
                drawn[i] += (float) random.nextDouble(0.05, 0.3);
            }
        }
        return Model.of(network).weights(weights);
    }

    @TestFactory
    Stream<DynamicTest> onnxRuntimeComputesTheSame() {
        return CASES.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey() + ": " + described(each.getValue()), () -> {
                    try (Model model = model(each.getValue())) {
                        compare(model, file(each.getKey()));
                    }
                }));
    }

    private static String described(Network network) {
        String text = network.toString();
        return text.substring(0, Math.min(150, text.length()));
    }

    private static void compare(Model model, Path file) throws OrtException {
        Network network = model.network();
        SplittableRandom random = new SplittableRandom(2);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                Inference inference = model.inference(Inference.Mode.THROUGHPUT, BATCHES);
                Arena arena = Arena.ofConfined()) {
            options.setIntraOpNumThreads(1);
            try (OrtSession session = runtime.createSession(file.toString(), options)) {
                for (int batch : BATCHES) {
                    Map<String, MemorySegment> inputs = new HashMap<>();
                    for (Port port : network.inputs()) {
                        float[] numbers = new float[port.shape().batched(batch).arrayLength()];
                        for (int i = 0; i < numbers.length; i++) {
                            numbers[i] = (float) random.nextDouble(-2, 2);
                        }
                        inputs.put(port.name(), arena.allocateFrom(ValueLayout.JAVA_FLOAT, numbers));
                    }
                    Map<String, MemorySegment> outputs = new HashMap<>();
                    for (Port port : network.outputs()) {
                        outputs.put(
                                port.name(),
                                arena.allocate(port.shape().batched(batch).elements() * Float.BYTES, 64));
                    }
                    inference.run(inputs, outputs);
                    Map<String, float[]> theirs = run(session, network, inputs, batch);
                    assertEquals(outputs.keySet(), theirs.keySet());
                    outputs.forEach((name, ours) ->
                            assertClose(ours.toArray(ValueLayout.JAVA_FLOAT), theirs.get(name), name, batch));
                }
            }
        }
    }

    private static Map<String, float[]> run(
            OrtSession session, Network network, Map<String, MemorySegment> inputs, int batch) throws OrtException {
        Map<String, OnnxTensor> given = new HashMap<>();
        for (Port port : network.inputs()) {
            given.put(
                    port.name(),
                    OnnxTensor.createTensor(
                            runtime,
                            FloatBuffer.wrap(inputs.get(port.name()).toArray(ValueLayout.JAVA_FLOAT)),
                            longs(port.shape().batched(batch).toArray())));
        }
        Map<String, float[]> outputs = new HashMap<>();
        try (OrtSession.Result result = session.run(given)) {
            for (Port port : network.outputs()) {
                OnnxTensor tensor = (OnnxTensor) result.get(port.name()).orElseThrow();
                assertArrayEquals(
                        longs(port.shape().batched(batch).toArray()),
                        tensor.getInfo().getShape());
                FloatBuffer buffer = tensor.getFloatBuffer();
                float[] values = new float[buffer.remaining()];
                buffer.get(values);
                outputs.put(port.name(), values);
            }
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
        return outputs;
    }

    private static long[] longs(int[] extents) {
        return Arrays.stream(extents).asLongStream().toArray();
    }

    private static void assertClose(float[] ours, float[] theirs, String output, int batch) {
        assertEquals(ours.length, theirs.length);
        double largest = 0;
        for (float value : theirs) {
            assertTrue(Float.isFinite(value), "ONNX Runtime's outputs are numbers");
            largest = Math.max(largest, Math.abs(value));
        }
        assertTrue(largest > 0, "there is something to compare");
        for (int i = 0; i < ours.length; i++) {
            assertEquals(theirs[i], ours[i], TOLERANCE * largest, output + " of batch " + batch + " at " + i);
        }
    }

    /** Debian's {@code python3-onnx}. */
    @Test
    void checkerAcceptsEach() throws Exception {
        Python python = new Python(directory);
        assumeTrue(python.has("onnx"), "Debian's python3-onnx is not installed");
        python.run(OnnxWriterTest.class, "check.py", directory.toString());
    }

    /** A layer that is added to the library is added to the cases. */
    @Test
    void everyLayerIsAmongTheCases() throws Exception {
        Set<Class<?>> written = CASES.values().stream()
                .flatMap(network -> network.calls().stream())
                .map(call -> call.layer().getClass())
                .collect(Collectors.toSet());
        Set<String> missing = new TreeSet<>();
        for (Class<?> layer : layersOfTheLibrary()) {
            if (!written.contains(layer)) {
                missing.add(layer.getSimpleName());
            }
        }
        assertEquals(Set.of(), missing);
    }

    private static List<Class<?>> layersOfTheLibrary() throws Exception {
        URI place =
                Layer.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        Path library = Path.of(place);
        if (Files.isDirectory(library)) {
            return layersIn(library);
        }
        try (FileSystem jar = FileSystems.newFileSystem(library)) {
            return layersIn(jar.getPath("/"));
        }
    }

    private static List<Class<?>> layersIn(Path root) throws Exception {
        String name = Layer.class.getPackageName();
        List<Class<?>> layers = new ArrayList<>();
        try (Stream<Path> files = Files.list(root.resolve(name.replace('.', '/')))) {
            for (Path file : files.toList()) {
                Class<?> type =
                        Class.forName(name + "." + file.getFileName().toString().replaceFirst("\\.class$", ""));
                if (Layer.class.isAssignableFrom(type) && type.isRecord()) {
                    layers.add(type);
                }
            }
        }
        assertFalse(layers.isEmpty());
        return layers;
    }

    @AfterAll
    static void end() {
        runtime.close();
    }
}
