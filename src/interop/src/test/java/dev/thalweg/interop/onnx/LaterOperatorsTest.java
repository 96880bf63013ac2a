package dev.thalweg.interop.onnx;

import static dev.thalweg.interop.onnx.OperatorCase.NONE;
import static dev.thalweg.interop.onnx.OperatorCase.alone;
import static dev.thalweg.interop.onnx.OperatorCase.chain;
import static dev.thalweg.interop.onnx.OperatorCase.flowing;
import static dev.thalweg.interop.onnx.OperatorCase.known;
import static dev.thalweg.interop.onnx.OperatorCase.scalar;
import static dev.thalweg.interop.onnx.OperatorCase.wholes;
import static dev.thalweg.interop.onnx.OperatorCase.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.interop.onnx.lowering.UnsupportedOperatorException;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What operators became in versions 18 to 21, a few of later ones, and what they were in version 9: where ONNX's own
 * test data end at 17, ONNX Runtime says what comes out. Each form that is new in a version stands in the table.
 */
class LaterOperatorsTest {
    /** Sums of at most some hundred products of numbers of around 1, near 0. */
    private static final double ABSOLUTE = 1e-5;

    private static final List<Backend> BACKENDS = new ArrayList<>();

    @TempDir
    private Path directory;

    @BeforeAll
    static void open() {
        BACKENDS.add(Backends.open(BackendChoice.JAVA, Threads.of(1)));
        BACKENDS.add(Backends.open(BackendChoice.ONEDNN, Threads.of(1)));
    }

    @AfterAll
    static void close() {
        BACKENDS.forEach(Backend::close);
    }

    private static OperatorCase.Given bytes(ElementType type, List<Long> dims, int... numbers) {
        return wholes(type, dims, Arrays.stream(numbers).asLongStream().toArray());
    }

    /** What operators are told by attributes where later versions take operands. */
    static Stream<OperatorCase> of9() {
        return Stream.of(
                alone(9, "Clip", with("min", -0.5f, "max", 0.25f), flowing(2, 5)),
                alone(9, "Pad", with("pads", List.of(1, 0, 0, 2), "value", 1.5f), flowing(2, 3)),
                alone(9, "ReduceSum", with("axes", List.of(1), "keepdims", 0), flowing(2, 3, 4)),
                alone(
                        9,
                        "Slice",
                        with("starts", List.of(1), "ends", List.of(-1), "axes", List.of(2)),
                        flowing(2, 3, 4)),
                alone(9, "Split", with("axis", 1, "split", List.of(4)), flowing(2, 4)),
                alone(9, "Squeeze", with("axes", List.of(1)), flowing(2, 1, 4)),
                alone(9, "TopK", 2, with("k", 3, "axis", 1), flowing(2, 5, 3)),
                alone(9, "Unsqueeze", with("axes", List.of(0)), flowing(2, 4)));
    }

    static Stream<OperatorCase> reductions() {
        return Stream.of(
                        "ReduceL1",
                        "ReduceL2",
                        "ReduceLogSumExp",
                        "ReduceMax",
                        "ReduceMean",
                        "ReduceMin",
                        "ReduceProd",
                        "ReduceSum",
                        "ReduceSumSquare")
                .flatMap(name -> Stream.of(
                        alone(18, name, with("keepdims", 0), flowing(2, 3, 4), wholes(-1, 1)),
                        alone(18, name, with("noop_with_empty_axes", 1), flowing(2, 3, 4)),
                        alone(18, name, with(), flowing(2, 3, 4))));
    }

