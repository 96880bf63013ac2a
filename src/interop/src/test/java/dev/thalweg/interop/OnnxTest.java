package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.data.Batch;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.PixelWriter;
import dev.thalweg.data.Resize;
import dev.thalweg.inference.Inference;
import dev.thalweg.io.BadFileException;
import dev.thalweg.loss.SparseCategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.PlacedLayer;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that the test writes itself: what becomes of them, and what is refused. */
class OnnxTest {
    private static final int CHANNELS = 4;
    private static final int CLASSES = 3;

    @TempDir
    private Path directory;

    private static float[] draw(int count) {
        Random random = new Random(7);
        float[] values = new float[count];
        IntStream.range(0, count).forEach(i -> values[i] = (float) random.nextGaussian() / 3);
        return values;
    }

    /** Convolution, ReLU, an operator that is no layer, and a classifier behind a fixed reshaping. */
    private static OnnxFile pictures(long batch, long... target) {
        return new OnnxFile(13)
                .input("x", batch, 2, 6, 6)
                .floats("w", List.of((long) CHANNELS, 2L, 3L, 3L), draw(CHANNELS * 18))
                .floats("b", List.of((long) CHANNELS), draw(CHANNELS))
                .wholes("shape", target)
                .floats("v", List.of(CHANNELS * 16L, (long) CLASSES), draw(CHANNELS * 16 * CLASSES))
                .floats("c", List.of((long) CLASSES), draw(CLASSES))
                .node("Conv", List.of("x", "w", "b"), "convolved")
                .node("Relu", List.of("convolved"), "raised")
                .node("Transpose", List.of("raised"), "turned", Map.of("perm", List.of(0, 2, 3, 1)))
                .node("Reshape", List.of("turned", "shape"), "flat")
                .node("Gemm", List.of("flat", "v", "c"), "logits")
                .output("logits");
    }

    private static List<String> kinds(Model model) {
        return model.network().layers().stream().map(PlacedLayer::name).toList();
    }

