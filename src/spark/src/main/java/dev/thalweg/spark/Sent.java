package dev.thalweg.spark;

import java.io.Serializable;
import java.util.Objects;
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

    private final Class<T> type;
    private final Broadcast<byte[]> bytes;
    /** Read by the first who wants it in a task. */
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
            value = type.cast(JavaBytes.read(bytes.value()));
        }
        return Objects.requireNonNull(value, "value");
    }

    /** No task can read it any more; closing again does nothing. */
    @Override
    public void close() {
        if (bytes.isValid()) {
            bytes.destroy();
        }
    }
}