    static Stream<OperatorCase> of18() {
        return Stream.of(
                alone(18, "Split", 3, with("num_outputs", 3, "axis", 1), flowing(2, 7, 3)),
                alone(18, "Split", 2, with("axis", -1), flowing(2, 3, 7), wholes(3, 4)),
                alone(18, "Pad", with("mode", "edge"), flowing(2, 3, 4), wholes(1, 0, 2, 3), NONE, wholes(1, -1)),
                alone(18, "Pad", with(), flowing(2, 3, 4), wholes(1, -1), scalar(7), wholes(2)),
                // Logarithms of negative sums are not numbers.
                alone(18, "ReduceLogSum", with("keepdims", 0), flowing(0.5f, 2, 3), wholes(0)),
                alone(18, "Mish", with(), flowing(3, 5)),
                alone(18, "GroupNormalization", with("num_groups", 2), flowing(2, 4, 3, 3), known(1, 2), known(3, -1)),
                alone(18, "CenterCropPad", with(), flowing(5, 6, 3), wholes(8, 3, 4)),
                alone(18, "CenterCropPad", with("axes", List.of(-1, 1)), flowing(2, 5, 6), wholes(3, 8)),
                alone(18, "Col2Im", with(), flowing(2, 12, 20), wholes(5, 6), wholes(2, 2)),
                alone(
                        18,
                        "Col2Im",
                        with("strides", List.of(2, 1), "pads", List.of(1, 0, 1, 2), "dilations", List.of(1, 2)),
                        flowing(1, 8, 18),
                        wholes(5, 6),
                        wholes(2, 2)),
                alone(18, "LpPool", with("kernel_shape", List.of(2, 3)), flowing(2, 3, 5, 6)),
                alone(
                        18,
                        "LpPool",
                        with(
                                "kernel_shape",
                                List.of(2, 2),
                                "dilations",
                                List.of(2, 2),
                                "p",
                                1,
                                "pads",
                                List.of(1, 1, 1, 1)),
                        flowing(1, 2, 6, 6)),
                alone(
                        18,
                        "LpPool",
                        with("kernel_shape", List.of(3), "strides", List.of(2), "ceil_mode", 1, "p", 3),
                        flowing(1, 2, 8)),
                alone(18, "GlobalLpPool", with(), flowing(2, 3, 4, 5)),
                alone(
                        18,
                        "Resize",
                        with("axes", List.of(2, 3), "mode", "linear", "keep_aspect_ratio_policy", "not_larger"),
                        flowing(1, 2, 4, 6),
                        NONE,
                        NONE,
                        wholes(8, 9)),
                alone(
                        18,
                        "Resize",
                        with("axes", List.of(3, 2), "mode", "nearest", "keep_aspect_ratio_policy", "not_smaller"),
                        flowing(1, 2, 4, 6),
                        NONE,
                        NONE,
                        wholes(9, 7)),
                alone(
                        18,
                        "Resize",
                        with("axes", List.of(2, 3), "mode", "linear", "antialias", 1),
                        flowing(1, 1, 9, 10),
                        NONE,
                        known(0.5f, 0.6f)),
                alone(
                        18,
                        "Resize",
                        with("axes", List.of(2, 3), "mode", "cubic", "antialias", 1, "cubic_coeff_a", -0.5f),
                        flowing(1, 1, 9, 10),
                        NONE,
                        NONE,
                        wholes(4, 7)),
                alone(
                        18,
                        "ScatterElements",
                        with("axis", 1, "reduction", "max"),
                        flowing(2, 4),
                        bytes(ElementType.INT64, List.of(2L, 2L), 0, 3, 1, 1),
                        flowing(2, 2)),
                alone(
                        18,
                        "ScatterND",
                        with("reduction", "min"),
                        flowing(3, 4),
                        bytes(ElementType.INT64, List.of(2L, 1L), 2, 0),
                        flowing(2, 4)),
                alone(18, "BitwiseAnd", with(), wholes(12, 7, -1), wholes(10, 8, 5)),
                alone(18, "BitwiseOr", with(), wholes(12, 7, -1), wholes(10)),
                alone(18, "BitwiseXor", with(), wholes(12, 7, -1), wholes(10, 8, 5)),
                alone(18, "BitwiseNot", with(), wholes(12, 7, -1)));
    }