    private static float[] answers(Model model, int count, float[] pictures) {
        try (Inference inference = model.inference(Inference.Mode.THROUGHPUT, count);
                Arena arena = Arena.ofConfined()) {
            int outputs = model.network().output().arrayLength();
            MemorySegment out = arena.allocate(4L * count * outputs, 64);
            inference.run(arena.allocateFrom(ValueLayout.JAVA_FLOAT, pictures), out);
            return out.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static float[] targets(int count) {
        float[] targets = new float[count * CLASSES];
        IntStream.range(0, count).forEach(i -> targets[i * CLASSES + i % CLASSES] = 1);
        return targets;
    }

    @ParameterizedTest
    @CsvSource({"-1, -1", "-1, 0", "1, 1", "1, -1", "5, 5", "2, 2", "2, -1"})
    void takesAnyBatchWhateverTheFileFixes(long batch, long first) throws IOException {
        long second = first == -1 ? CHANNELS * 16 : -1;
        Path file = pictures(batch, first, second).write(directory.resolve("a.onnx"));
        float[] pictures = draw(4 * 72);
        try (Model model = Onnx.read(file)) {
            assertEquals(List.of("conv2d", "activation", "transpose", "flatten", "dense"), kinds(model));
            float[] together = answers(model, 4, pictures);
            for (int i = 0; i < 4; i++) {
                float[] alone = answers(model, 1, Arrays.copyOfRange(pictures, i * 72, (i + 1) * 72));
                assertArrayEquals(Arrays.copyOfRange(together, i * CLASSES, (i + 1) * CLASSES), alone, 1e-5f);
            }
            model.compile(new SGD(1e-2), new SparseCategoricalCrossentropy(true));
            Batch all = Batch.of(4, pictures, targets(4));
            float before = model.trainOnBatch(all);
            model.trainOnBatch(Batch.of(1, Arrays.copyOf(pictures, 72), targets(1)));
            assertTrue(model.trainOnBatch(all) < before);
        }
    }

    /** Rows of all examples together, in a file of batch 2, or of batch 1 with a class token before the others. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void takesAnyBatchThroughWhatMixesExamplesWithRows(long batch) throws IOException {
        OnnxFile written = new OnnxFile(13)
                .floats("t", List.of(1L, 1L, 4L), draw(4))
                .floats("w", List.of(4L, 4L), draw(16))
                .wholes("halves", 2 * batch, 3, 4)
                .wholes("rows", batch, 24);
        boolean token = batch == 1;
        if (token) {
            written.input("x", batch, 5, 4).node("Concat", List.of("t", "x"), "tokens", Map.of("axis", 1));
        } else {
            written.input("tokens", batch, 6, 4);
        }
        Path file = written.node("Reshape", List.of("tokens", "halves"), "parts")
                .node("MatMul", List.of("parts", "w"), "mixed")
                .node("Reshape", List.of("mixed", "rows"), "y")
                .output("y")
                .write(directory.resolve("a.onnx"));
        float[] given = draw(3 * (token ? 20 : 24));
        try (Model model = Onnx.read(file)) {
            float[] got = answers(model, 3, given);
            for (int row = 0; row < 18; row++) {
                int place = token ? row / 6 * 5 + row % 6 - 1 : row;
                float[] from = token && row % 6 == 0 ? draw(4) : Arrays.copyOfRange(given, place * 4, place * 4 + 4);
                for (int column = 0; column < 4; column++) {
                    float sum = 0;
                    for (int i = 0; i < 4; i++) {
                        sum += from[i] * draw(16)[i * 4 + column];
                    }
                    assertEquals(sum, got[row * 4 + column], 1e-5f, row + " " + column);
                }
            }
        }
    }

    /** As PyTorch calls them, whose users freeze by these names. */
    @Test
    void layersAreNamedByTheModulesThatTheFileTellsOf() throws IOException {
        Path file = new OnnxFile(13)
                .input("x", -1, 2, 6, 6)
                .floats("layer1.0.conv1.weight", List.of(3L, 2L, 3L, 3L), draw(54))
                .floats("layer1.0.conv1.bias", List.of(3L), draw(3))
                .floats("fc.weight", List.of(2L, 48L), draw(96))
                .floats("fc.bias", List.of(2L), draw(2))
                .node("Conv", List.of("x", "layer1.0.conv1.weight", "layer1.0.conv1.bias"), "convolved")
                .node("Flatten", List.of("convolved"), "flat")
                .node("Gemm", List.of("flat", "fc.weight", "fc.bias"), "y", Map.of("transB", 1))
                .output("y")
                .write(directory.resolve("a.onnx"));
        try (Model model = Onnx.read(file)) {
            assertEquals(List.of("layer1_0_conv1", "flatten", "fc"), kinds(model));
            model.freeze("layer1.*").compile(new SGD(1e-2), new SparseCategoricalCrossentropy(true));
            Onnx.write(model, file);
        }
        try (Model again = Onnx.read(file)) {
            assertEquals(List.of("layer1_0_conv1", "flatten", "fc"), kinds(again));
        }
    }

    @Test
    void savesAndLoadsWhatWasRead() throws IOException {
        Path file = pictures(1, 1, CHANNELS * 16).write(directory.resolve("a.onnx"));
        Path saved = directory.resolve("a.safetensors");
        float[] pictures = draw(2 * 72);
        try (Model model = Onnx.read(file)) {
            model.save(saved);
            try (Model again = Model.load(saved)) {
                assertEquals(model.network(), again.network());
                assertArrayEquals(answers(model, 2, pictures), answers(again, 2, pictures));
            }
        }
    }

    @Test
    void freezesReplacesTheHeadAndShowsWhereItLooks() throws IOException {
        Path file = pictures(-1, -1, CHANNELS * 16).write(directory.resolve("a.onnx"));
        try (Model read = Onnx.read(file);
                Model mine = read.replaceHead(1, new Dense(2, Activation.SOFTMAX))) {
            assertEquals("head1", mine.network().layers().getLast().name());
            mine.freeze("conv2d.*").compile(new SGD(1e-2), new SparseCategoricalCrossentropy());
            byte[][] bytes = new byte[4][72];
            Random random = new Random(3);
            Arrays.stream(bytes).forEach(random::nextBytes);
            ImageDataset data = ImageDataset.of(
                    "test", Shape.of(2, 6, 6), List.of("a", "b"), new int[] {0, 1, 0, 1}, PixelWriter.ofBytes(bytes));
            float[] before = mine.weights().get("conv2d.kernel");
            mine.trainOnBatch(data);
            assertArrayEquals(before, mine.weights().get("conv2d.kernel"));
            List<float[][]> seen = mine.classActivations(data, new int[] {0, 1, 0, 1});
            assertEquals(4, seen.size());
            assertEquals(4, seen.getFirst().length);
        }
    }

    @Test
    void takesPicturesWithChannelsLastAsIfFirst() throws IOException {
        OnnxFile first = new OnnxFile(13).input("x", -1, 2, 6, 6);
        OnnxFile last = new OnnxFile(13)
                .input("y", -1, 6, 6, 2)
                .node("Transpose", List.of("y"), "x", Map.of("perm", List.of(0, 3, 1, 2)));
        float[][] got = new float[2][];
        for (int i = 0; i < 2; i++) {
            Path file = (i == 0 ? first : last)
                    .floats("w", List.of(1L, 2L, 6L, 6L), draw(72))
                    .node("Conv", List.of("x", "w"), "convolved")
                    .node("Flatten", List.of("convolved"), "z")
                    .output("z")
                    .write(directory.resolve(i + ".onnx"));
            try (Model model = Onnx.read(file)) {
                assertEquals(Shape.of(2, 6, 6), model.network().input());
                got[i] = answers(model, 2, draw(144));
            }
        }
        assertArrayEquals(got[0], got[1]);
    }

    @Test
    void takesWhatTheFileSaysOfPicturesAndClasses() throws IOException {
        Path file = pictures(-1, -1, CHANNELS * 16)
                .metadata("class_names", "[\"cat\", \"dog\", \"newt\"]")
                .metadata("picture", "{\"channels\": 2, \"height\": 6, \"width\": 6, \"resize\": \"pad\"}")
                .metadata(
                        "normalization",
                        "{\"scale\": 0.00392156862745098, \"mean\": [0.5, 0.25], \"std\": [0.2, 0.3],"
                                + " \"inside\": false}")
                .write(directory.resolve("a.onnx"));
        Path saved = directory.resolve("a.safetensors");
        try (Model model = Onnx.read(file)) {
            assertEquals(List.of("cat", "dog", "newt"), model.targets().names());
            assertEquals(Resize.PAD, model.provenance().resize());
            model.save(saved);
        }
        String text = Files.readString(saved, StandardCharsets.ISO_8859_1);
        assertTrue(text.contains("\\\"mean\\\":[0.5,0.25],\\\"std\\\":[0.2,0.3]"), "normalization in " + text.length());
    }

    @Test
    void leavesOutMetadataOfOthers() throws IOException {
        Path file = pictures(-1, -1, CHANNELS * 16)
                .metadata("class_names", "cat, dog")
                .metadata("normalization", "[1]")
                .write(directory.resolve("a.onnx"));
        try (Model model = Onnx.read(file)) {
            assertEquals(List.of(), model.targets().names());
        }
    }

    @Test
    void sharesWeightsThatTwoNodesTake() throws IOException {
        Path file = new OnnxFile(13)
                .input("x", -1, 4)
                .floats("w", List.of(4L, 4L), draw(16))
                .node("MatMul", List.of("x", "w"), "once")
                .node("MatMul", List.of("once", "w"), "twice")
                .output("twice")
                .write(directory.resolve("a.onnx"));
        try (Model model = Onnx.read(file)) {
            assertEquals(1, model.network().parameters().size());
        }
    }

    @Test
    void keepsEqualWeightsApartThatAnExporterWroteOnce() throws IOException {
        Path file = new OnnxFile(13)
                .input("x", -1, 4)
                .floats("w", List.of(4L, 4L), draw(16))
                .node("Identity", List.of("w"), "v")
                .node("MatMul", List.of("x", "w"), "once")
                .node("MatMul", List.of("once", "v"), "twice")
                .output("twice")
                .write(directory.resolve("a.onnx"));
        try (Model model = Onnx.read(file)) {
            assertEquals(2, model.network().parameters().size());
        }
    }

    @Test
    void asksForExtentsThatTheFileLeavesOpen() throws IOException {
        Path file = new OnnxFile(13)
                .input("x", -1, 2, -1, -1)
                .node("GlobalAveragePool", List.of("x"), "y")
                .node("Flatten", List.of("y"), "z")
                .output("z")
                .write(directory.resolve("a.onnx"));
        BadFileException refusal = assertThrows(BadFileException.class, () -> Onnx.read(file));
        assertTrue(refusal.getMessage().contains("Onnx.read(file, shape)"), refusal.getMessage());
        try (Model model = Onnx.read(file, Shape.of(2, 5, 7))) {
            assertEquals(Shape.of(2, 5, 7), model.network().input());
        }
    }

    @Test
    void namesTheOperatorThatIsNotSupported() throws IOException {
        Path file = new OnnxFile(13)
                .input("x", -1, 4)
                .node("FancyThing", List.of("x"), "y")
                .output("y")
                .write(directory.resolve("a.onnx"));
        String message =
                assertThrows(BadFileException.class, () -> Onnx.read(file)).getMessage();
        for (String part : List.of("FancyThing", "node y", "opset 13", "a.onnx")) {
            assertTrue(message.contains(part), message);
        }
    }

    /** Wherever it stands: in a layer's weight, its statistics, a recurrence, an operator's weight or its setting. */
    @ParameterizedTest
    @ValueSource(strings = {"Gemm", "BatchNormalization", "Conv", "Where", "Add", "Elu"})
    void refusesNumbersThatAreNone(String operator) throws IOException {
        float[] broken = draw(16);
        broken[9] = Float.NaN;
        OnnxFile file = new OnnxFile(13).input("x", -1, 4, 4, 4).floats("w", List.of(4L, 4L), broken);
        float[] ones = {1, 1, 1, 1};
        OnnxFile made = switch (operator) {
            case "Gemm" -> file.node("MatMul", List.of("x", "w"), "y");
            case "Conv" -> file.floats("v", List.of(4L, 4L, 1L, 1L), broken).node("Conv", List.of("x", "v"), "y");
            case "BatchNormalization" ->
                file.floats("v", List.of(4L), 1, 1, Float.NaN, 1)
                        .floats("o", List.of(4L), ones)
                        .node("BatchNormalization", List.of("x", "o", "o", "o", "v"), "y");
            case "Where" -> file.node("Greater", List.of("x", "w"), "c").node("Where", List.of("c", "x", "w"), "y");
            case "Add" -> file.floats("v", List.of(1L), Float.NaN).node("Add", List.of("x", "v"), "y");
            default -> file.node("Elu", List.of("x"), "y", Map.of("alpha", Float.NaN));
        };
        Path written = made.output("y").write(directory.resolve("a.onnx"));
        String message =
                assertThrows(BadFileException.class, () -> Onnx.read(written)).getMessage();
        String named = Map.of("Gemm", "tensor w", "Where", "tensor w", "Elu", "tensor alpha")
                .getOrDefault(operator, "tensor v");
        for (String part : List.of(named, "NaN", "a.onnx")) {
            assertTrue(message.contains(part), message);
        }
    }

    /** A mask hides by minus infinity what the least number hides as well. */
    @Test
    void takesInfinityForTheGreatestNumber() throws IOException {
        Path file = new OnnxFile(13)
                .input("x", -1, 2, 4)
                .floats("m", List.of(1L, 4L), 0, Float.NEGATIVE_INFINITY, 0, Float.NEGATIVE_INFINITY)
                .node("Add", List.of("x", "m"), "masked")
                .node("Softmax", List.of("masked"), "y", Map.of("axis", -1))
                .output("y")
                .write(directory.resolve("a.onnx"));
        try (Model model = Onnx.read(file)) {
            float[] got = answers(model, 1, draw(8));
            for (int i = 0; i < got.length; i++) {
                assertTrue(i % 2 == 1 ? got[i] == 0 : got[i] > 0, i + ": " + got[i]);
            }
        }
    }

    /** Where whole numbers flow in, nothing between 0 and 1 can: pictures come as their bytes. */
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 255", "6, 255", "7, 255"})
    void takesPicturesAsBytesWhereTheirTypeSaysSo(int type, float white) throws IOException {
        Path file = new OnnxFile(13)
                .inputOf(type, "x", -1, 2, 1, 1)
                .node("Cast", List.of("x"), "real", Map.of("to", 1))
                .node("Flatten", List.of("real"), "y")
                .output("y")
                .write(directory.resolve("a.onnx"));
        ImageDataset data = ImageDataset.of(
                "test", Shape.of(2, 1, 1), List.of("a", "b"), new int[] {0}, PixelWriter.ofBytes(new byte[][] {{-1, 0}
                }));
        try (Model model = Onnx.read(file)) {
            assertEquals(white, model.predict(data).outputs().getFirst()[0], 1e-4f);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 25, 30})
    void refusesOperatorSetsThatItDoesNotKnow(int opset) throws IOException {
        Path file = new OnnxFile(opset)
                .input("x", -1, 4)
                .node("Relu", List.of("x"), "y")
                .output("y")
                .write(directory.resolve("a.onnx"));
        String message =
                assertThrows(BadFileException.class, () -> Onnx.read(file)).getMessage();
        assertTrue(message.contains("operator set " + opset) && message.contains("7 to 24"), message);
    }

    private static OnnxFile broken(String how) {
        OnnxFile file = new OnnxFile(13).floats("w", List.of(4L, 4L), draw(16));
        return switch (how) {
            case "cycle" ->
                file.input("x", -1, 4)
                        .node("Add", List.of("x", "b"), "a")
                        .node("Relu", List.of("a"), "b")
                        .output("b");
            case "missing value" ->
                file.input("x", -1, 4).node("Relu", List.of("nowhere"), "y").output("y");
            case "missing output" ->
                file.input("x", -1, 4).node("Relu", List.of("x"), "y").output("z");
            case "name twice" ->
                file.input("x", -1, 4)
                        .node("Relu", List.of("x"), "y")
                        .node("Relu", List.of("y"), "y")
                        .output("y");
            case "name of an initializer" ->
                file.input("x", -1, 4).node("Relu", List.of("x"), "w").output("w");
            case "input of rank 0" ->
                file.input("x").node("Relu", List.of("x"), "y").output("y");
            case "input of rank 1" ->
                file.input("x", -1).node("Relu", List.of("x"), "y").output("y");
            case "no input" -> file.node("Relu", List.of("w"), "y").output("y");
            case "no output" -> file.input("x", -1, 4).node("Relu", List.of("x"), "y");
            case "output that is an input" -> file.input("x", -1, 4).output("x");
            case "output that is a constant" ->
                file.input("x", -1, 4)
                        .node("Relu", List.of("x"), "y")
                        .output("w")
                        .output("y");
            case "one output twice" ->
                file.input("x", -1, 4)
                        .node("Relu", List.of("x"), "y")
                        .output("y")
                        .output("y");
            case "extents that do not fit" ->
                file.input("x", -1, 5).node("MatMul", List.of("x", "w"), "y").output("y");
            case "convolution of rows" ->
                file.input("x", -1, 4).node("Conv", List.of("x", "w"), "y").output("y");
            case "no operand" ->
                file.input("x", -1, 4).node("MatMul", List.of("x"), "y").output("y");
            case "examples mixed" ->
                file.input("x", -1, 4).node("Transpose", List.of("x"), "y").output("y");
            case "giant" ->
                file.input("x", -1, 4)
                        .wholes("shape", 1L << 40, 1L << 40)
                        .node("Expand", List.of("x", "shape"), "y")
                        .output("y");
            case "giant input" ->
                file.input("x", -1, 1L << 40).node("Relu", List.of("x"), "y").output("y");
            default -> throw new IllegalArgumentException(how);
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cycle",
                "missing value",
                "missing output",
                "name twice",
                "name of an initializer",
                "input of rank 0",
                "input of rank 1",
                "no input",
                "no output",
                "output that is an input",
                "output that is a constant",
                "one output twice",
                "extents that do not fit",
                "convolution of rows",
                "no operand",
                "examples mixed",
                "giant",
                "giant input"
            })
    void refusesGraphsThatMakeNoNetwork(String how) throws IOException {
        Path file = broken(how).write(directory.resolve("a.onnx"));
        assertThrows(BadFileException.class, () -> Onnx.read(file).close());
    }

    @Test
    void refusesFilesThatAreCutOff() throws IOException {
        byte[] whole = pictures(-1, -1, CHANNELS * 16).bytes();
        for (int length = 0; length < whole.length - 8; length += 61) {
            Path file = Files.write(directory.resolve("a.onnx"), Arrays.copyOf(whole, length));
            assertThrows(BadFileException.class, () -> Onnx.read(file).close(), "of " + length + " bytes");
        }
    }
}
