package dev.thalweg.interop.onnx;

import static dev.thalweg.interop.onnx.OperatorCase.flowing;
import static dev.thalweg.interop.onnx.OperatorCase.known;
import static dev.thalweg.interop.onnx.OperatorCase.scalar;
import static dev.thalweg.interop.onnx.OperatorCase.wholes;
import static dev.thalweg.interop.onnx.OperatorCase.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtException;
import dev.thalweg.Model;
import dev.thalweg.inference.Inference;
import dev.thalweg.interop.Onnx;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.LayerCall;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose weights are bytes, and whose activations are rounded to bytes between its operators. */
class QuantizedModelTest {
    private static final int FILTERS = 4;

    @TempDir
    private Path directory;

    private final Map<String, OnnxTensor> initializers = new LinkedHashMap<>();
    private final List<OnnxNode> nodes = new ArrayList<>();

    private String add(String name, OperatorCase.Given given) {
        initializers.put(name, given.tensor().orElseThrow());
        return name;
    }

    private String node(String operator, Map<String, OnnxAttribute> attributes, String... inputs) {
        String output = operator + nodes.size();
        nodes.add(new OnnxNode(output, "", operator, List.of(inputs), List.of(output), attributes));
        return output;
    }

    private String rounded(String value, float scale, ElementType type, long zero) {
        String scaling = add(value + " scale", scalar(scale));
        String point = add(value + " zero", wholes(type, List.of(), zero));
        return node("DequantizeLinear", with(), node("QuantizeLinear", with(), value, scaling, point), scaling, point);
    }

    private OnnxModel model(List<Long> input) {
        SplittableRandom random = new SplittableRandom(4);
        String kernel = node(
                "DequantizeLinear",
                with("axis", 0),
                add(
                        "kernel",
                        wholes(
                                ElementType.INT8,
                                List.of((long) FILTERS, 3L, 3L, 3L),
                                random.longs(FILTERS * 27L, -127, 128).toArray())),
                add("kernel scales", known(0.0103f, 0.0207f, 0.0051f, 0.0302f)),
                add("kernel zeros", wholes(ElementType.INT8, List.of((long) FILTERS), 0, 0, 0, 0)));
        String bias = node(
                "DequantizeLinear",
                with(),
                add("bias", wholes(ElementType.INT32, List.of((long) FILTERS), 1000, -2000, 0, 77)),
                add("bias scale", scalar(1e-3f)));
        String convolved = node("Conv", with(), rounded("pictures", 0.0213f, ElementType.UINT8, 131), kernel, bias);
        String out = rounded(node("Relu", with(), convolved), 0.0499f, ElementType.INT8, -128);
        return new OnnxModel(
                Map.of("", 19L),
                new OnnxGraph(
                        "bytes",
                        nodes,
                        initializers,
                        List.of(new OnnxValue("pictures", Optional.of(ElementType.FLOAT), Optional.of(input))),
                        List.of(new OnnxValue(out, Optional.empty(), Optional.empty()))),
                Map.of());
    }

    @Test
    void weightsAreLearntAndActivationsRoundedAsOnnxRuntimeDoes() throws IOException, OrtException {
        Path file = directory.resolve("model.onnx");
        OnnxTensor pictures = flowing(2, 3, 8, 8).tensor().orElseThrow();
        float[] expected = RuntimeTruth.of(model(pictures.dims()), List.of(pictures), file)
                .getFirst()
                .floats();
        try (Model model = Onnx.read(file);
                Inference inference = model.inference(Inference.Mode.THROUGHPUT, 2);
                Arena arena = Arena.ofConfined()) {
            assertEquals(
                    List.of("onnx", "conv2d", "activation", "onnx"),
                    model.network().calls().stream()
                            .map(LayerCall::layer)
                            .map(layer -> layer.kind())
                            .toList());
            Conv2D convolution = (Conv2D) model.network().calls().get(1).layer();
            assertEquals(FILTERS, convolution.filters());
            MemorySegment results = arena.allocate(expected.length * 4L, 64);
            inference.run(arena.allocateFrom(ValueLayout.JAVA_FLOAT, pictures.floats()), results);
            // The same multiples of the scale: none of these sums is so near a half that their order decides.
            assertArrayEquals(expected, results.toArray(ValueLayout.JAVA_FLOAT), 1e-5f);
        }
    }
}
