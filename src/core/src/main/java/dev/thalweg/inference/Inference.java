package dev.thalweg.inference;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.MemoryReport;
import dev.thalweg.data.Normalizer;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.engine.NetworkExecutable;
import dev.thalweg.loss.Outputs;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Network;
import dev.thalweg.model.Port;
import dev.thalweg.tensor.ShapeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A trained network, frozen and compiled for batches of a few sizes, for use by any number of threads at once. Weights
 * are shared; each call that runs has activations of its own, made beforehand. More calls than there is room for wait
 * their turn.
 */
public final class Inference implements AutoCloseable {
    /** What matters more. */
    public enum Mode {
        /** One call at a time, computed by all threads. */
        LATENCY,
        /** As many calls at a time as there are threads, each computed by one: its caller's. */
        THROUGHPUT
    }

    /** Room for one call: an executable for each batch size, and floats of each input and output. */
    private record Session(
            NavigableMap<Integer, NetworkExecutable> executables,
            List<MemorySegment> inputs,
            List<MemorySegment> outputs) {}

    private final Network network;
    private final Map<String, TargetSpec> targets;
    private final Map<String, Outputs> yielded;
    private final Normalizer normalizer;
    private final NavigableMap<Integer, NetworkExecutable> compiled = new TreeMap<>();
    private final Pool<Session> sessions;
    private final Scope resources;

    /**
     * Compiles a network; {@link dev.thalweg.Model#inference} calls this.
     *
     * @param description what is computed, and how
     * @param targets what the outputs stand for, by their names
     * @param mode what matters more
     * @param batchSizes for which numbers of pictures, each at least 1
     * @throws IllegalArgumentException if there is no batch size or one is out of range
     * @throws dev.thalweg.tensor.UnavailableException if the backend cannot compute in that precision here
     * @throws dev.thalweg.tensor.MemoryLimitException if its memory is more than this process may hold off the heap
     */
    @SuppressWarnings("exports")
    public Inference(
            ModelDescription description, Map<String, TargetSpec> targets, Mode mode, List<Integer> batchSizes) {
        this(description, targets, mode, batchSizes, description.backend()::open);
    }

    /** The last argument opens a backend with so many threads, which is closed with this. */
    Inference(
            ModelDescription description,
            Map<String, TargetSpec> targets,
            Mode mode,
            List<Integer> batchSizes,
            IntFunction<Backend> backends) {
        if (batchSizes.isEmpty() || batchSizes.stream().anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException(
                    "inference needs one or more batch sizes of at least 1, got " + batchSizes);
        }
        this.network = description.network();
        this.yielded = description.outputs();
        this.targets = Map.copyOf(targets);
        this.normalizer = description.normalization().normalizer();
        int threads = description.backend().threads().count();
        try (Scope opening = new Scope()) {
            Backend backend = opening.own(backends.apply(mode == Mode.LATENCY ? threads : 1));
            CompiledNetwork shared = opening.own(new CompiledNetwork(backend, description));
            batchSizes.forEach(size -> compiled.put(size, shared.predicting(size)));
            MemoryOwner memory = opening.own(MemoryOwner.named("pictures of an inference"));
            int callers = mode == Mode.LATENCY ? 1 : threads;
            this.sessions = new Pool<>(IntStream.range(0, callers)
                    .mapToObj(i -> session(memory, opening))
                    .toList());
            this.resources = opening.handOver();
        }
    }

    private Session session(MemoryOwner memory, Scope opening) {
        NavigableMap<Integer, NetworkExecutable> executables = new TreeMap<>();
        compiled.forEach((size, executable) -> executables.put(size, opening.own(executable.fork())));
        int most = compiled.lastKey();
        return new Session(executables, rooms(memory, network.inputs(), most), rooms(memory, network.outputs(), most));
    }

    private static List<MemorySegment> rooms(MemoryOwner memory, List<Port> ports, int most) {
        return ports.stream()
                .map(port -> memory.allocate(port.shape().batched(most).elements() * Float.BYTES))
                .toList();
    }

    /**
     * Asks the network what it sees. Pictures are taken in batches of the sizes this was compiled for; a batch that is
     * not full costs as much as a full one.
     *
     * @param pictures bytes {@code [C, H, W]} of each, row-major
     * @return a row of outputs for each
     * @throws ShapeException if a picture has another size, or the network has several inputs
     * @throws IllegalStateException if this is closed
     */
    public Predictions predict(List<byte[]> pictures) {
        return predict(pictures, Map.of());
    }

