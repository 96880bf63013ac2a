package dev.thalweg.bench;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.interop.Onnx;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A batch through a network with random weights, in each precision, and through the files that are written of it in
 * ONNX Runtime. The time is that of the batch.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class InferenceBenchmark {
    private static final int CLASSES = 1000;

    /** What computes: this library by oneDNN, or ONNX Runtime a file in floats or in 8-bit integers. */
    @Param({"f32", "bf16", "int8", "onnxruntime-f32", "onnxruntime-int8"})
    public String way;

    /** One of {@link Networks#named}. */
    @Param({"resnet18", "resnet50"})
    public String network;

    /** Height and width of a picture. */
    @Param("224")
    public int pixels;

    /** Pictures in a step. */
    @Param({"1", "8"})
    public int batch;

    /** How many threads compute; 0 for all processors. */
    @Param("0")
    public int threads;

    private Contender contender;

    /** Compiles the network. */
    @Setup(Level.Trial)
    public void compile() throws IOException {
        int team = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        Shape picture = Shape.of(3, pixels, pixels);
        try (Model model = Model.of(Networks.named(network, picture, CLASSES))
                .seed(1)
                .backend(BackendChoice.ONEDNN, Threads.of(team))) {
            contender = switch (way) {
                case "f32", "bf16" -> new FrozenContender(model.precision(Precision.parse(way)), batch);
                case "int8" -> {
                    try (Model integers = quantized(model, picture)) {
                        yield new FrozenContender(integers, batch);
                    }
                }
                case "onnxruntime-f32" -> onnxRuntime(model, team);
                case "onnxruntime-int8" -> {
                    try (Model integers = quantized(model, picture)) {
                        yield onnxRuntime(integers, team);
                    }
                }
                default -> throw new IllegalArgumentException("nothing computes by \"" + way + "\"");
            };
        }
    }

    private static Model quantized(Model model, Shape picture) {
        try (ImageDataset noise = ImageDataset.of("noise", picture, List.of("any"), new int[16], (i, pixels) -> {
            SplittableRandom random = new SplittableRandom(i);
            for (int y = 0; y < picture.dim(1); y++) {
                for (int x = 0; x < picture.dim(2); x++) {
                    for (int channel = 0; channel < picture.dim(0); channel++) {
                        pixels.set(channel, y, x, (byte) random.nextInt(256));
                    }
                }
            }
        })) {
            return model.quantize(noise);
        }
    }

    private Contender onnxRuntime(Model model, int team) throws IOException {
        Path file = Files.createTempFile("thalweg-bench", ".onnx");
        try {
            Onnx.write(model, file);
            return new OnnxRuntimeContender(Files.readAllBytes(file), pixels, batch, team);
        } finally {
            Files.delete(file);
        }
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void close() {
        contender.close();
    }

    /** One batch. */
    @Benchmark
    public void run() {
        contender.infer();
    }
}
