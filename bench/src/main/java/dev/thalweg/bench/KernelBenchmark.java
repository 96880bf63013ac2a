package dev.thalweg.bench;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.InnerProduct;
import dev.thalweg.graph.InnerProductBackwardData;
import dev.thalweg.graph.InnerProductBackwardWeights;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.PoolingBackward;
import dev.thalweg.graph.Softmax;
import dev.thalweg.graph.SoftmaxBackward;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;
import java.util.List;
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
 * Single operations on batches of 32, forward and backward, oneDNN beside plain Java. What enters and leaves in the
 * plain layout is reordered within the measured time where a kernel wants another, as it is at the edges of a real
 * graph.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KernelBenchmark {
    private static final int BATCH = 32;

    /** What computes. */
    @Param({"onednn", "java"})
    public String backend;

    /** Which operation. */
    @Param({
        "convolution",
        "convolutionBackward",
        "pooling",
        "poolingBackward",
        "innerProduct",
        "innerProductBackward",
        "softmax",
        "softmaxBackward"
    })
    public String op;

    private CompiledGraph graph;

    /** Compiles the graph of the operation. */
    @Setup(Level.Trial)
    public void compile() {
        GraphBuilder g = new GraphBuilder();
        graph = new CompiledGraph(backend, g.build(op, outputs(g)));
    }

    private List<Value> outputs(GraphBuilder g) {
        Shape picture = Shape.of(BATCH, 32, 32, 32);
        Shape filters = Shape.of(64, 32, 3, 3);
        Shape maps = Shape.of(BATCH, 64, 32, 32);
        Window same = Window.square(3).padding(1, 1, 1, 1);
        Window half = Window.square(2).stride(2);
        Shape rows = Shape.of(BATCH, 4096);
        Shape logits = Shape.of(BATCH, 1000);
        return switch (op) {
            case "convolution" ->
                List.of(g.apply(new Convolution(same, 1), g.input("x", picture), g.parameter("w", filters)));
            case "convolutionBackward" ->
                List.of(
                        g.apply(
                                new ConvolutionBackwardData(same, 1, picture),
                                g.input("dy", maps),
                                g.parameter("w", filters)),
                        g.apply(
                                new ConvolutionBackwardWeights(same, 1, filters, false),
                                g.input("x", picture),
                                g.input("dz", maps)));
            case "pooling" -> List.of(g.pooling(Pooling.Kind.MAX, g.input("x", picture), half));
            case "poolingBackward" -> {
                Value x = g.input("x", picture);
                Value y = g.pooling(Pooling.Kind.MAX, x, half);
                yield List.of(g.apply(new PoolingBackward(Pooling.Kind.MAX, half), x, y, g.input("dy", y.shape())));
            }
            case "innerProduct" ->
                List.of(g.apply(new InnerProduct(), g.input("x", rows), g.parameter("w", Shape.of(1000, 4096))));
            case "innerProductBackward" ->
                List.of(
                        g.apply(
                                new InnerProductBackwardData(),
                                g.input("dy", logits),
                                g.parameter("w", Shape.of(1000, 4096))),
                        g.apply(new InnerProductBackwardWeights(false), g.input("x", rows), g.input("dz", logits)));
            case "softmax" -> List.of(g.apply(new Softmax(1, false), g.input("x", logits)));
            case "softmaxBackward" ->
                List.of(g.apply(new SoftmaxBackward(1, false), g.input("y", logits), g.input("dy", logits)));
            default -> throw new IllegalArgumentException(op);
        };
    }

    /** Frees the graph. */
    @TearDown(Level.Trial)
    public void close() {
        graph.close();
    }

    /** One run of the operation. */
    @Benchmark
    public void run() {
        graph.run();
    }
}
