package dev.thalweg.bench;

import dev.thalweg.Model;
import dev.thalweg.inference.Inference;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
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
 * One frozen ResNet-18 asked by several threads at once, one picture a time: run with {@code -t 1}, {@code -t 2},
 * {@code -t 4}, {@code -t 8}.
 */
@State(Scope.Benchmark)
@BenchmarkMode({Mode.Throughput, Mode.AverageTime})
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 2)
public class CallersBenchmark {
    private static final Shape PICTURE = Shape.of(3, 32, 32);

    /** What matters more. */
    @Param({"LATENCY", "THROUGHPUT"})
    public Inference.Mode mode;

    /** In which precision. */
    @Param({"f32", "bf16"})
    public String precision;

    private Inference inference;

    /** A caller's own memory. */
    @State(Scope.Thread)
    public static class Caller {
        private final MemoryOwner memory = MemoryOwner.named("a caller");
        private final MemorySegment picture = memory.allocate(PICTURE.elements() * Float.BYTES);
        private final MemorySegment outputs = memory.allocate(10 * Float.BYTES);

        /** Frees it. */
        @TearDown(Level.Trial)
        public void close() {
            memory.close();
        }
    }

    /** Freezes the network. */
    @Setup(Level.Trial)
    public void compile() {
        try (Model model = Model.of(Networks.resnet18Cifar(PICTURE, 10)).precision(Precision.parse(precision))) {
            inference = model.inference(mode, 1);
        }
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void close() {
        inference.close();
    }

    /** One picture. */
    @Benchmark
    public void classify(Caller caller) {
        inference.run(caller.picture, caller.outputs);
    }
}
