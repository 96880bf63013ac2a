package dev.thalweg.interop.onnx.writing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Resize;
import dev.thalweg.data.Targets;
import dev.thalweg.graph.DropoutMask;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.Onnx;
import dev.thalweg.interop.OnnxOptions;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxGraph;
import dev.thalweg.interop.onnx.OnnxModel;
import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.interop.onnx.OnnxParser;
import dev.thalweg.interop.onnx.OnnxValue;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Conv2DTranspose;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.GroupNormalization;
import dev.thalweg.model.Layer;
import dev.thalweg.model.LayerNormalization;
import dev.thalweg.model.Network;
import dev.thalweg.model.Submodule;
import dev.thalweg.model.UpSampling2D;
import dev.thalweg.model.ZeroPadding2D;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.Fit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands in a written file beside what it computes. */
class WrittenFileTest {
    @TempDir
    private Path directory;

    private OnnxModel written(Network network) throws IOException {
        Path file = directory.resolve("model.onnx");
        try (Model model = Model.of(network)) {
            Onnx.write(model, file);
        }
        return OnnxParser.read(file);
    }

    /** The parser, which was written from the format's description too, reads what the encoder was given. */
    @Test
    void whatIsReadIsWhatWasWritten() throws IOException {
        for (Network network : WrittenCases.small().values()) {
            Map<String, float[]> weights = network.initialWeights(1);
            OnnxGraph graph = NetworkTranslation.of(network, weights, Map.of(), Optional.empty());
            OnnxModel model = new OnnxModel(Map.of("", 17L), graph, Map.of("key", "value ü"));
            Path file = directory.resolve("model.onnx");
            OnnxEncoder.write(model, file);
            assertEquals(model, OnnxParser.read(file), network::toString);
        }
    }

    @Test
    void sameModelGivesTheSameBytes() throws IOException {
        for (Network network : WrittenCases.small().values()) {
            Path first = directory.resolve("first.onnx");
            Path second = directory.resolve("second.onnx");
            try (Model model = Model.of(network)) {
                Onnx.write(model, first);
                Onnx.write(model, second);
            }
            assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
        }
    }

    @Test
    void nodesAndWeightsAreNamedByLayers() throws IOException {
        Submodule block =
                Submodule.of(x -> x.then(new Conv2D(4, 3, Activation.RELU)).then(new BatchNormalization()));
        OnnxGraph graph = written(Network.of(Flow.input(3, 8, 8)
                        .then("stage1", block)
                        .then(new Conv2D(2, 1))
                        .then(new GlobalAveragePooling2D())
                        .then("classifier", new Dense(5, Activation.SOFTMAX))))
                .graph();
        assertEquals(
                List.of(
                        "stage1/conv2d/Conv",
                        "stage1/conv2d/Relu",
                        "stage1/batchnormalization/BatchNormalization",
                        "conv2d/Conv",
                        "globalaveragepooling2d/GlobalAveragePool",
                        "globalaveragepooling2d/Flatten",
                        "classifier/Gemm",
                        "classifier/Softmax"),
                graph.nodes().stream().map(OnnxNode::name).toList());
        assertEquals(
                List.of("stage1/conv2d.kernel", "stage1/conv2d.bias"),
                graph.initializers().keySet().stream().limit(2).toList());
        assertEquals(
                List.of(new OnnxValue(
                        "pictures", Optional.of(ElementType.FLOAT), Optional.of(List.of(-1L, 3L, 8L, 8L)))),
                graph.inputs());
        assertEquals(
                List.of(new OnnxValue("classifier", Optional.of(ElementType.FLOAT), Optional.of(List.of(-1L, 5L)))),
                graph.outputs());
    }

