package dev.thalweg.backend.runtime;

import dev.thalweg.backend.Executable;
import dev.thalweg.backend.MemoryReport;
import dev.thalweg.backend.Movement;
import dev.thalweg.graph.Value;
import dev.thalweg.memory.Lifetime;
import dev.thalweg.memory.Scope;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A compiled graph: everything about an executable but its kernels and where its memory lives.
 */
public final class GraphExecutable implements Executable {
    /** What is particular to a backend. */
    public interface Body {
        /** Computes the graph. */
        void run();

        /**
         * {@return another executable of the same graph}
         *
         * @throws UnsupportedOperationException if the graph has updates
         */
        Executable fork();

        /** Notes that the updates have changed parameters. */
        void moved();
    }

    /** Who gave something that a run starts from: a thread's number, 0 for nobody yet. */
    private static final class Given {
        private long by;
    }

    private record Input(Piece place, Given given) {}

    private final String name;
    private final Lifetime parameters;
    private final MemoryReport report;
    private final Map<Value, Input> inputs;
    private final Map<Value, Piece> outputs;
    private final Given seedGiven = new Given();
    private final Given[] given;
    private final Seed seed;
    private final Body body;
    private final Updates update;
    private final Updates tracking;
    private final Lifetime lifetime;
    private final Scope resources;
    /** The number of the thread that ran last, 0 before the first run. */
    private long ranBy;

    /**
     * Puts the parts together.
     *
     * @param name the graph's
     * @param parameters what it computes with; it cannot be closed before this
     * @param report what memory the graph takes
     * @param inputs where each input goes, row-major
     * @param outputs where each output stands after a run, row-major
     * @param seed what the body's random operations draw from
     * @param body computes the graph
     * @param update moves the parameters afterwards
     * @param tracking moves the moving averages after that
     * @param opened everything that is freed with the executable, which takes it over
     */
    public GraphExecutable(
            String name,
            Lifetime parameters,
            MemoryReport report,
            Map<Value, Piece> inputs,
            Map<Value, Piece> outputs,
            Seed seed,
            Body body,
            Updates update,
            Updates tracking,
            Scope opened) {
        this.name = name;
        this.parameters = parameters;
        this.report = report;
        this.inputs = inputs.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, input -> new Input(input.getValue(), new Given())));
        this.given = this.inputs.values().stream().map(Input::given).toArray(Given[]::new);
        this.outputs = Map.copyOf(outputs);
        this.seed = seed;
        this.body = body;
        this.update = update;
        this.tracking = tracking;
        this.lifetime = parameters.child("the executable of graph \"" + name + "\"", "executables");
        this.resources = opened.handOver();
    }

    private static long currentThread() {
        return Thread.currentThread().threadId();
    }

    @Override
    public void write(Value input, MemorySegment data) {
        try (Lifetime.Use _ = lifetime.enterAlone()) {
            Input known = known(inputs, "input", input);
            checkSize("input", input, known.place(), data);
            known.place().write(data);
            known.given().by = currentThread();
        }
    }

    @Override
    public boolean run(float learningRate, long step) {
        try (Lifetime.Use _ = lifetime.enterAlone();
                Lifetime.Use _ = enterParameters()) {
            compute();
            boolean moved = update.step(learningRate, step);
            if (moved) {
                tracking.step(1, step);
                noteMovement();
            }
            return moved;
        }
    }

    /** Graphs that leave parameters as they are can run beside each other. */
    private Lifetime.Use enterParameters() {
        return changesParameters() ? parameters.enterAlone() : parameters.enter();
    }

    private boolean changesParameters() {
        return !update.isEmpty() || !tracking.isEmpty();
    }

    private void compute() {
        long current = currentThread();
        checkGiven(seedGiven, current);
        for (Given each : given) {
            checkGiven(each, current);
        }
        ranBy = current;
        body.run();
    }

    /**
     * Whoever runs must have written all inputs: else two threads would get answers to a mixture of their questions.
     */
    private void checkGiven(Given each, long current) {
        if (each.by != 0 && each.by != current) {
            throw new IllegalStateException("the executable of graph \"" + name
                    + "\" has an input or seed from another thread than the one that runs it:"
                    + " the thread that runs it writes all inputs first; use a fork for each thread");
        }
    }

    private void noteMovement() {
        if (changesParameters()) {
            body.moved();
        }
    }

    @Override
    public void accumulate(float weight) {
        try (Lifetime.Use _ = lifetime.enterAlone();
                Lifetime.Use _ = enterParameters()) {
            compute();
            update.accumulate(weight);
            tracking.step(1, 0);
            noteMovement();
        }
    }

    @Override
    public boolean update(float learningRate, long step) {
        try (Lifetime.Use _ = lifetime.enterAlone();
                Lifetime.Use _ = enterParameters()) {
            boolean moved = update.stepPending(learningRate, step);
            noteMovement();
            return moved;
        }
    }

    @Override
    public void seed(long value, long first, long examples) {
        try (Lifetime.Use _ = lifetime.enterAlone()) {
            seed.set(value, first, examples);
            seedGiven.by = currentThread();
        }
    }

    @Override
    public void watch(boolean on) {
        try (Lifetime.Use _ = lifetime.enterAlone()) {
            update.watch(on);
        }
    }

    @Override
    public List<Movement> movements() {
        try (Lifetime.Use _ = lifetime.enterAlone()) {
            return update.movements();
        }
    }

    @Override
    public void read(Value output, MemorySegment data) {
        try (Lifetime.Use _ = lifetime.enterAlone()) {
            Piece place = known(outputs, "output", output);
            checkSize("output", output, place, data);
            if (ranBy != 0 && ranBy != currentThread()) {
                throw new IllegalStateException("the outputs of the executable of graph \"" + name
                        + "\" are another thread's answers: the thread that runs"
                        + " it reads them; use a fork for each thread");
            }
            place.read(data);
        }
    }

    private <T> T known(Map<Value, T> places, String role, Value value) {
        T place = places.get(value);
        if (place == null) {
            throw new IllegalArgumentException(
                    "graph \"" + name + "\" has no " + role + " " + value + "; it has " + places.keySet());
        }
        return place;
    }

    private void checkSize(String role, Value value, Piece place, MemorySegment data) {
        if (data.byteSize() != place.bytes()) {
            throw new IllegalArgumentException(role + " " + value + " of graph \"" + name + "\" takes " + place.bytes()
                    + " bytes, got a segment of " + data.byteSize());
        }
    }

    @Override
    public MemoryReport memory() {
        return report;
    }

    @Override
    public Executable fork() {
        try (Lifetime.Use _ = lifetime.enterAlone();
                Lifetime.Use _ = parameters.enter()) {
            return body.fork();
        }
    }

    @Override
    public void close() {
        lifetime.close(resources);
    }
}
