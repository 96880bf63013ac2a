package dev.thalweg.bench;

import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.model.Network;
import dev.thalweg.optim.SGD;
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

/** A whole step of the first program's network: forward, loss, backward, SGD with momentum. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class TrainingStepBenchmark {
    /** What computes. */
    @Param({"onednn", "java"})
    public String backend;

    /** Pictures in a step. */
    @Param({"32", "256"})
    public int batch;

    private CompiledGraph step;

    /** Compiles the step. */
    @Setup(Level.Trial)
    public void compile() {
        Network network = Network.sequential(Shape.of(3, 32, 32),
                List.of(new Conv2D(32, 3, Activation.RELU), new MaxPooling2D(2), new Flatten(), new Dense(10, Activation.SOFTMAX)));
        GraphBuilder g = new GraphBuilder();
        Value predictions = network.build(g, g.input("pictures", network.input().batched(batch)), true, name -> false);
        Value loss = new CategoricalCrossentropy().of(g, predictions, g.input("targets", predictions.shape()));
        List<Value> parameters = network.parameters().stream().map(p -> g.parameter(p.name(), p.shape())).toList();
        List<Value> gradients = Gradients.of(g, loss, parameters);
        for (int i = 0; i < parameters.size(); i++) {
            g.update(new SGD(0.01).momentum(0.9), parameters.get(i), gradients.get(i));
        }
        step = new CompiledGraph(backend, g.build("step", List.of(loss, predictions)));
    }

    /** Frees the step. */
    @TearDown(Level.Trial)
    public void close() {
        step.close();
    }

    /** One step. */
    @Benchmark
    public void run() {
        step.run();
    }
}