    static Stream<Arguments> operators() {
        return Stream.of(
                Arguments.of(new LayerNormalization(), List.of("LayerNormalization")),
                Arguments.of(
                        new GroupNormalization(2),
                        List.of("Reshape", "InstanceNormalization", "Reshape", "Mul", "Add")),
                Arguments.of(new ZeroPadding2D(1, 2, 3, 4), List.of("Pad")),
                Arguments.of(new UpSampling2D(2), List.of("Resize")),
                Arguments.of(new Conv2DTranspose(2, 3, 2), List.of("ConvTranspose")),
                Arguments.of(new Flatten(), List.of("Flatten")),
                Arguments.of(new Conv2D(2, 3, Activation.HARD_SWISH), List.of("Conv", "HardSwish")));
    }

    /** What a graph has in pieces is the one operator that ONNX has for it. */
    @ParameterizedTest
    @MethodSource("operators")
    void layersAreTheirOperators(Layer layer, List<String> operators) throws IOException {
        assertEquals(
                operators,
                written(Network.sequential(Shape.of(4, 6, 6), List.of(layer))).graph().nodes().stream()
                        .map(OnnxNode::opType)
                        .toList());
    }

    @Test
    void metadataSayWhatPicturesToGiveAndWhatComesOut() throws IOException {
        Path file = directory.resolve("model.onnx");
        try (Model model = Model.sequential(Shape.of(3, 4, 5), new Flatten(), new Dense(2, Activation.SOFTMAX));
                ImageDataset data = ImageDataset.of(
                        "pictures",
                        Shape.of(3, 4, 5),
                        Targets.ofClasses(List.of("cat", "\"dog\""), 0, 1),
                        (_, pixels) -> pixels.copyFrom(new byte[60]))) {
            model.normalization(new Normalization(List.of(0.5f, 0.25f, 0f), List.of(1f, 2f, 0.5f)))
                    .compile(new SGD(0.1), new CategoricalCrossentropy())
                    .fit(data, Fit.epochs(1));
            model.resize(Resize.PAD);
            Onnx.write(model, file, new OnnxOptions().normalizeInside(true));
        }
        assertEquals(
                Map.of(
                        "class_names", "[\"cat\",\"\\\"dog\\\"\"]",
                        "target_kind", "\"classes\"",
                        "picture", "{\"channels\":3,\"height\":4,\"width\":5,\"resize\":\"pad\"}",
                        "normalization",
                                "{\"scale\":0.00392156862745098,\"mean\":[0.5,0.25,0.0],"
                                        + "\"std\":[1.0,2.0,0.5],\"inside\":true}"),
                OnnxParser.read(file).metadata());
    }

    /** What nobody said is not told as a fact; what the graph itself does is one. */
    @Test
    void metadataDoNotSayWhatIsOnlyAssumed() throws IOException {
        Path file = directory.resolve("model.onnx");
        try (Model model = Model.sequential(Shape.of(3, 4, 4), new Flatten(), new Dense(2))) {
            assertTrue(model.isNormalizationAssumed());
            Onnx.write(model, file);
            assertEquals(Set.of("picture"), OnnxParser.read(file).metadata().keySet());
            try (Model read = Onnx.read(file)) {
                assertTrue(read.isNormalizationAssumed());
            }
            Onnx.write(model, file, new OnnxOptions().normalizeInside(true));
            assertEquals(
                    Set.of("normalization", "picture"),
                    OnnxParser.read(file).metadata().keySet());
            model.normalization(Normalization.unit(3));
            Onnx.write(model, file);
            try (Model read = Onnx.read(file)) {
                assertFalse(read.isNormalizationAssumed());
                assertEquals(Normalization.unit(3), read.normalization());
            }
        }
    }

