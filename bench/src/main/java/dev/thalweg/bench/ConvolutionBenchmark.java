package dev.thalweg.bench;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.graph.Window;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.onednn.Argument;
import dev.thalweg.onednn.Attributes;
import dev.thalweg.onednn.Convolutions;
import dev.thalweg.onednn.Engine;
import dev.thalweg.onednn.Memory;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.onednn.Primitive;
import dev.thalweg.onednn.PrimitiveCall;
import dev.thalweg.onednn.PrimitiveDesc;
import dev.thalweg.onednn.Sliding;
import dev.thalweg.onednn.Stream;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * The convolutions of the networks compared, each alone and in the layouts that oneDNN chooses, with the rate of
 * floating point operations that they reach ({@code megaflops}, per second). The greatest of these rates stands for the
 * machine's peak.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class ConvolutionBenchmark {
    /**
     * What computes: {@code f32} and {@code bf16} oneDNN's primitive alone, {@code javacpp} the same through JavaCPP;
     * and in a graph {@code direct} and {@code direct-bf16} that primitive, {@code winograd} minimal filtering in
     * 32-bit floats where that is possible, {@code fold-bf16} oneDNN's primitive of pictures side by side,
     * {@code product-bf16} one product over the batch, {@code java} plain Java. Bringing pictures from and to plain
     * layouts, and to bfloat16, which a network does at its edges alone, is counted in all graphs, so compare these
     * with one another. Kernels are new in each run, as in training: bringing them to a way's layout or transforming
     * them is counted too.
     */
    @Param({"f32", "bf16", "direct", "direct-bf16", "winograd", "fold-bf16", "product-bf16", "javacpp", "java"})
    public String way;

    /** Pictures in a batch. */
    @Param("32")
    public int batch;

    /** Which: channels that come in, channels that come out, kernel, stride, height and width of a picture. */
    @Param({
        "3-32-3-1-32",
        "3-64-3-1-32",
        "64-64-3-1-32",
        "64-128-3-1-16",
        "128-128-3-1-16",
        "128-256-3-1-8",
        "256-256-3-1-8",
        "64-128-3-2-32",
        "512-512-3-1-4",
        "64-256-1-1-56",
        "256-64-1-1-56",
        "512-2048-1-1-7"
    })
    public String layer;

    /** Which direction. */
    @Param({"forward", "backwardData", "backwardWeights"})
    public String direction;

    private final dev.thalweg.memory.Scope scope = new dev.thalweg.memory.Scope();
    private Runnable work;
    private long operations;

    /** Counts floating point operations. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Rate {
        /** Millions of them. */
        public long megaflops;
    }

    /** Makes the primitive, or the graph. */
    @Setup(Level.Trial)
    public void compile() {
        String[] numbers = layer.split("-");
        int in = Integer.parseInt(numbers[0]);
        int out = Integer.parseInt(numbers[1]);
        int kernel = Integer.parseInt(numbers[2]);
        int stride = Integer.parseInt(numbers[3]);
        int pixels = Integer.parseInt(numbers[4]);
        int padding = kernel / 2;
        int outPixels = (pixels + 2 * padding - kernel) / stride + 1;
        Shape source = Shape.of(batch, in, pixels, pixels);
        Shape weights = Shape.of(out, in, kernel, kernel);
        Shape result = Shape.of(batch, out, outPixels, outPixels);
        operations = 2L * batch * out * outPixels * outPixels * in * kernel * kernel / 1_000_000;
        if (way.equals("javacpp")) {
            work = new JavaCppConvolution(
                    direction,
                    new long[] {batch, in, pixels, pixels},
                    new long[] {out, in, kernel, kernel},
                    new long[] {batch, out, outPixels, outPixels},
                    stride,
                    padding);
        } else if (!way.equals("f32") && !way.equals("bf16")) {
            compileGraph(
                    source,
                    weights,
                    result,
                    new Window(kernel, kernel, stride, stride, 1, 1, padding, padding, padding, padding));
        } else {
            compilePrimitive(
                    way.equals("bf16") ? DataType.BFLOAT16 : DataType.FLOAT32,
                    source,
                    weights,
                    result,
                    new Sliding(new int[] {stride, stride}, new int[] {0, 0}, new int[] {padding, padding}, new int[] {
                        padding, padding
                    }));
        }
    }

    private void compileGraph(Shape source, Shape weights, Shape result, Window window) {
        boolean isShort = way.endsWith("-bf16");
        GraphBuilder g = new GraphBuilder();
        UnaryOperator<Value> cast = value -> isShort ? g.cast(value, DataType.BFLOAT16) : value;
        Value output = switch (direction) {
            case "forward" ->
                g.apply(
                        new Convolution(window, 1),
                        cast.apply(g.input("x", source)),
                        cast.apply(g.input("w", weights)));
            case "backwardData" ->
                g.apply(
                        new ConvolutionBackwardData(window, 1, source),
                        cast.apply(g.input("dy", result)),
                        cast.apply(g.input("w", weights)));
            case "backwardWeights" ->
                g.apply(
                        new ConvolutionBackwardWeights(window, 1, weights, false),
                        cast.apply(g.input("x", source)),
                        cast.apply(g.input("dy", result)));
            default -> throw new IllegalArgumentException(direction);
        };
        boolean isJava = way.equals("java");
        System.setProperty("thalweg.convolution", isJava ? "direct" : way.replace("-bf16", ""));
        try {
            CompiledGraph graph = own(new CompiledGraph(isJava ? "java" : "onednn", g.build(layer, List.of(output))));
            work = graph::run;
        } finally {
            System.clearProperty("thalweg.convolution");
        }
    }

    private void compilePrimitive(DataType type, Shape source, Shape weights, Shape result, Sliding sliding) {
        OneDnn.setThreads(Runtime.getRuntime().availableProcessors());
        Engine engine = own(Engine.cpu());
        Stream stream = own(new Stream(engine));
        MemoryOwner memory = own(MemoryOwner.named("benchmark"));
        MemoryDesc src = own(MemoryDesc.any(source, type));
        MemoryDesc wei = own(MemoryDesc.any(weights, type));
        MemoryDesc dst = own(MemoryDesc.any(result, type));
        PrimitiveDesc forward = own(Convolutions.forward(engine, true, src, wei, null, dst, sliding, Attributes.NONE));
        PrimitiveDesc desc = switch (direction) {
            case "forward" -> forward;
            case "backwardData" -> own(Convolutions.backwardData(engine, src, wei, dst, sliding, forward));
            case "backwardWeights" ->
                own(Convolutions.backwardWeights(
                        engine, src, own(MemoryDesc.any(weights, DataType.FLOAT32)), null, dst, sliding, forward));
            default -> throw new IllegalArgumentException(direction);
        };
        Map<Argument, Shape> arguments = switch (direction) {
            case "forward" -> Map.of(Argument.SRC, source, Argument.WEIGHTS, weights, Argument.DST, result);
            case "backwardData" ->
                Map.of(Argument.DIFF_SRC, source, Argument.WEIGHTS, weights, Argument.DIFF_DST, result);
            default -> Map.of(Argument.SRC, source, Argument.DIFF_WEIGHTS, weights, Argument.DIFF_DST, result);
        };
        Map<Argument, Memory> memories = new EnumMap<>(Argument.class);
        arguments.forEach((argument, shape) ->
                memories.put(argument, memory(engine, memory, own(desc.layout(argument, shape, type)))));
        if (desc.size(Argument.SCRATCHPAD) > 0) {
            memories.put(
                    Argument.SCRATCHPAD,
                    memory(engine, memory, own(desc.layout(Argument.SCRATCHPAD, Shape.of(), DataType.UINT8))));
        }
        PrimitiveCall call = new PrimitiveCall(own(new Primitive(desc)), memories, memory);
        work = () -> {
            call.execute(stream);
            stream.await();
        };
    }

    private Memory memory(Engine engine, MemoryOwner owner, MemoryDesc layout) {
        return own(new Memory(engine, layout, owner.allocate(layout.size())));
    }

    private <T extends AutoCloseable> T own(T resource) {
        return scope.own(resource);
    }

    /** Frees everything. */
    @TearDown(Level.Trial)
    public void close() {
        scope.close();
    }

    /** One convolution. */
    @Benchmark
    public void run(Rate rate) {
        work.run();
        rate.megaflops += operations;
    }
}
