package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.thalweg.Model;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.graph.Quantization;
import dev.thalweg.inference.Inference;
import dev.thalweg.interop.onnx.OnnxParser;
import dev.thalweg.interop.onnx.writing.OnnxWriterTest;
import dev.thalweg.interop.onnx.writing.RoundTripTest;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.Add;
import dev.thalweg.model.AveragePooling2D;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Concatenate;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.DepthwiseConv2D;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.model.Multiply;
import dev.thalweg.model.Network;
import dev.thalweg.model.Networks;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models in 8-bit integers as ONNX: ours in ONNX Runtime and back again, and PyTorch's here. */
class QuantizedOnnxTest {
    private static final Shape PICTURE = Shape.of(3, 16, 16);
    private static final int BATCH = 4;

    @TempDir
    private Path directory;

    private static Network network(String name) {
        return switch (name) {
            case "residual" -> Networks.resnetCifar(PICTURE, 10, 8);
            case "depthwise" ->
                Network.sequential(
                        PICTURE,
                        List.of(
                                new Conv2D(8, 3, Activation.RELU),
                                new DepthwiseConv2D(3),
                                new BatchNormalization(),
                                new ActivationLayer(Activation.RELU6),
                                new MaxPooling2D(2),
                                new Conv2D(16, 1, Activation.SWISH),
                                new Flatten(),
                                new Dense(20, Activation.RELU),
                                new Dense(5)));
            case "branches" -> branches(Flow.input(3, 16, 16));
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** A block whose shortcut is a convolution, branches side by side, and one that is read as it is and pooled. */
    private static Network branches(Flow pictures) {
        Flow stem = pictures.then(new Conv2D(8, 3, Activation.RELU)).then(new MaxPooling2D(2));
        Flow block = Flow.join(
                        new Add(),
                        stem.then(new Conv2D(16, 1).useBias(false))
                                .then(new BatchNormalization())
                                .then(new ActivationLayer(Activation.HARD_SWISH))
                                .then(new Conv2D(16, 1)),
                        stem.then(new Conv2D(16, 1)))
                .then(new ActivationLayer(Activation.RELU));
        Flow joined = Flow.join(
                new Concatenate(),
                block.then(new Conv2D(4, 1, Activation.SIGMOID)),
                block.then(new AveragePooling2D(1)).then(new Conv2D(4, 1)),
                block);
        Flow gate = joined.then(new Conv2D(24, 1, Activation.RELU));
        return Network.of(Flow.join(new Multiply(), joined, gate)
                .then(new GlobalAveragePooling2D())
                .then(new Flatten())
                .then(new Dense(5)));
    }

    /** Scales, biases and moving averages are not those at the start; some normalizations change the sign. */
    private static Model quantized(String name) {
        Network network = network(name);
        SplittableRandom random = new SplittableRandom(1);
        Map<String, float[]> weights = network.initialWeights(7);
        for (ParameterSpec spec : network.parameters()) {
            float[] drawn = weights.get(spec.name());
            for (int i = 0; spec.shape().rank() == 1 && i < drawn.length; i++) {
                drawn[i] += (float) random.nextDouble(0.05, 0.3);
                if (spec.name().endsWith("gamma") && i % 5 == 0) {
                    drawn[i] = -drawn[i];
                }
            }
        }
        ImageDataset noise = ImageDataset.of("noise", PICTURE, List.of("any"), new int[40], (i, pixels) -> {
            SplittableRandom own = new SplittableRandom(i);
            for (int y = 0; y < PICTURE.dim(1); y++) {
                for (int x = 0; x < PICTURE.dim(2); x++) {
                    for (int channel = 0; channel < PICTURE.dim(0); channel++) {
                        pixels.set(channel, y, x, (byte) own.nextInt(256));
                    }
                }
            }
        });
        try (noise;
                Model floats = Model.of(network).weights(weights)) {
            return floats.quantize(noise);
        }
    }

    private static float[] pictures() {
        SplittableRandom random = new SplittableRandom(3);
        float[] numbers = new float[PICTURE.batched(BATCH).arrayLength()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextDouble();
        }
        return numbers;
    }

    private static float[] run(Model model, float[] pictures) {
        try (Inference inference = model.inference(Inference.Mode.THROUGHPUT, BATCH);
                Arena arena = Arena.ofConfined()) {
            MemorySegment outputs =
                    arena.allocate(model.network().output().batched(BATCH).elements() * Float.BYTES, 64);
            inference.run(arena.allocateFrom(ValueLayout.JAVA_FLOAT, pictures), outputs);
            return outputs.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static float[] onnxRuntime(Path file, float[] pictures) throws OrtException {
        OrtEnvironment runtime = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            try (OrtSession session = runtime.createSession(file.toString(), options);
                    OnnxTensor given = OnnxTensor.createTensor(
                            runtime, FloatBuffer.wrap(pictures), new long[] {BATCH, 3, 16, 16});
                    OrtSession.Result result = session.run(
                            Map.of(session.getInputNames().iterator().next(), given))) {
                FloatBuffer buffer = ((OnnxTensor) result.get(0)).getFloatBuffer();
                float[] values = new float[buffer.remaining()];
                buffer.get(values);
                return values;
            }
        }
    }

    /** The mean distance of two outputs as a share of the range that one of them takes. */
    private static double distance(float[] truth, float[] other) {
        assertEquals(truth.length, other.length);
        double sum = 0;
        double least = truth[0];
        double greatest = truth[0];
        for (int i = 0; i < truth.length; i++) {
            sum += Math.abs(truth[i] - other[i]);
            least = Math.min(least, truth[i]);
            greatest = Math.max(greatest, truth[i]);
        }
        assertTrue(greatest > least, "there is something to compare");
        return sum / truth.length / (greatest - least);
    }

    private static long nodes(Path file, String opType) throws IOException {
        return OnnxParser.read(file).graph().nodes().stream()
                .filter(node -> node.opType().equals(opType))
                .count();
    }

    /**
     * ONNX Runtime rounds at the same places to the same bytes, but for sums in another order just before: one number
     * in some hundred is another byte, a 255th of its range.
     */
    @ParameterizedTest
    @ValueSource(strings = {"residual", "depthwise", "branches"})
    void onnxRuntimeComputesTheSame(String name) throws Exception {
        Path file = directory.resolve(name + ".onnx");
        try (Model model = quantized(name)) {
            Onnx.write(model, file);
            assertEquals(0, nodes(file, "BatchNormalization"));
            assertTrue(nodes(file, "QuantizeLinear") > 3);
            assertEquals(0, distance(run(model, pictures()), onnxRuntime(file, pictures())), 0.005);
            try (Model read = Onnx.read(file)) {
                assertEquals(sources(model), sources(read));
                assertEquals(0, distance(run(model, pictures()), run(read, pictures())), 0.005);
                Path again = directory.resolve(name + "-again.onnx");
                Onnx.write(read, again);
                assertEquals(
                        RoundTripTest.described(OnnxParser.read(file).graph()),
                        RoundTripTest.described(OnnxParser.read(again).graph()));
            }
        }
        Python python = new Python(directory);
        assumeTrue(python.has("onnx"), "Debian's python3-onnx is not installed");
        python.run(OnnxWriterTest.class, "check.py", directory.toString());
    }

    /**
     * All convolutions and all sums but the last block's, whose result is averaged: no product reads it, and what it
     * loses nobody need lose. What ONNX Runtime calls QLinear computes in integers.
     */
    @ParameterizedTest
    @CsvSource({"residual, 7, 2, 1", "depthwise, 3, 0, 0", "branches, 7, 1, 0"})
    void onnxRuntimeComputesInIntegers(String name, int convolutions, int sums, int sumsOfFloats) throws Exception {
        Path file = directory.resolve(name + ".onnx");
        Path optimized = directory.resolve("optimized.onnx");
        try (Model model = quantized(name)) {
            Onnx.write(model, file);
        }
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
            options.setOptimizedModelFilePath(optimized.toString());
            OrtEnvironment.getEnvironment()
                    .createSession(file.toString(), options)
                    .close();
        }
        assertEquals(convolutions, nodes(file, "Conv"));
        assertEquals(sums + sumsOfFloats, nodes(file, "Add"));
        assertEquals(0, nodes(optimized, "Conv"));
        assertEquals(convolutions, nodes(optimized, "QLinearConv"));
        assertEquals(sumsOfFloats, nodes(optimized, "Add"));
        assertEquals(sums, nodes(optimized, "QLinearAdd"));
        assertEquals(0, nodes(optimized, "Gemm"));
    }

    /** Of operations, not of what they add to; in an order of their own, since branches may change places. */
    private static List<Quantization> sources(Model model) {
        return model.quantization().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(".kernel"))
                .map(Map.Entry::getValue)
                .sorted(Comparator.comparing(Quantization::scale).thenComparing(Quantization::zeroPoint))
                .toList();
    }

    private static Map<String, Map<String, Quantization>> trainedForBytes() {
        return Map.of(
                "chain",
                Map.of(
                        "first.kernel", unsigned(0.03f, 128),
                        "first.kernel result", unsigned(0.015f, 128),
                        "second.kernel", unsigned(0.015f, 128),
                        "second.kernel result", unsigned(0.01f, 0),
                        "third.kernel", unsigned(0.01f, 0)),
                "shortcut",
                Map.of(
                        "first.kernel", unsigned(0.03f, 128),
                        "first.kernel result", unsigned(0.015f, 0),
                        "second.kernel", unsigned(0.015f, 0),
                        "second.kernel result", unsigned(0.02f, 120),
                        // The file has another for this reader of what the second convolution reads.
                        "second.kernel summand", unsigned(0.015f, 0),
                        "third.kernel", unsigned(0.02f, 0)));
    }

    private static Quantization unsigned(float scale, int zeroPoint) {
        return new Quantization(DataType.UINT8, scale, zeroPoint);
    }

    /**
     * PyTorch has weights of 8 bits where ours have 7: half a step of 1/64 more on each, which evens out over the sums.
     * Signed bytes are unsigned ones here, 128 more.
     */
    @Test
    void whatPyTorchTrainedForBytesIsQuantizedHere() throws Exception {
        Python python = new Python(directory);
        assumeTrue(python.has("torch", "onnx"), "Debian's python3-torch and python3-onnx are not installed");
        python.run(OnnxParser.class, "quantized.py", directory.toString());
        float[] inputs = python.floats("inputs");
        for (Map.Entry<String, Map<String, Quantization>> each :
                trainedForBytes().entrySet()) {
            Path file = directory.resolve(each.getKey() + ".onnx");
            float[] outputs = python.floats(each.getKey());
            assertEquals(0, distance(outputs, onnxRuntime(file, inputs)), 0.005, each.getKey());
            try (Model model = Onnx.read(file)) {
                assertEquals(each.getValue(), model.quantization());
                assertEquals(0, distance(outputs, run(model, inputs)), 0.02, each.getKey());
                assertTrue(
                        distance(outputs, run(model.quantization(Map.of()), inputs)) > 1e-4,
                        "in floats it is not the same");
            }
        }
    }
}
