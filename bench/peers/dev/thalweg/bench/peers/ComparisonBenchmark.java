package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.Contender;
import dev.thalweg.bench.ThalwegContender;
import dev.thalweg.bench.TrainingContender;
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
    private static final int CHECKED_STEPS = 5;

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
    private Runnable step;

    /** Compiles the network. */
    @Setup(Level.Trial)
    public void open() {
        if (training) {
            TrainingContender trainer = Contenders.trainer(contender, network, batch, threads, true);
            opened = trainer;
            check(trainer);
            step = trainer::train;
        } else {
            opened = Contenders.open(contender, network, batch, threads, false);
            step = opened::infer;
        }
    }

    /** What is as large as this library's network and learns its batch is taken to be the same network. */
    private void check(TrainingContender trainer) {
        long expected = ThalwegContender.parameters(ThalwegContender.network(network));
        if (trainer.parameters() != expected) {
            throw new IllegalStateException(
                    contender + " trains " + trainer.parameters() + " parameters of " + expected + " of " + network);
        }
        float first = trainer.train();
        float last = first;
        for (int i = 0; i < CHECKED_STEPS; i++) {
            last = trainer.train();
        }
        if (!(last < first)) {
            throw new IllegalStateException(contender + " does not learn: its loss went from " + first + " to " + last);
        }
    }

    /** Frees it. */
    @TearDown(Level.Trial)
    public void close() {
        opened.close();
    }

    /** One step. */
    @Benchmark
    public void step() {
        step.run();
    }
}