    static Stream<OperatorCase> of19() {
        return Stream.of(
                alone(
                        19,
                        "AveragePool",
                        with("kernel_shape", List.of(2, 2), "dilations", List.of(2, 1)),
                        flowing(1, 2, 6, 6)),
                alone(
                        19,
                        "AveragePool",
                        with("kernel_shape", List.of(2, 2), "dilations", List.of(2, 2), "pads", List.of(1, 1, 1, 1)),
                        flowing(1, 2, 6, 6)),
                alone(
                        19,
                        "AveragePool",
                        with(
                                "kernel_shape",
                                List.of(3, 3),
                                "strides",
                                List.of(2, 2),
                                "ceil_mode",
                                1,
                                "pads",
                                List.of(1, 1, 1, 1),
                                "count_include_pad",
                                1),
                        flowing(1, 2, 7, 7)),
                alone(
                        19,
                        "AveragePool",
                        with("kernel_shape", List.of(3, 3), "strides", List.of(2, 2), "ceil_mode", 1),
                        flowing(1, 2, 6, 6)),
                alone(19, "Pad", with("mode", "wrap"), flowing(3, 4), wholes(1, 2, 2, 3)),
                alone(
                        19,
                        "Resize",
                        with("mode", "linear", "coordinate_transformation_mode", "half_pixel_symmetric"),
                        flowing(1, 1, 5, 6),
                        NONE,
                        known(1, 1, 0.7f, 1.3f)),
                alone(19, "Equal", with(), wholes(1, 2, 3), wholes(3, 2, 1)),
                alone(19, "Shape", with("start", 1, "end", -1), flowing(2, 3, 4)),
                alone(19, "Cast", with("to", 10), known(1.5f, 1e-3f)),
                alone(19, "Cast", with("to", 7), flowing(1.5f, -1.5f, 2, -3, 0.9f)),
                alone(19, "Cast", with("to", 9), flowing(0.1f, -1.5f, 0)),
                chain(19, List.of("QuantizeLinear", "DequantizeLinear"), 1, with(), halves(), scalar(0.5f)),
                chain(
                        19,
                        List.of("QuantizeLinear", "DequantizeLinear"),
                        1,
                        with(),
                        halves(),
                        scalar(0.5f),
                        bytes(ElementType.UINT8, List.of(), 131)),
                chain(
                        19,
                        List.of("QuantizeLinear", "DequantizeLinear"),
                        1,
                        with(),
                        halves(),
                        scalar(0.5f),
                        bytes(ElementType.INT8, List.of(), -3)),
                alone(
                        19,
                        "QuantizeLinear",
                        with(),
                        flowing(4, 5),
                        scalar(0.031f),
                        bytes(ElementType.INT8, List.of(), 5)),
                alone(
                        19,
                        "QuantizeLinear",
                        with("axis", 0),
                        flowing(2, 3, 4),
                        known(0.1f, 0.01f),
                        bytes(ElementType.UINT8, List.of(2L), 128, 3)),
                alone(
                        19,
                        "DequantizeLinear",
                        with(),
                        bytes(ElementType.INT8, List.of(2L, 3L), -128, 127, 0, 5, -7, 100),
                        scalar(0.02f)),
                alone(
                        19,
                        "DequantizeLinear",
                        with("axis", 0),
                        bytes(ElementType.INT8, List.of(2L, 3L), -128, 127, 0, 5, -7, 100),
                        known(0.02f, 0.3f),
                        bytes(ElementType.INT8, List.of(2L), 0, -9)),
                alone(
                        19,
                        "DequantizeLinear",
                        with(),
                        bytes(ElementType.UINT8, List.of(2L, 2L), 0, 255, 128, 1),
                        known(0.02f, 0.3f),
                        bytes(ElementType.UINT8, List.of(2L), 128, 255)),
                alone(
                        19,
                        "DequantizeLinear",
                        with(),
                        bytes(ElementType.INT32, List.of(2L), -70000, 123),
                        scalar(1e-4f)));
    }