    /**
     * Asks a network of several inputs what it sees, see {@link #predict(List)}.
     *
     * @param pictures bytes {@code [C, H, W]} of each, row-major, for the one input that is not named
     * @param others by the names of the other inputs: for each picture floats as the network sees them, row-major
     * @return what each output says, see {@link Predictions#output}
     * @throws ShapeException if something is missing, too much, or of another size
     * @throws IllegalStateException if this is closed
     */
    public Predictions predict(List<byte[]> pictures, Map<String, List<float[]>> others) {
        checkInputs(pictures, others);
        List<List<float[]>> rows = new ArrayList<>();
        network.outputs().forEach(_ -> rows.add(new ArrayList<>()));
        Session session = sessions.take();
        try {
            int from = 0;
            while (from < pictures.size()) {
                Map.Entry<Integer, NetworkExecutable> fitting =
                        session.executables().ceilingEntry(pictures.size() - from);
                NetworkExecutable executable = fitting != null
                        ? fitting.getValue()
                        : session.executables().lastEntry().getValue();
                int to = Math.min(pictures.size(), from + executable.batchSize());
                for (int i = 0; i < network.inputs().size(); i++) {
                    List<float[]> other = others.get(network.inputs().get(i).name());
                    write(
                            session.inputs().get(i),
                            other == null ? null : other.subList(from, to),
                            pictures.subList(from, to));
                }
                run(session, executable, to - from, rows);
                from = to;
            }
        } finally {
            sessions.giveBack(session);
        }
        Map<String, Predictions> said = new LinkedHashMap<>();
        yielded.forEach((output, kind) -> said.put(
                output,
                new Predictions(rows.get(said.size()), targets.getOrDefault(output, TargetSpec.UNKNOWN), kind)));
        return Predictions.of(said);
    }

    private void checkInputs(List<byte[]> pictures, Map<String, List<float[]>> others) {
        List<Port> left = network.inputs().stream()
                .filter(port -> !others.containsKey(port.name()))
                .toList();
        if (left.size() != 1 || network.inputs().size() != others.size() + 1) {
            throw new ShapeException("the network takes " + network.inputs() + ", got pictures for one input and "
                    + others.keySet() + " for others");
        }
        for (byte[] picture : pictures) {
            if (picture.length != left.getFirst().shape().elements()) {
                throw new ShapeException("the network takes pictures "
                        + left.getFirst().shape() + " of "
                        + left.getFirst().shape().elements()
                        + " bytes, got one of " + picture.length);
            }
        }
        for (Port port : network.inputs()) {
            List<float[]> rows = others.get(port.name());
            if (rows != null
                    && (rows.size() != pictures.size()
                            || rows.stream()
                                    .anyMatch(row -> row.length != port.shape().elements()))) {
                throw new ShapeException("the network takes \"" + port.name() + "\" " + port.shape() + " for each of "
                        + pictures.size() + " pictures, got rows of "
                        + rows.stream().map(row -> row.length).distinct().toList() + " numbers for " + rows.size());
            }
        }
    }

    /** Writes the rows of an input where there are some, else pictures. */
    private void write(MemorySegment input, @Nullable List<float[]> rows, List<byte[]> pictures) {
        long at = 0;
        float[] normalized = new float[rows == null ? pictures.getFirst().length : 0];
        for (int i = 0; i < pictures.size(); i++) {
            float[] floats = rows == null ? normalized : rows.get(i);
            if (rows == null) {
                normalizer.apply(pictures.get(i), floats);
            }
            MemorySegment.copy(floats, 0, input, ValueLayout.JAVA_FLOAT, at, floats.length);
            at += floats.length * (long) Float.BYTES;
        }
    }

    /** Computes what was written and adds the rows of the first pictures. */
    private void run(Session session, NetworkExecutable executable, int pictures, List<List<float[]>> rows) {
        List<MemorySegment> inputs = new ArrayList<>();
        for (int i = 0; i < network.inputs().size(); i++) {
            inputs.add(session.inputs()
                    .get(i)
                    .asSlice(
                            0,
                            executable.batchSize()
                                    * network.inputs().get(i).shape().elements()
                                    * Float.BYTES));
        }
        executable.predict(inputs, session.outputs());
        for (int output = 0; output < rows.size(); output++) {
            int length = network.outputs().get(output).shape().arrayLength();
            for (int i = 0; i < pictures; i++) {
                float[] row = new float[length];
                MemorySegment.copy(
                        session.outputs().get(output),
                        ValueLayout.JAVA_FLOAT,
                        (long) i * length * Float.BYTES,
                        row,
                        0,
                        length);
                rows.get(output).add(row);
            }
        }
    }

