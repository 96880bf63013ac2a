package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.cli.MainTest.Result;
import dev.thalweg.data.Normalization;
import dev.thalweg.interop.StateDict;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxGraph;
import dev.thalweg.interop.onnx.OnnxModel;
import dev.thalweg.interop.onnx.OnnxParser;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code export} and {@code convert}. */
class ConvertCommandsTest {
    private static final Network NETWORK = Networks.lenet5(Shape.of(1, 28, 28), 10);

    @TempDir
    private Path directory;

    private Path saved;

    @BeforeEach
    void save() throws IOException {
        saved = directory.resolve("model.safetensors");
        try (Model model = Model.of(NETWORK)) {
            model.normalization(Normalization.unit(1)).save(saved);
        }
    }

    private static String run(String... arguments) {
        Result result = MainTest.run(arguments);
        assertEquals(0, result.exit(), result.err());
        return result.out();
    }

    @Test
    void exportWritesWhatTheModelComputesAndWhatItTakes() throws IOException {
        Path onnx = directory.resolve("model.onnx");
        String out = run("export", saved.toString(), onnx.toString());
        assertTrue(out.contains("pictures [batch, 1, 28, 28]") && out.contains("[batch, 10]"), out);
        OnnxModel read = OnnxParser.read(onnx);
        assertEquals(17, read.opset());
        assertEquals(
                Optional.of(ElementType.FLOAT), read.graph().inputs().getFirst().type());
        assertTrue(read.metadata().get("normalization").contains("\"inside\":false"));
    }

    @Test
    void exportPutsTheNormalizationInside() throws IOException {
        Path onnx = directory.resolve("model.onnx");
        run("export", saved.toString(), onnx.toString(), "--normalize-inside");
        OnnxGraph graph = OnnxParser.read(onnx).graph();
        assertEquals(Optional.of(ElementType.UINT8), graph.inputs().getFirst().type());
        assertEquals("Cast", graph.nodes().getFirst().opType());
    }

    @Test
    void convertReadsModelsOfKeras() throws IOException {
        Path keras = directory.resolve("model.h5");
        KerasModels.write(keras);
        Path converted = directory.resolve("converted.safetensors");
        run("convert", keras.toString(), converted.toString());
        try (Model model = Model.load(converted)) {
            assertEquals(Shape.of(3, 4, 4), model.network().input());
            assertEquals(
                    List.of("hidden.kernel", "hidden.bias", "dense.kernel", "dense.bias"),
                    List.copyOf(model.weights().keySet()));
        }
    }

    @Test
    void convertReadsOnnx() throws IOException {
        Path onnx = directory.resolve("model.onnx");
        Path back = directory.resolve("back.safetensors");
        run("export", saved.toString(), onnx.toString());
        run("convert", onnx.toString(), back.toString());
        try (Model first = Model.load(saved);
                Model second = Model.load(back)) {
            List<float[]> expected = List.copyOf(first.weights().values());
            List<float[]> got = List.copyOf(second.weights().values());
            assertEquals(expected.size(), got.size());
            for (int i = 0; i < got.size(); i++) {
                assertArrayEquals(expected.get(i), got.get(i));
            }
        }
    }

    @Test
    void convertWritesByTheEnding() throws IOException {
        Path onnx = directory.resolve("converted.ONNX");
        Path weights = directory.resolve("converted.weights.safetensors");
        Path model = directory.resolve("converted.safetensors");
        for (Path to : List.of(onnx, weights, model)) {
            assertTrue(run("convert", saved.toString(), to.toString()).contains("Wrote " + to));
        }
        assertEquals(17, OnnxParser.read(onnx).opset());
        assertArrayEquals(Files.readAllBytes(saved), Files.readAllBytes(model));
        try (StateDict alone = StateDict.open(weights)) {
            assertEquals(NETWORK.parameters().stream().map(ParameterSpec::name).toList(), List.copyOf(alone.names()));
        }
        assertFalse(Files.readString(weights, StandardCharsets.ISO_8859_1).contains("thalweg.model"));
    }

    @Test
    void convertTakesWeightsOfPyTorch() throws IOException {
        Path torch = directory.resolve("torch.safetensors");
        Map<String, float[]> drawn = TorchModels.write(torch);
        Path converted = directory.resolve("converted.safetensors");
        run(("convert " + torch + " " + converted
                        + " --network resnet20 --classes 10 --image-size 32x32 --normalization imagenet")
                .split(" "));
        try (Model model = Model.load(converted)) {
            assertEquals(TorchModels.NETWORK, model.network());
            assertEquals(List.of(0.485f, 0.456f, 0.406f), model.normalization().mean());
            model.weights().forEach((name, values) -> assertArrayEquals(drawn.get(name), values, name));
        }
    }

    @Test
    void quantizeWritesAModelThatIsEvaluatedAndExported() throws IOException {
        Path floats = directory.resolve("floats.safetensors");
        try (Model model = Model.of(Networks.cnn(Shape.of(3, 32, 32), 10))) {
            model.save(floats);
        }
        Path integers = directory.resolve("integers.safetensors");
        String out =
                run("quantize", floats.toString(), integers.toString(), "--pictures", "32", "--calibration", "min-max");
        assertTrue(out.contains("calibrated with 32 pictures"), out);
        assertTrue(Files.size(integers) < 0.3 * Files.size(floats), out);
        try (Model model = Model.load(integers)) {
            assertTrue(
                    model.quantization().keySet().containsAll(Set.of("conv2d.kernel", "dense.kernel")),
                    model.quantization().toString());
        }
        assertTrue(run("evaluate", integers.toString(), "--data", "builtin").contains("accuracy"));
        Result twice = MainTest.run(
                "quantize",
                integers.toString(),
                directory.resolve("twice.safetensors").toString());
        assertEquals(2, twice.exit(), twice.err());
        assertTrue(twice.err().contains("computes in 8-bit integers already"), twice.err());
        Path onnx = directory.resolve("integers.onnx");
        run("export", integers.toString(), onnx.toString());
        assertTrue(OnnxParser.read(onnx).graph().nodes().stream()
                .anyMatch(node -> node.opType().equals("QuantizeLinear")));
    }

    @Test
    void whatIsNoModelEndsWithOne() throws IOException {
        Path broken = Files.writeString(directory.resolve("broken.safetensors"), "nothing");
        Result result = MainTest.run(
                "convert", broken.toString(), directory.resolve("x.onnx").toString());
        assertEquals(1, result.exit());
        assertTrue(result.err().contains("broken.safetensors"), result.err());
        assertFalse(Files.exists(directory.resolve("x.onnx")));
    }
}
