package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.Batch;
import dev.thalweg.inference.Inference;
import dev.thalweg.loss.SparseCategoricalCrossentropy;
import dev.thalweg.model.MultiHeadAttention;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * torchvision's classifiers with random weights, exported by {@code torch.onnx.export}: what they answer here, and how
 * their weights are to change, is what PyTorch says. Debian's {@code python3-torchvision} does that. The small half of
 * them is tested always, all are by the profile {@code zoo}, which takes minutes.
 */
class OnnxTorchvisionTest {
    private static final int PICTURES = 3;
    private static final int CLASSES = 5;
    private static final List<String> SMALL = List.of(
            "alexnet",
            "resnet18",
            "squeezenet1_1",
            "mobilenet_v2",
            "mobilenet_v3_small",
            "shufflenet_v2_x0_5",
            "mnasnet0_5",
            "regnet_y_400mf",
            "efficientnet_b0",
            "vit",
            "parts");
    private static final List<String> LARGE = List.of(
            "mobilenet_v3_large",
            "shufflenet_v2_x1_0",
            "mnasnet1_0",
            "vit_b_16",
            "vgg16_bn",
            "resnet50",
            "resnext50",
            "wide_resnet50",
            "densenet121",
            "googlenet",
            "inception_v3",
            "convnext_tiny",
            "swin_t");
    /** How many layers attend, in whatever operator set; where tokens come first to the end, operators do. */
    private static final Map<String, Integer> ATTENTIONS =
            Map.of("encoder", 2, "encoder_norm_first", 2, "vit", 2, "with_token", 1);
    /** Of the largest logit. */
    private static final double TOLERANCE = 1e-3;
    /**
     * Of the length of a parameter's gradient; where that is nothing but rounding, as of biases before a normalization,
     * of a thousandth of the longest.
     */
    private static final double GRADIENT_TOLERANCE = 1e-3;

    @TempDir
    private Path directory;

    @BeforeAll
    static void findPython(@TempDir Path elsewhere) throws Exception {
        assumeTrue(new Python(elsewhere).has("torchvision"), "Debian's python3-torchvision is not installed");
    }

    static List<String> networks() {
        String chosen = System.getProperty("thalweg.test.networks", "small");
        return switch (chosen) {
            case "small" -> SMALL;
            case "all" -> Stream.concat(SMALL.stream(), LARGE.stream()).toList();
            default -> List.of(chosen.split(","));
        };
    }

    /** One after the other: files of one of them take gigabytes. */
    @ParameterizedTest
    @MethodSource("networks")
    void answersAndGradientsAreThoseOfPyTorch(String name) throws Exception {
        new Python(directory).run(OnnxTorchvisionTest.class, "onnx_networks.py", directory.toString(), name);
        answersAreThoseOfPyTorch(name);
        gradientsAreThoseOfPyTorch(name);
        if (name.equals("parts")) {
            layersAreThoseOfPyTorch();
        }
    }