    /**
     * The same without conversions and without allocation, for callers that prepare their pictures themselves.
     *
     * @param pictures floats {@code [N, C, H, W]} as the network sees them, normalized; N is a batch size that this was
     *            compiled for
     * @param outputs receives floats {@code [N, classes]}
     * @throws ShapeException if the sizes are others, or the network has several inputs or outputs
     * @throws IllegalStateException if this is closed
     */
    public void run(MemorySegment pictures, MemorySegment outputs) {
        run(List.of(pictures), List.of(outputs));
    }

    /**
     * The same of a network of several inputs or outputs.
     *
     * @param inputs by name, floats {@code [N, ...]} as the network sees them; N is a batch size that this was compiled
     *            for
     * @param outputs by name, receive floats {@code [N, ...]}
     * @throws ShapeException if the sizes or the names are others
     * @throws IllegalStateException if this is closed
     */
    public void run(Map<String, MemorySegment> inputs, Map<String, MemorySegment> outputs) {
        run(inOrder(network.inputs(), inputs), inOrder(network.outputs(), outputs));
    }

    private static List<MemorySegment> inOrder(List<Port> ports, Map<String, MemorySegment> named) {
        List<String> names = ports.stream().map(Port::name).toList();
        if (!named.keySet().equals(Set.copyOf(names))) {
            throw new ShapeException("expected memory for " + ports + ", got some for " + named.keySet());
        }
        return names.stream().map(named::get).toList();
    }

    private void run(List<MemorySegment> inputs, List<MemorySegment> outputs) {
        int size = (int) (inputs.getFirst().byteSize()
                / (network.inputs().getFirst().shape().elements() * Float.BYTES));
        if (!compiled.containsKey(size)
                || !fit(size, network.inputs(), inputs)
                || !fit(size, network.outputs(), outputs)) {
            throw new ShapeException("expected batches of " + compiled.keySet() + " examples of floats, inputs "
                    + network.inputs() + " and outputs " + network.outputs() + ", got " + bytes(inputs)
                    + " bytes of inputs and room for " + bytes(outputs) + " bytes of outputs");
        }
        Session session = sessions.take();
        try {
            Objects.requireNonNull(session.executables().get(size), "batch size")
                    .predict(inputs, outputs);
        } finally {
            sessions.giveBack(session);
        }
    }

    private static boolean fit(int size, List<Port> ports, List<MemorySegment> segments) {
        return segments.size() == ports.size()
                && IntStream.range(0, ports.size())
                        .allMatch(i -> segments.get(i).byteSize()
                                == size * ports.get(i).shape().elements() * Float.BYTES);
    }

    private static List<Long> bytes(List<MemorySegment> segments) {
        return segments.stream().map(MemorySegment::byteSize).toList();
    }

    /**
     * {@return what memory each call that runs takes off the heap, and what all of them share, for a batch size}
     *
     * @param batchSize one of those that this was compiled for
     * @throws IllegalArgumentException if it is none of them
     */
    public MemoryReport memory(int batchSize) {
        NetworkExecutable executable = compiled.get(batchSize);
        if (executable == null) {
            throw new IllegalArgumentException(
                    "this inference was compiled for batches of " + compiled.keySet() + " pictures, got " + batchSize);
        }
        return executable.memory();
    }

    /** {@return this, which still answers} */
    Inference checkOpen() {
        sessions.checkOpen();
        return this;
    }

    /** Refuses to take the place of another one if it could not answer every call that this other can. */
    void checkReplaces(Inference other) {
        if (!answers(network.inputs(), other.network.inputs())
                || !answers(network.outputs(), other.network.outputs())
                || !compiled.keySet().containsAll(other.compiled.keySet())) {
            throw new IllegalArgumentException(
                    "expected an inference that takes the place of one of " + other + ", got one of " + this);
        }
    }

    /** Nobody needs the name of what is alone. */
    private static boolean answers(List<Port> ours, List<Port> theirs) {
        return ours.size() == 1 && theirs.size() == 1
                ? ours.getFirst().shape().equals(theirs.getFirst().shape())
                : ours.equals(theirs);
    }

    /** {@return what it takes and yields, for messages} */
    @Override
    public String toString() {
        return "inputs " + network.inputs() + " in batches of " + compiled.keySet() + ", outputs " + network.outputs();
    }

    /** Waits for the calls that run, then frees everything; calls that come later throw. Closing again does nothing. */
    @Override
    public synchronized void close() {
        sessions.close();
        resources.close();
    }
}
