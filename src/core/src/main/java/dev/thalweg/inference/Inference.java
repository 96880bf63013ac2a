package dev.thalweg.inference;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.MemoryReport;
import dev.thalweg.data.Normalizer;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.engine.NetworkExecutable;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Network;
import dev.thalweg.tensor.ShapeException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

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

    /** Room for one call: an executable for each batch size, and pictures as floats. */
    private record Session(
            NavigableMap<Integer, NetworkExecutable> executables, MemorySegment pictures, MemorySegment outputs) {}

    private final Network network;
    private final TargetSpec targets;
    private final Normalizer normalizer;
    private final NavigableMap<Integer, NetworkExecutable> compiled = new TreeMap<>();
    private final Pool<Session> sessions;
    private final Scope resources;

    /**
     * Compiles a network; {@link dev.thalweg.Model#inference} calls this.
     *
     * @param description what is computed, and how
     * @param targets what the outputs stand for
     * @param mode what matters more
     * @param batchSizes for which numbers of pictures, each at least 1
     * @throws IllegalArgumentException if there is no batch size or one is out of range
     * @throws dev.thalweg.tensor.UnavailableException if the backend cannot compute in that precision here
     * @throws dev.thalweg.tensor.MemoryLimitException if its memory is more than this process may hold off the heap
     */
    @SuppressWarnings("exports")
    public Inference(ModelDescription description, TargetSpec targets, Mode mode, List<Integer> batchSizes) {
        this(description, targets, mode, batchSizes, description.backend()::open);
    }

    /** The last argument opens a backend with so many threads, which is closed with this. */
    Inference(
            ModelDescription description,
            TargetSpec targets,
            Mode mode,
            List<Integer> batchSizes,
            IntFunction<Backend> backends) {
        if (batchSizes.isEmpty() || batchSizes.stream().anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException(
                    "inference needs one or more batch sizes of at least 1, got " + batchSizes);
        }
        this.network = description.network();
        this.targets = targets;
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
        return new Session(
                executables,
                memory.allocate(network.input().batched(most).elements() * Float.BYTES),
                memory.allocate(network.output().batched(most).elements() * Float.BYTES));
    }

    /**
     * Asks the network what it sees. Pictures are taken in batches of the sizes this was compiled for; a batch that is
     * not full costs as much as a full one.
     *
     * @param pictures bytes {@code [C, H, W]} of each, row-major
     * @return a row of outputs for each
     * @throws ShapeException if a picture has another size
     * @throws IllegalStateException if this is closed
     */
    public Predictions predict(List<byte[]> pictures) {
        long pixels = network.input().elements();
        for (byte[] picture : pictures) {
            if (picture.length != pixels) {
                throw new ShapeException("the network takes pictures " + network.input() + " of " + pixels
                        + " bytes, got one of " + picture.length);
            }
        }
        List<float[]> rows = new ArrayList<>();
        Session session = sessions.take();
        try {
            while (rows.size() < pictures.size()) {
                List<byte[]> rest = pictures.subList(rows.size(), pictures.size());
                Map.Entry<Integer, NetworkExecutable> fitting =
                        session.executables().ceilingEntry(rest.size());
                NetworkExecutable executable = fitting != null
                        ? fitting.getValue()
                        : session.executables().lastEntry().getValue();
                rows.addAll(run(session, executable, rest.subList(0, Math.min(rest.size(), executable.batchSize()))));
            }
        } finally {
            sessions.giveBack(session);
        }
        return new Predictions(rows, targets);
    }

    private List<float[]> run(Session session, NetworkExecutable executable, List<byte[]> pictures) {
        float[] floats = new float[network.input().arrayLength()];
        long at = 0;
        for (byte[] picture : pictures) {
            normalizer.apply(picture, floats);
            MemorySegment.copy(floats, 0, session.pictures(), ValueLayout.JAVA_FLOAT, at, floats.length);
            at += floats.length * (long) Float.BYTES;
        }
        executable.predict(
                session.pictures()
                        .asSlice(0, executable.batchSize() * network.input().elements() * Float.BYTES),
                session.outputs());
        List<float[]> rows = new ArrayList<>();
        int classes = network.output().arrayLength();
        for (int i = 0; i < pictures.size(); i++) {
            float[] row = new float[classes];
            MemorySegment.copy(
                    session.outputs(), ValueLayout.JAVA_FLOAT, (long) i * classes * Float.BYTES, row, 0, classes);
            rows.add(row);
        }
        return rows;
    }

    /**
     * The same without conversions and without allocation, for callers that prepare their pictures themselves.
     *
     * @param pictures floats {@code [N, C, H, W]} as the network sees them, normalized; N is a batch size that this was
     *            compiled for
     * @param outputs receives floats {@code [N, classes]}
     * @throws ShapeException if the sizes are others
     * @throws IllegalStateException if this is closed
     */
    public void run(MemorySegment pictures, MemorySegment outputs) {
        long bytes = network.input().elements() * Float.BYTES;
        int size = (int) (pictures.byteSize() / bytes);
        long expected = size * network.output().elements() * Float.BYTES;
        if (!compiled.containsKey(size) || pictures.byteSize() != size * bytes || outputs.byteSize() != expected) {
            throw new ShapeException("expected batches of " + compiled.keySet() + " pictures of " + bytes
                    + " bytes and " + network.output().elements() * Float.BYTES
                    + " bytes of outputs for each, got " + pictures.byteSize() + " bytes of pictures and room for "
                    + outputs.byteSize() + " bytes of outputs");
        }
        Session session = sessions.take();
        try {
            session.executables().get(size).predict(pictures, outputs);
        } finally {
            sessions.giveBack(session);
        }
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
        if (!network.input().equals(other.network.input())
                || !network.output().equals(other.network.output())
                || !compiled.keySet().containsAll(other.compiled.keySet())) {
            throw new IllegalArgumentException(
                    "expected an inference that takes the place of one of " + other + ", got one of " + this);
        }
    }

    /** {@return what it takes and yields, for messages} */
    @Override
    public String toString() {
        return "pictures " + network.input() + " in batches of " + compiled.keySet() + ", outputs " + network.output();
    }

    /** Waits for the calls that run, then frees everything; calls that come later throw. Closing again does nothing. */
    @Override
    public synchronized void close() {
        sessions.close();
        resources.close();
    }
}
