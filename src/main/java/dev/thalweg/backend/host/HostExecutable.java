package dev.thalweg.backend.host;

import dev.thalweg.backend.Executable;
import dev.thalweg.backend.MemoryReport;
import dev.thalweg.backend.Movement;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.MemoryOwner;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * A compiled graph: everything about an executable but its kernels and where its memory lives.
 */
public final class HostExecutable implements Executable {
    private final String name;
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

        /** Frees what is not memory. */
        void release();
    }

    private final MemoryOwner memory;
    private final MemoryReport report;
    private final Map<Value, Piece> inputs;
    private final Map<Value, Piece> outputs;
    private final Seed seed;
    private final Body body;
    private final Updates update;
    private final Updates tracking;
    private boolean closed;

    /**
     * Puts the parts together.
     *
     * @param name the graph's
     * @param memory everything that is freed with the executable
     * @param report what memory the graph takes
     * @param inputs where each input goes, row-major
     * @param outputs where each output stands after a run, row-major
     * @param seed what the body's random operations draw from
     * @param body computes the graph
     * @param update moves the parameters afterwards
     * @param tracking moves the moving averages after that
     */
    public HostExecutable(String name, MemoryOwner memory, MemoryReport report, Map<Value, Piece> inputs, Map<Value, Piece> outputs,
            Seed seed, Body body, Updates update, Updates tracking) {
        this.name = name;
        this.memory = memory;
        this.report = report;
        this.inputs = Map.copyOf(inputs);
        this.outputs = Map.copyOf(outputs);
        this.seed = seed;
        this.body = body;
        this.update = update;
        this.tracking = tracking;
    }

    @Override
    public synchronized void write(Value input, MemorySegment data) {
        place(inputs, "input", input, data).write(data);
    }

    @Override
    public synchronized boolean run(float learningRate, long step) {
        checkOpen();
        body.run();
        boolean moved = update.run(learningRate, step);
        if (moved) {
            tracking.run(1, step);
            noteMovement();
        }
        return moved;
    }

    private void noteMovement() {
        if (!update.isEmpty() || !tracking.isEmpty()) {
            body.moved();
        }
    }

    @Override
    public synchronized void accumulate(float weight) {
        checkOpen();
        body.run();
        update.accumulate(weight);
        tracking.run(1, 0);
        noteMovement();
    }

    @Override
    public synchronized boolean update(float learningRate, long step) {
        checkOpen();
        boolean moved = update.runPending(learningRate, step);
        noteMovement();
        return moved;
    }

    @Override
    public synchronized void seed(long value) {
        seed.value = value;
    }

    @Override
    public synchronized void watch(boolean on) {
        update.watch(on);
    }

    @Override
    public synchronized List<Movement> movements() {
        return update.movements();
    }

    @Override
    public synchronized void read(Value output, MemorySegment data) {
        place(outputs, "output", output, data).read(data);
    }

    private Piece place(Map<Value, Piece> places, String role, Value value, MemorySegment data) {
        checkOpen();
        Piece place = places.get(value);
        if (place == null) {
            throw new IllegalArgumentException("graph \"" + name + "\" has no " + role + " " + value + "; it has " + places.keySet());
        }
        if (data.byteSize() != place.bytes()) {
            throw new IllegalArgumentException(role + " " + value + " of graph \"" + name + "\" takes " + place.bytes()
                    + " bytes, got a segment of " + data.byteSize());
        }
        return place;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the executable of graph \"" + name + "\" is closed: compile the graph again");
        }
    }

    @Override
    public MemoryReport memory() {
        return report;
    }

    @Override
    public synchronized Executable fork() {
        checkOpen();
        return body.fork();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            body.release();
            memory.close();
        }
    }
}