    /** Halfway between whole numbers once they are divided by a half, and beyond all bytes. */
    private static OperatorCase.Given halves() {
        return flowing(0.25f, 0.75f, 1.25f, -0.25f, -0.75f, -1.25f, 0.26f, 100, -100, 63.25f, -64.25f, 0);
    }

    static Stream<OperatorCase> of20() {
        return Stream.of(
                alone(20, "Gelu", with(), flowing(4, 5)),
                alone(20, "Gelu", with("approximate", "tanh"), flowing(4, 5)),
                alone(
                        20,
                        "ReduceMax",
                        with("keepdims", 0),
                        bytes(ElementType.BOOL, List.of(2L, 2L), 0, 1, 0, 0),
                        wholes(1)),
                alone(
                        20,
                        "ReduceMin",
                        with("keepdims", 0),
                        bytes(ElementType.BOOL, List.of(2L, 2L), 0, 1, 1, 1),
                        wholes(1)),
                alone(20, "IsNaN", with(), flowing(1, Float.NaN, Float.POSITIVE_INFINITY, 0)),
                alone(
                        20,
                        "IsInf",
                        with("detect_negative", 0),
                        flowing(1, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY)),
                alone(
                        20,
                        "ConstantOfShape",
                        with(
                                "value",
                                bytes(ElementType.INT64, List.of(1L), 4)
                                        .tensor()
                                        .orElseThrow()),
                        wholes(2, 3)));
    }

    static Stream<OperatorCase> of21() {
        return Stream.of(
                alone(
                        21,
                        "GroupNormalization",
                        with("num_groups", 2, "epsilon", 1e-2f),
                        flowing(2, 4, 3, 3),
                        known(1, 2, 3, 4),
                        known(0.5f, -1, 2, 3)),
                alone(21, "Flatten", with("axis", -1), flowing(2, 3, 4)),
                alone(21, "Reshape", with("allowzero", 0), flowing(2, 3, 4), wholes(0, -1)),
                alone(21, "Squeeze", with(), flowing(2, 1, 4), wholes(-2)),
                alone(21, "Unsqueeze", with(), flowing(2, 4), wholes(0, -1)),
                alone(21, "Transpose", with("perm", List.of(2, 0, 1)), flowing(2, 3, 4)),
                alone(21, "Size", with(), flowing(2, 3, 4)),
                alone(21, "Identity", with(), flowing(2, 3)),
                alone(21, "Cast", with("to", 6), known(1.7f, -1.7f)),
                alone(21, "Pad", with("mode", "reflect"), flowing(3, 4), wholes(1, 2, 2, 3)),
                alone(21, "QuantizeLinear", with("output_dtype", 3), flowing(4, 5), scalar(0.031f)),
                alone(
                        21,
                        "QuantizeLinear",
                        with(),
                        flowing(4, 5),
                        scalar(0.0001f),
                        bytes(ElementType.INT16, List.of(), 5)),
                alone(
                        21,
                        "QuantizeLinear",
                        with(),
                        flowing(4, 5),
                        scalar(0.0001f),
                        bytes(ElementType.UINT16, List.of(), 32768)),
                alone(
                        21,
                        "DequantizeLinear",
                        with("axis", 1, "block_size", 2),
                        bytes(ElementType.INT8, List.of(2L, 4L), -128, 127, 0, 5, -7, 100, 1, 2),
                        new OperatorCase.Given(
                                false,
                                Optional.of(new OnnxTensor(
                                        ElementType.FLOAT,
                                        List.of(2L, 2L),
                                        known(0.1f, 0.2f, 0.3f, 0.4f)
                                                .tensor()
                                                .orElseThrow()
                                                .data())))));
    }