    /** What {@code torch.onnx.export} writes where nothing is said of the batch: it is the example's. */
    @Test
    void filesOfAFixedBatchTakeAnother() throws Exception {
        new Python(directory).run(OnnxTorchvisionTest.class, "onnx_networks.py", directory.toString(), "fixed");
        List<String> names;
        try (Stream<Path> files = Files.list(directory)) {
            names = files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".onnx"))
                    .map(file -> file.substring(0, file.indexOf(".onnx")))
                    .sorted()
                    .toList();
        }
        assertEquals(30, names.size(), names.toString());
        assertAll(names.stream().map(name -> () -> {
            answersAreThoseOfPyTorch(name);
            try (Model model = Onnx.read(directory.resolve(name + ".onnx"))) {
                long attentions = model.network().layers().stream()
                        .filter(layer -> layer.layer() instanceof MultiHeadAttention)
                        .count();
                assertEquals(ATTENTIONS.getOrDefault(name.substring(0, name.indexOf('-')), 0), (int) attentions, name);
            }
        }));
    }

    private void answersAreThoseOfPyTorch(String name) throws IOException {
        float[] expected = floats(name + ".logits");
        float[] pictures = floats(name + ".pictures");
        try (Model model = Onnx.read(directory.resolve(name + ".onnx"));
                Inference inference = model.inference(Inference.Mode.THROUGHPUT, PICTURES);
                Arena arena = Arena.ofConfined()) {
            MemorySegment logits = arena.allocate(PICTURES * CLASSES * 4L, 64);
            inference.run(arena.allocateFrom(ValueLayout.JAVA_FLOAT, pictures), logits);
            assertClose(name, expected, logits.toArray(ValueLayout.JAVA_FLOAT), TOLERANCE * largest(expected));
            model.compile(new SGD(1e-4), new SparseCategoricalCrossentropy(true));
            Batch batch = Batch.of(PICTURES, pictures, targets());
            float before = model.trainOnBatch(batch);
            float after = model.trainOnBatch(batch);
            assertTrue(after < before, name + ": the loss went from " + before + " to " + after);
        }
    }

    /** By their names in PyTorch, and as the layers that they are. */
    private void layersAreThoseOfPyTorch() throws IOException {
        try (Model model = Onnx.read(directory.resolve("parts.onnx"))) {
            Map<String, String> kinds = new TreeMap<>();
            model.network()
                    .layers()
                    .forEach(layer -> kinds.put(layer.name(), layer.layer().kind()));
            kinds.values().removeAll(List.of("reshape", "transpose", "onnx"));
            assertEquals(
                    Map.of(
                            "0", "conv2d",
                            "1", "groupnormalization",
                            "3", "multiheadattention",
                            "4_cell", "gru",
                            "5", "dense",
                            "6_cell", "lstm",
                            "6_gather", "selecttoken",
                            "7", "dense"),
                    kinds);
        }
    }

    private static float[] targets() {
        float[] targets = new float[PICTURES * CLASSES];
        for (int i = 0; i < PICTURES; i++) {
            targets[i * CLASSES + i % CLASSES] = 1;
        }
        return targets;
    }

    /**
     * For one of the batches: rounding that carries one number over the kink of a ReLU, which each implementation
     * does for batches of its own, moves the gradients before it by more than the tolerance. A wrong gradient is wrong
     * for all of them.
     */
    private void gradientsAreThoseOfPyTorch(String name) throws IOException {
        List<Double> worst = new ArrayList<>();
        for (int draw = 0; Files.exists(directory.resolve(name + "." + draw + ".gradients")); draw++) {
            double rounding = floats(name + "." + draw + ".rounding")[0];
            worst.add(gradientError(name, name + "." + draw) / Math.max(GRADIENT_TOLERANCE, 4 * rounding));
            if (worst.getLast() <= 1) {
                return;
            }
        }
        throw new AssertionError(name + ": gradients differ by so many times the tolerance: " + worst);
    }

    /** The greatest difference of a parameter's gradient, by length. */
    private double gradientError(String name, String draw) throws IOException {
        Map<FloatBuffer, FloatBuffer> expected = gradients(draw);
        double overall = expected.values().stream()
                .mapToDouble(gradient -> length(gradient))
                .max()
                .orElseThrow();
        try (Model model = Onnx.read(directory.resolve(name + ".train.onnx"))) {
            model.backend(BackendChoice.ONEDNN, Threads.auto())
                    .compile(new SGD(1e-3), new SparseCategoricalCrossentropy(true));
            Map<String, float[]> weights = model.weights();
            Map<String, float[]> gradients = model.gradients(Batch.of(PICTURES, floats(draw + ".pictures"), targets()));
            assertEquals(expected.size(), gradients.size(), name + ": parameters");
            double worst = 0;
            for (Map.Entry<String, float[]> gradient : gradients.entrySet()) {
                FloatBuffer theirs = expected.get(FloatBuffer.wrap(weights.get(gradient.getKey())));
                assertTrue(
                        theirs != null, name + ": " + gradient.getKey() + " has values of no parameter of PyTorch's");
                assertEquals(theirs.remaining(), gradient.getValue().length, gradient.getKey());
                double scale = Math.max(length(theirs), 1e-3 * overall);
                worst = Math.max(worst, length(theirs, gradient.getValue()) / scale);
            }
            return worst;
        }
    }

    /** By the values of the parameter, which are all drawn at random. Mapped, as they may be larger than the heap. */
    private Map<FloatBuffer, FloatBuffer> gradients(String name) throws IOException {
        try (FileChannel channel = FileChannel.open(directory.resolve(name + ".gradients"))) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size())
                    .order(ByteOrder.LITTLE_ENDIAN);
            Map<FloatBuffer, FloatBuffer> gradients = new HashMap<>();
            while (bytes.hasRemaining()) {
                int length = bytes.getInt();
                FloatBuffer numbers = bytes.asFloatBuffer();
                gradients.put(numbers.slice(0, length), numbers.slice(length, length));
                bytes.position(bytes.position() + 2 * Float.BYTES * length);
            }
            return gradients;
        }
    }

    private static void assertClose(String what, float[] expected, float[] got, double tolerance) {
        assertEquals(expected.length, got.length, what);
        for (int i = 0; i < got.length; i++) {
            assertEquals(expected[i], got[i], tolerance, what + " at " + i);
        }
    }

    /** Of what is left of some numbers where others are taken from them, if there are any. */
    private static double length(FloatBuffer values, float... taken) {
        double squares = 0;
        for (int i = 0; i < values.remaining(); i++) {
            double value = values.get(i) - (taken.length == 0 ? 0 : taken[i]);
            squares += value * value;
        }
        return Math.sqrt(squares);
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private float[] floats(String file) throws IOException {
        return new Python(directory).floats(file);
    }
}
