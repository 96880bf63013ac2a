package dev.thalweg.inference;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.MemoryReport;
import dev.thalweg.data.DecodedFiles;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Resize;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.engine.NetworkExecutable;
import dev.thalweg.loss.Outputs;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Network;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
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

    private final Signature signature;
    private final Shape pictureShape;
    private final Resize resize;
    private final Normalization normalization;
    private final Map<String, TargetSpec> targets;
    private final Map<String, Outputs> yielded;
    private final NavigableMap<Integer, NetworkExecutable> compiled = new TreeMap<>();
    private final Pool<Session> sessions;
    private final Scope resources;

    /**
     * Compiles a network; {@link dev.thalweg.Model#inference} calls this.
     *
     * @param description what is computed, and how
     * @param targets what the outputs stand for, by their names
     * @param resize how pictures of other sizes come to the network's
     * @param mode what matters more
     * @param batchSizes for which numbers of pictures, each at least 1
     * @throws IllegalArgumentException if there is no batch size or one is out of range
     * @throws dev.thalweg.tensor.UnavailableException if the backend cannot compute in that precision here
     * @throws dev.thalweg.tensor.MemoryLimitException if its memory is more than this process may hold off the heap
     */
    @SuppressWarnings("exports")
    public Inference(
            ModelDescription description,
            Map<String, TargetSpec> targets,
            Resize resize,
            Mode mode,
            List<Integer> batchSizes) {
        this(description, targets, resize, mode, batchSizes, description.backend()::open);
    }

    /** The last argument opens a backend with so many threads, which is closed with this. */
    Inference(
            ModelDescription description,
            Map<String, TargetSpec> targets,
            Resize resize,
            Mode mode,
            List<Integer> batchSizes,
            IntFunction<Backend> backends) {
        if (batchSizes.isEmpty() || batchSizes.stream().anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException(
                    "inference needs one or more batch sizes of at least 1, got " + batchSizes);
        }
        Network network = description.network();
        this.signature = new Signature(network.inputs(), network.outputs(), new TreeSet<>(batchSizes));
        this.pictureShape = network.pictures().shape();
        this.resize = resize;
        this.normalization = description.normalization();
        this.targets = Map.copyOf(targets);
        int threads = description.backend().threads().count();
        try (Scope opening = new Scope()) {
            Backend backend = opening.own(backends.apply(mode == Mode.LATENCY ? threads : 1));
            CompiledNetwork shared = opening.own(new CompiledNetwork(backend, description));
            this.yielded = shared.outputs();
            batchSizes.forEach(size -> compiled.put(size, shared.predicting(size)));
            MemoryOwner memory = opening.own(MemoryOwner.named("pictures of an inference"));
            int callers = mode == Mode.LATENCY ? 1 : threads;
            this.sessions = new Pool<>(IntStream.range(0, callers)
                    .mapToObj(_ -> new Session(
                            signature, description.normalization().normalizer(), compiled.values(), memory, opening))
                    .toList());
            this.resources = opening.handOver();
        }
    }

    /**
     * Decodes a picture file for {@link #predict(List)}, as {@link dev.thalweg.Model#predict(List)} and the program
     * decode: turned upright as its EXIF data say, in the colours of sRGB or in grey, and brought to the network's size
     * as the pictures that it was trained on were. Any number of threads may call this; no call waits for it.
     *
     * @param file PNG, JPEG, GIF, BMP, TIFF, WebP or one of Netpbm's; what it is, its content says
     * @return bytes {@code [C, H, W]}, row-major
     * @throws IOException if it cannot be read
     * @throws dev.thalweg.io.BadFileException if there is no such file, it is no picture, is damaged, or has too many
     *         pixels
     * @throws IllegalArgumentException if the network takes other pictures than in colour or grey
     * @throws IllegalStateException if this is closed
     */
    public byte[] decode(Path file) throws IOException {
        checkOpen();
        return DecodedFiles.decode(file, pictureShape, resize);
    }

    /**
     * Decodes a picture file that is in memory, see {@link #decode(Path)}.
     *
     * @param name of the file, for messages
     * @param file its bytes
     * @return bytes {@code [C, H, W]}, row-major
     * @throws IOException if it cannot be read
     * @throws dev.thalweg.io.BadFileException if it is no picture, is damaged, or has too many pixels
     * @throws IllegalArgumentException if the network takes other pictures than in colour or grey
     * @throws IllegalStateException if this is closed
     */
    public byte[] decode(String name, byte[] file) throws IOException {
        checkOpen();
        return decodeAnyway(name, file);
    }

    /** The same also when this is closed. */
    byte[] decodeAnyway(String name, byte[] file) throws IOException {
        return DecodedFiles.decode(name, file, pictureShape, resize);
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
     * @param pictures bytes {@code [C, H, W]} of each, row-major, for the one input that is not named; none if all are
     * @param others by the names of the other inputs: for each picture floats as the network sees them, row-major
     * @return what each output says, see {@link Predictions#output}
     * @throws ShapeException if something is missing, too much, or of another size
     * @throws IllegalStateException if this is closed
     */
    public Predictions predict(List<byte[]> pictures, Map<String, List<float[]>> others) {
        check(pictures, others);
        return predictChecked(pictures, others);
    }

    /** {@return how many examples those are, which this can answer} */
    int check(List<byte[]> pictures, Map<String, List<float[]>> others) {
        return signature.check(pictures, others);
    }

    /** Asks about what was checked. */
    Predictions predictChecked(List<byte[]> pictures, Map<String, List<float[]>> others) {
        Session session = sessions.take();
        try {
            return Predictions.of(session.predict(pictures, others), targets, yielded);
        } finally {
            sessions.giveBack(session);
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
        run(Signature.inOrder(signature.inputs(), inputs), Signature.inOrder(signature.outputs(), outputs));
    }

    private void run(List<MemorySegment> inputs, List<MemorySegment> outputs) {
        int size = signature.batchSize(inputs, outputs);
        Session session = sessions.take();
        try {
            session.run(size, inputs, outputs);
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

    /** How bytes of pictures become the floats that the network sees. */
    Normalization normalization() {
        return normalization;
    }

    /**
     * What the only output says of floats as the network sees them, as probabilities; a row for each picture.
     *
     * @param picture the shape of one
     * @param count how many there are, which need not be a batch size that this was compiled for
     * @param writer of the only input, {@code [N, C, H, W]}, row-major
     * @throws ShapeException if the pictures have another shape
     */
    List<float[]> predict(Shape picture, int count, Session.Writer writer) {
        if (!picture.equals(pictureShape)) {
            throw new ShapeException("the network takes pictures " + pictureShape + ", got some of " + picture);
        }
        Session session = sessions.take();
        try {
            return Predictions.of(session.predict(count, writer), targets, yielded)
                    .probabilities()
                    .outputs();
        } finally {
            sessions.giveBack(session);
        }
    }

    /** {@return how many pictures are computed at a time at most} */
    int largestBatch() {
        return compiled.lastKey();
    }

    /** Computes a batch of each size, of nothing, so that the first one that is asked for takes no longer. */
    void warmUp() {
        for (int size : compiled.keySet()) {
            Map<String, List<float[]>> zeros = new HashMap<>();
            signature
                    .inputs()
                    .forEach(input -> zeros.put(
                            input.name(),
                            Collections.nCopies(size, new float[input.shape().arrayLength()])));
            predictChecked(List.of(), zeros);
        }
    }

    /** {@return this, which still answers} */
    Inference checkOpen() {
        sessions.checkOpen();
        return this;
    }

    /** Refuses to take the place of another one if it could not answer every call that this other can. */
    void checkReplaces(Inference other) {
        if (!signature.answers(other.signature)) {
            throw new IllegalArgumentException(
                    "expected an inference that takes the place of one of " + other + ", got one of " + this);
        }
    }

    /** {@return what it takes and yields, for messages} */
    @Override
    public String toString() {
        return signature.toString();
    }

    /** Waits for the calls that run, then frees everything; calls that come later throw. Closing again does nothing. */
    @Override
    public synchronized void close() {
        sessions.close();
        resources.close();
    }
}