    @Test
    void bytesAreNormalizedInsideAsOutside() throws IOException, OrtException {
        Path file = directory.resolve("model.onnx");
        byte[] picture = new byte[3 * 6 * 6];
        new SplittableRandom(3).nextBytes(picture);
        float[] expected;
        try (Model model = Model.sequential(Shape.of(3, 6, 6), new Conv2D(4, 3), new Flatten(), new Dense(2));
                ImageDataset data = ImageDataset.of(
                        "pictures",
                        Shape.of(3, 6, 6),
                        Targets.ofClasses(List.of("any"), 0),
                        (_, pixels) -> pixels.copyFrom(picture))) {
            model.normalization(new Normalization(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f)));
            expected = model.predict(data).outputs().getFirst();
            Onnx.write(model, file, new OnnxOptions().normalizeInside(true));
        }
        try (OrtEnvironment runtime = OrtEnvironment.getEnvironment();
                OrtSession session = runtime.createSession(file.toString());
                OnnxTensor bytes = OnnxTensor.createTensor(
                        runtime, ByteBuffer.wrap(picture), new long[] {1, 3, 6, 6}, OnnxJavaType.UINT8);
                OrtSession.Result result = session.run(Map.of("pictures", bytes))) {
            // Numbers around 1; products of some ten summands differ by their order alone.
            assertArrayEquals(expected, ((float[][]) result.get(0).getValue())[0], 1e-5f);
        }
    }

    private void assertRefused(Layer layer, String part) throws IOException {
        Path file = Files.writeString(directory.resolve("old.onnx"), "old");
        try (Model model = Model.sequential(Shape.of(3, 4, 4), new Conv2D(2, 1), layer)) {
            String message = assertThrows(IllegalArgumentException.class, () -> Onnx.write(model, file))
                    .getMessage();
            assertTrue(message.contains(part), message);
        }
        assertEquals("old", Files.readString(file));
        try (Stream<Path> all = Files.list(directory)) {
            assertEquals(1, all.count());
        }
    }

    private static Layer own(BiFunction<GraphBuilder, Value, Value> body) {
        return (context, x) -> body.apply(context.builder(), x);
    }

    @Test
    void whatCannotBeSaidIsRefusedAndLeavesWhatStoodThere() throws IOException {
        assertRefused(
                own((b, x) -> b.multiply(x, b.apply(new DropoutMask(x.shape(), 0.5, 0)))),
                "layer lambda: it has the operation DropoutMask");
        assertRefused(own((b, x) -> b.linear(x, 1f / x.shape().dim(0), 0)), "layer lambda computes otherwise");
        assertRefused(
                own((b, x) -> x.shape().dim(0) > 90 ? b.linear(x, 2, 0) : x), "it is another graph for batches of");
    }

    @Test
    void normalizationInsideNeedsPictures() throws IOException {
        try (Model model = Model.sequential(Shape.of(5, 4), new Dense(3))) {
            Path file = directory.resolve("model.onnx");
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> Onnx.write(model, file, new OnnxOptions().normalizeInside(true)))
                    .getMessage();
            assertTrue(message.contains("the normalization is not put inside"), message);
            assertFalse(Files.exists(file));
        }
    }

    /** Many times the same numbers, so that they take little memory. */
    @Test
    void whatProtocolBuffersCannotHoldIsRefused() {
        OnnxModel model = new OnnxModel(Map.of("", 17L), huge(), Map.of());
        Path file = directory.resolve("model.onnx");
        String message = assertThrows(IllegalArgumentException.class, () -> OnnxEncoder.write(model, file))
                .getMessage();
        assertTrue(message.contains("it would have 2147") && message.contains("at most 2147483647"), message);
        assertFalse(Files.exists(file));
    }

    private static OnnxGraph huge() {
        int elements = 1 << 24;
        dev.thalweg.interop.onnx.OnnxTensor tensor = OnnxGraphBuilder.tensor(new float[elements], elements);
        Map<String, dev.thalweg.interop.onnx.OnnxTensor> initializers = new LinkedHashMap<>();
        for (int i = 0; i < 32; i++) {
            initializers.put("weights" + i, tensor);
        }
        return new OnnxGraph("huge", List.of(), initializers, List.of(), List.of());
    }
}
