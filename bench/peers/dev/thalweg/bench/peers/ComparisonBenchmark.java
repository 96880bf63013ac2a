package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.Contender;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The same step by different libraries. {@link Compare} runs it, a fork for each library in turn. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ComparisonBenchmark {
    /** Which library. */
    @Param("thalweg-f32")
    public String contender;

    /** Which network. */
    @Param("CNN")
    public BenchNetwork network;

    /** Pictures in a step. */
    @Param("32")
    public int batch;

    /** How many threads compute. */
    @Param("2")
    public int threads;

    /** Whether to train or to infer. */
    @Param("true")
    public boolean training;

    private Contender opened;

    /** Compiles the network. */
    @Setup(Level.Trial)
    public void open() {
        opened = Contenders.open(contender, network, batch, threads, training);
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void close() {
        opened.close();
    }

    /** One step. */
    @Benchmark
    public void step() {
        if (training) {
            opened.train();
        } else {
            opened.infer();
        }
    }
}
