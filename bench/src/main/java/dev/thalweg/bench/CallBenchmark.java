package dev.thalweg.bench;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one call of a primitive costs from Java: chains of the smallest primitive there is, a ReLU of 16 numbers on one
 * thread, through a compiled graph (the Foreign Function and Memory API) and through JavaCPP. The work itself is in
 * both figures.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CallBenchmark {
    private static final int CALLS = 1000;
    private static final int NUMBERS = 16;

    /** Through a compiled graph. */
    @State(Scope.Benchmark)
    public static class Ffm {
        private final Backend backend = Backends.open(BackendChoice.ONEDNN, Threads.of(1));
        private final Parameters parameters = backend.newParameters(Map.of());
        private Executable executable;

        /** Compiles the chain. */
        @Setup(Level.Trial)
        public void compile() {
            GraphBuilder g = new GraphBuilder();
            Value x = g.input("x", Shape.of(NUMBERS));
            for (int i = 0; i < CALLS; i++) {
                x = g.eltwise(Eltwise.Kind.RELU, x);
            }
            executable = backend.compile(g.build("chain", List.of(x)), parameters);
        }

        /** Frees it. */
        @TearDown(Level.Trial)
        public void close() {
            executable.close();
            parameters.close();
            backend.close();
        }
    }

    /** Through JavaCPP's bindings of the same library. */
    @State(Scope.Benchmark)
    public static class JavaCpp {
        private final dnnl_engine engine = new dnnl_engine();
        private final dnnl_stream stream = new dnnl_stream();
        private final dnnl_primitive primitive = new dnnl_primitive();
        private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(2);
        private final FloatPointer data = new FloatPointer(NUMBERS);

        /** Makes the primitive. */
        @Setup(Level.Trial)
        public void create() {
            JavaCppConvolution.check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0));
            JavaCppConvolution.check(dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_default_flags));
            dnnl_memory_desc layout = new dnnl_memory_desc();
            JavaCppConvolution.check(
                    dnnl.dnnl_memory_desc_create_with_tag(layout, 1, new long[] {NUMBERS}, dnnl.dnnl_f32, dnnl.dnnl_a));
            dnnl_primitive_desc desc = new dnnl_primitive_desc();
            JavaCppConvolution.check(dnnl.dnnl_eltwise_forward_primitive_desc_create(
                    desc, engine, dnnl.dnnl_forward_inference, dnnl.dnnl_eltwise_relu, layout, layout, 0, 0, null));
            JavaCppConvolution.check(dnnl.dnnl_primitive_create(primitive, desc));
            dnnl_memory memory = new dnnl_memory();
            JavaCppConvolution.check(dnnl.dnnl_memory_create(memory, layout, engine, data));
            arguments.position(0).arg(dnnl.DNNL_ARG_SRC).memory(memory);
            arguments.position(1).arg(dnnl.DNNL_ARG_DST).memory(memory);
            arguments.position(0);
        }
    }

    /** A thousand calls. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void ffm(Ffm state) {
        state.executable.run();
    }

    /** A thousand calls. */
    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void javacpp(JavaCpp state) {
        for (int i = 0; i < CALLS; i++) {
            JavaCppConvolution.check(dnnl.dnnl_primitive_execute(state.primitive, state.stream, 2, state.arguments));
        }
        JavaCppConvolution.check(dnnl.dnnl_stream_wait(state.stream));
    }
}