    /** In forms of which ONNX has no test data. */
    static Stream<OperatorCase> recurrences() {
        return Stream.of(
                alone(
                        21,
                        "GRU",
                        2,
                        with("hidden_size", 3, "linear_before_reset", 1),
                        flowing(5, 2, 4),
                        flowing(1, 9, 4),
                        flowing(1, 9, 3),
                        flowing(1, 18)),
                alone(
                        21,
                        "LSTM",
                        2,
                        with("hidden_size", 3),
                        flowing(5, 2, 4),
                        flowing(1, 12, 4),
                        flowing(1, 12, 3),
                        flowing(1, 24)));
    }

    static Stream<OperatorCase> ofLater() {
        return Stream.of(
                alone(22, "AveragePool", with("kernel_shape", List.of(2, 2)), flowing(1, 2, 5, 5)),
                alone(23, "RMSNormalization", with("epsilon", 1e-3f), flowing(2, 3, 4), known(1, 2, 3, 4)),
                alone(24, "Swish", with("alpha", 1.5f), flowing(3, 5)));
    }

    @Test
    void bothBackendsComputeWhatOnnxRuntimeDoes() throws IOException, OrtException {
        List<String> wrong = new ArrayList<>();
        for (OperatorCase each : Stream.of(
                        of9(), reductions(), of18(), of19(), of20(), of21(), recurrences(), ofLater())
                .flatMap(cases -> cases)
                .toList()) {
            problem(each).ifPresent(problem -> wrong.add(each.name() + ": " + problem));
        }
        assertTrue(wrong.isEmpty(), () -> String.join("\n", wrong));
    }

    private Optional<String> problem(OperatorCase each) throws IOException {
        List<OnnxTensor> expected;
        try {
            expected = RuntimeTruth.of(each.model(), each.inputs(), directory.resolve("case.onnx"));
        } catch (OrtException e) {
            return Optional.of("ONNX Runtime: " + e.getMessage());
        }
        try {
            LoweredModel lowered = new LoweredModel(each.model(), each.inputs());
            for (Backend backend : BACKENDS) {
                Optional<String> difference = lowered.difference(backend, expected, ABSOLUTE);
                if (difference.isPresent()) {
                    return Optional.of(backend.name() + ": " + difference.get());
                }
            }
            return Optional.empty();
        } catch (UnsupportedOperatorException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Operators of those versions that networks of pictures do without, or hardly use. */
    @Test
    void othersAreRefusedByNameNodeVersionAndFile() {
        List<OperatorCase> cases = List.of(
                alone(19, "DeformConv", with(), flowing(1, 1, 3, 3), flowing(1, 1, 2, 2), flowing(1, 8, 2, 2)),
                alone(20, "AffineGrid", with(), flowing(1, 2, 3), wholes(1, 1, 4, 4)),
                alone(20, "GridSample", with("mode", "cubic"), flowing(1, 1, 4, 4), flowing(1, 2, 2, 2)),
                alone(20, "DFT", with(), flowing(1, 4, 1)),
                alone(20, "StringConcat", with(), flowing(1), flowing(1)),
                alone(18, "BitwiseNot", with(), flowing(1)),
                alone(23, "Attention", with(), flowing(1, 2, 3), flowing(1, 2, 3), flowing(1, 2, 3)));
        for (OperatorCase each : cases) {
            UnsupportedOperatorException refusal = assertThrows(
                    UnsupportedOperatorException.class,
                    () -> new LoweredModel(each.model(), each.inputs()),
                    each::name);
            OnnxNode node = each.model().graph().nodes().getFirst();
            String message = String.valueOf(refusal.in(Path.of("model.onnx")).getMessage());
            assertEquals(
                    List.of(),
                    Stream.of(
                                    node.opType(),
                                    node.name(),
                                    "opset " + each.model().opset(),
                                    "model.onnx")
                            .filter(part -> !message.contains(part))
                            .toList(),
                    message);
        }
    }
}
