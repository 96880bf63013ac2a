package dev.thalweg.bench;

import dev.thalweg.backend.runtime.HostPiece;
import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Update;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.optim.Adadelta;
import dev.thalweg.optim.Adagrad;
import dev.thalweg.optim.Adam;
import dev.thalweg.optim.AdamW;
import dev.thalweg.optim.LARS;
import dev.thalweg.optim.Lion;
import dev.thalweg.optim.Nadam;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.RMSprop;
import dev.thalweg.optim.SGD;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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

/** One update of all parameters by each rule, on two threads of the host: measured, then moved. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class UpdateBenchmark {
    private static final int THREADS = 2;
    /** As many parameters as a small network has layers with weights. */
    private static final int PARAMETERS = 20;

    /** How many elements they have in all. */
    @Param({"1000000", "10000000"})
    public int elements;

    /** How they move. */
    @Param({
        "sgd",
        "momentum",
        "nesterov",
        "adagrad",
        "adadelta",
        "rmsprop",
        "centered",
        "adam",
        "adamw",
        "nadam",
        "lion",
        "lars",
        "settings"
    })
    public String rule;

    private MemoryOwner memory;
    private ThreadTeam team;
    private HostUpdates pass;
    private long step;

    /** Makes parameters, gradients and slots. */
    @Setup(Level.Trial)
    public void allocate() {
        memory = MemoryOwner.named("update benchmark");
        team = ThreadTeam.start(THREADS);
        Random random = new Random(1);
        List<HostUpdates.Item> items = new ArrayList<>();
        for (int i = 0; i < PARAMETERS; i++) {
            String name = "w" + i;
            Update update = optimizer().descent().update(name);
            List<Piece> slots = new ArrayList<>();
            for (int slot = 0; slot < update.rule().slots(); slot++) {
                slots.add(new HostPiece(memory.allocate(bytes())));
            }
            items.add(
                    new HostUpdates.Item(name, update, gaussians(random), gaussians(random), Optional.empty(), slots));
        }
        pass = new HostUpdates(team, items);
    }

    private Optimizer optimizer() {
        double rate = 1e-4;
        return switch (rule) {
            case "sgd" -> new SGD(rate);
            case "momentum" -> new SGD(rate).momentum(0.9);
            case "nesterov" -> new SGD(rate).nesterov(0.9);
            case "adagrad" -> new Adagrad(rate);
            case "adadelta" -> new Adadelta(rate);
            case "rmsprop" -> new RMSprop(rate).momentum(0.9);
            case "centered" -> new RMSprop(rate).centered(true);
            case "adam" -> new Adam(rate);
            case "adamw" -> new AdamW(rate);
            case "nadam" -> new Nadam(rate);
            case "lion" -> new Lion(rate);
            case "lars" -> new LARS(rate);
            case "settings" ->
                new SGD(rate).momentum(0.9).clipGlobalNorm(1).l2(1e-4).emaMomentum(0.99);
            default -> throw new IllegalArgumentException(rule);
        };
    }

    private long bytes() {
        return (long) elements / PARAMETERS * Float.BYTES;
    }

    private Piece gaussians(Random random) {
        MemorySegment segment = memory.allocate(bytes());
        for (long i = 0; i < segment.byteSize() / Float.BYTES; i++) {
            segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextGaussian());
        }
        return new HostPiece(segment);
    }

    /**
     * {@return whether it moved}
     */
    @Benchmark
    public boolean update() {
        return pass.step(1e-4f, step++);
    }

    /** Frees everything. */
    @TearDown(Level.Trial)
    public void free() {
        team.close();
        memory.close();
    }
}
