package dev.thalweg.spark;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What an executor answers. Whoever does not answer is lost, with his executor. */
sealed interface ReplicaResult extends Serializable {
    /**
     * The training came to its end.
     *
     * @param model as it is saved, of the leading replica; null of the others
     * @param history what every epoch came to; null as the model
     */
    record Trained(byte @Nullable [] model, @Nullable RecordForm history) implements ReplicaResult {}

    /**
     * This replica cannot go on by itself: another attempt would end as this one.
     *
     * @param what failed
     */
    record Failed(Throwable what) implements ReplicaResult {}

    /**
     * Another replica failed, fell silent or left.
     *
     * @param what is known of it
     */
    record Abandoned(String what) implements ReplicaResult {}
}
