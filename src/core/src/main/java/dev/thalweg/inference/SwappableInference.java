package dev.thalweg.inference;

import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Inference} that is replaced by another one while any number of threads use it: the hot swap of a service.
 * Each call is answered by one model as a whole, the one that was there when it began. No call waits for a swap, and
 * none fails because of one.
 *
 * <pre>{@code
 * SwappableInference service = new SwappableInference(model.inference(Inference.Mode.THROUGHPUT, 1, 8));
 * ...
 * try (Model next = Model.load(file)) {
 *     service.swap(next.inference(Inference.Mode.THROUGHPUT, 1, 8));
 * }
 * }</pre>
 *
 * A new model that cannot be loaded or compiled never comes to {@link #swap}, and the old one goes on. While both are
 * there, both take their memory.
 */
public final class SwappableInference implements AutoCloseable {
    /** A model and how many calls run in it. */
    private static final class Version {
        private final Inference inference;
        private int calls;

        Version(Inference inference) {
            this.inference = inference;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition drained = lock.newCondition();
    /** Null when this is closed. */
    private @Nullable Version current;

    /**
     * Begins with a model.
     *
     * @param first closed by this: when it is replaced, or when this is closed
     * @throws IllegalStateException if the model is closed
     */
    public SwappableInference(Inference first) {
        current = new Version(first.checkOpen());
    }

    /**
     * Replaces the model. From now on calls go to the new one; this waits for those that run in the old one, and then
     * closes it. Several threads may swap at a time: the model of the last one stays.
     *
     * @param next closed by this, as the first one; also if it is refused
     * @throws IllegalArgumentException if a call that the old model answers would be one too many for the new one:
     *             because its pictures or outputs have another shape, or it was not compiled for one of the batch
     *             sizes; the old one goes on. Also if it is the old one, which goes on too
     * @throws IllegalStateException if this or the new model is closed
     */
    public void swap(Inference next) {
        checkIsAnother(Objects.requireNonNull(next, "next"));
        try (Scope closing = new Scope()) {
            // What is closed in the end: the new model, until it has taken the place of the old one.
            closing.own(next);
            Version old = replace(next);
            closing.handOver();
            closing.own(old.inference);
            awaitEnd(old);
        }
    }

    /** The model that answers must not be closed as one that was refused. */
    private void checkIsAnother(Inference next) {
        lock.lock();
        try {
            if (current != null && current.inference == next) {
                throw new IllegalArgumentException("this inference answers already, expected another one");
            }
        } finally {
            lock.unlock();
        }
    }

    private Version replace(Inference next) {
        lock.lock();
        try {
            Version old = current();
            next.checkOpen().checkReplaces(old.inference);
            current = new Version(next);
            return old;
        } finally {
            lock.unlock();
        }
    }

    /** {@return what calls go to that begin now; the lock is held} */
    private Version current() {
        Version version = current;
        if (version == null) {
            throw new IllegalStateException("this inference is closed; make another to use the model");
        }
        return version;
    }

    private void awaitEnd(Version version) {
        lock.lock();
        try {
            while (version.calls > 0) {
                drained.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private Version enter() {
        lock.lock();
        try {
            Version version = current();
            version.calls++;
            return version;
        } finally {
            lock.unlock();
        }
    }

    private void leave(Version version) {
        lock.lock();
        try {
            version.calls--;
            if (version.calls == 0) {
                drained.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Decodes a picture file as the model wants it, see {@link Inference#decode}. Models that replace each other take
     * pictures of one size; where they were trained on pictures that came to it in different ways, one that is decoded
     * before a swap and asked about after it came to it in the old model's.
     *
     * @param file a picture; what it is, its content says
     * @return bytes {@code [C, H, W]}, row-major
     * @throws IOException if it cannot be read
     * @throws dev.thalweg.io.BadFileException if it is no picture, is damaged, or has too many pixels
     * @throws IllegalStateException if this is closed
     */
    public byte[] decode(Path file) throws IOException {
        Version version = enter();
        try {
            return version.inference.decode(file);
        } finally {
            leave(version);
        }
    }

    /**
     * Asks the model what it sees, see {@link Inference#predict(List)}.
     *
     * @param pictures bytes {@code [C, H, W]} of each, row-major
     * @return a row of outputs for each, all of the same model
     * @throws dev.thalweg.tensor.ShapeException if a picture has another size
     * @throws IllegalStateException if this is closed
     */
    public Predictions predict(List<byte[]> pictures) {
        return predict(pictures, Map.of());
    }

    /**
     * Asks a model of several inputs, see {@link Inference#predict(List, Map)}.
     *
     * @param pictures bytes {@code [C, H, W]} of each, row-major
     * @param others floats of the other inputs by name, for each picture
     * @return what each output says, all of the same model
     * @throws dev.thalweg.tensor.ShapeException if something is missing, too much, or of another size
     * @throws IllegalStateException if this is closed
     */
    public Predictions predict(List<byte[]> pictures, Map<String, List<float[]>> others) {
        Version version = enter();
        try {
            return version.inference.predict(pictures, others);
        } finally {
            leave(version);
        }
    }

    /**
     * Asks the model without conversions and without allocation, see
     * {@link Inference#run(MemorySegment, MemorySegment)}.
     *
     * @param pictures floats {@code [N, C, H, W]} as the network sees them, normalized
     * @param outputs receives floats {@code [N, classes]}
     * @throws dev.thalweg.tensor.ShapeException if the sizes are others than the model was compiled for
     * @throws IllegalStateException if this is closed
     */
    public void run(MemorySegment pictures, MemorySegment outputs) {
        Version version = enter();
        try {
            version.inference.run(pictures, outputs);
        } finally {
            leave(version);
        }
    }

    /**
     * Asks a model of several inputs or outputs without conversions, see {@link Inference#run(Map, Map)}.
     *
     * @param inputs by name, floats {@code [N, ...]} as the network sees them
     * @param outputs by name, receive floats {@code [N, ...]}
     * @throws dev.thalweg.tensor.ShapeException if the sizes or the names are others
     * @throws IllegalStateException if this is closed
     */
    public void run(Map<String, MemorySegment> inputs, Map<String, MemorySegment> outputs) {
        Version version = enter();
        try {
            version.inference.run(inputs, outputs);
        } finally {
            leave(version);
        }
    }

    /** Waits for the calls that run, then frees the model; calls that come later throw. Closing again does nothing. */
    @Override
    public void close() {
        Version last;
        lock.lock();
        try {
            last = current;
            current = null;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            awaitEnd(last);
            last.inference.close();
        }
    }
}
