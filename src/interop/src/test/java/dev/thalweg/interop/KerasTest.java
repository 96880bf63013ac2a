package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.inference.Inference;
import dev.thalweg.model.Port;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models in Keras' formats, put together from its documentation by {@code keras_models.py}, which computes in PyTorch
 * what they answer. No file of Keras itself has these layers here.
 */
class KerasTest {
    private static final int EXAMPLES = 2;
    private static final List<String> FORMATS = List.of(".2.h5", ".3.h5", ".keras");
    /** Sums of some hundred products in another order, through some thirty layers. */
    private static final double TOLERANCE = 2e-5;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void askPyTorch() throws Exception {
        Python python = new Python(directory);
        assumeTrue(python.has("torch", "h5py"), "Debian's python3-torch and python3-h5py are not installed");
        python.run(KerasTest.class, "keras_models.py", directory.toString());
    }

    private static float[] floats(String file) throws IOException {
        return new Python(directory).floats(file);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zoo", "first", "flattened", "row", "sequences", "decoder", "nested"})
    void answersAreThoseOfTheFormulas(String name) throws IOException {
        for (String format : FORMATS) {
            // What one backend computes, the other does.
            BackendChoice backend = format.equals(".3.h5") ? BackendChoice.JAVA : BackendChoice.ONEDNN;
            try (Model model = Keras.read(directory.resolve(name + format)).backend(backend, Threads.of(1))) {
                check(model, name, format + " by " + backend);
            }
        }
    }

    private static void check(Model model, String name, String what) throws IOException {
        List<Port> outputs = model.network().outputs();
        Map<String, float[]> got = answers(model, name);
        for (int i = 0; i < outputs.size(); i++) {
            float[] expected = floats(name + ".out" + i);
            double largest = IntStream.range(0, expected.length)
                    .mapToDouble(k -> Math.abs(expected[k]))
                    .max()
                    .orElseThrow();
            assertArrayEquals(
                    expected,
                    got.get(outputs.get(i).name()),
                    (float) (TOLERANCE * Math.max(1, largest)),
                    "output " + i + " of " + name + what);
        }
    }

    private static Map<String, float[]> answers(Model model, String name) throws IOException {
        try (Inference inference = model.inference(Inference.Mode.THROUGHPUT, EXAMPLES);
                Arena arena = Arena.ofConfined()) {
            Map<String, MemorySegment> inputs = new LinkedHashMap<>();
            for (Port input : model.network().inputs()) {
                inputs.put(
                        input.name(), arena.allocateFrom(ValueLayout.JAVA_FLOAT, floats(name + ".in" + inputs.size())));
            }
            Map<String, MemorySegment> outputs = new LinkedHashMap<>();
            for (Port output : model.network().outputs()) {
                outputs.put(
                        output.name(),
                        arena.allocate(
                                ValueLayout.JAVA_FLOAT,
                                EXAMPLES * output.shape().elements()));
            }
            inference.run(inputs, outputs);
            Map<String, float[]> answers = new LinkedHashMap<>();
            outputs.forEach((output, numbers) -> answers.put(output, numbers.toArray(ValueLayout.JAVA_FLOAT)));
            return answers;
        }
    }

    /** Rescaling and Normalization become the model's own, which bytes go through. */
    @Test
    void bytesAreNormalizedAsTheFileSays() throws IOException {
        float[] bytes = floats("pixels.in0");
        float[] expected = floats("pixels.out0");
        int length = bytes.length / EXAMPLES;
        List<byte[]> pictures = new ArrayList<>();
        for (int i = 0; i < EXAMPLES; i++) {
            byte[] picture = new byte[length];
            for (int k = 0; k < length; k++) {
                picture[k] = (byte) bytes[i * length + k];
            }
            pictures.add(picture);
        }
        for (String format : FORMATS) {
            try (Model model = Keras.read(directory.resolve("pixels" + format));
                    Inference inference = model.inference(Inference.Mode.THROUGHPUT, EXAMPLES)) {
                assertFalse(model.isNormalizationAssumed());
                List<float[]> outputs = inference.predict(pictures).outputs();
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], outputs.get(i / 4)[i % 4], 2e-5, format);
                }
            }
        }
    }
}
