package dev.thalweg.spark;

import java.io.Serializable;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * What the driver tells all executors, sent to each of them once. It travels as bytes, by Java's serialization,
 * whatever serializer Spark has for data: Kryo makes no records, and may refuse classes that nobody registered.
 *
 * @param <T> what it is
 */
final class Sent<T extends Serializable> implements Serializable, AutoCloseable {
    private static final long serialVersionUID = 1;

    /** What tasks of this process have read, for others, as long as one of them has it. */
    private static final Map<String, WeakReference<Object>> READ = new HashMap<>();

    private final Class<T> type;
    private final Broadcast<byte[]> bytes;
    /** Null until a task wants it. */
    private transient @Nullable T value;

    private Sent(Class<T> type, Broadcast<byte[]> bytes) {
        this.type = type;
        this.bytes = bytes;
    }

    static <T extends Serializable> Sent<T> by(JavaSparkContext context, Class<T> type, T value) {
        return new Sent<>(type, context.broadcast(JavaBytes.of(value).array()));
    }

    T value() {
        if (value == null) {
            value = type.cast(read());
        }
        return Objects.requireNonNull(value, "value");
    }

    private Object read() {
        String known = SparkEnv.get().conf().getAppId() + " " + bytes.id();
        synchronized (READ) {
            READ.values().removeIf(reference -> reference.get() == null);
            WeakReference<Object> reference = READ.get(known);
            Object read = reference == null ? null : reference.get();
            if (read == null) {
                read = JavaBytes.read(bytes.value());
                READ.put(known, new WeakReference<>(read));
            }
            return read;
        }
    }

    /** No task can read it any more; closing again does nothing. */
    @Override
    public void close() {
        if (bytes.isValid()) {
            bytes.destroy();
        }
    }
}
