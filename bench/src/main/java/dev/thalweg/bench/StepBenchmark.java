package dev.thalweg.bench;

import dev.thalweg.tensor.DataType;
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
 * A whole training step, forward, loss, backward, SGD with momentum, by each way that this library has to compute it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class StepBenchmark {
    /** What computes: {@code f32} and {@code bf16} by oneDNN, {@code java} in plain Java. */
    @Param({"f32", "bf16", "java"})
    public String way;

    /** Which network. */
    @Param("CNN")
    public BenchNetwork network;

    /** Pictures in a step. */
    @Param({"32", "256"})
    public int batch;

    /** How many threads compute; 0 for all processors. */
    @Param("0")
    public int threads;

    private TrainingContender step;

    /** Compiles the step. */
    @Setup(Level.Trial)
    public void compile() {
        int team = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        step = new ThalwegContender(
                way.equals("java") ? "java" : "onednn",
                way.equals("bf16") ? DataType.BFLOAT16 : DataType.FLOAT32,
                network,
                batch,
                team,
                true);
    }

    /** Frees the step. */
    @TearDown(Level.Trial)
    public void close() {
        step.close();
    }

    /** One step. */
    @Benchmark
    public void run() {
        step.train();
    }
}
