package dev.thalweg.spark;

import java.io.IOException;
import java.io.Serializable;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Works on one of several parts of the pictures, and answers in bytes, which any serializer of Spark's takes.
 *
 * @param <T> what comes out
 * @param work what it does
 * @param pictures all of them
 * @param configuration says how to read them
 * @param parts how many there are
 */
record PartTask<T extends Serializable>(
        PartWork<T> work, Sent<PictureIndex> pictures, Broadcast<SerializableConfiguration> configuration, int parts)
        implements Function<Integer, byte[]> {
    private static final long serialVersionUID = 1;

    @Override
    public byte[] call(Integer part) throws IOException {
        T done = work.of(
                pictures.value().part(part, parts), configuration.value().value());
        return JavaBytes.of(done).array();
    }
}
