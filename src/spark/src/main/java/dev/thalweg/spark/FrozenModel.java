package dev.thalweg.spark;

import dev.thalweg.Model;
import dev.thalweg.inference.Inference;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;

/** Frozen models of this executor, each shared by all tasks that ask it, with room for a call of each of its cores. */
final class FrozenModel {
    /** So many pictures are asked about at once, or one. */
    static final int BATCH = 32;

    /** Longer than from a task of a job to the next one; what stands idle for longer is freed. */
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final Leases<UUID, Inference> FROZEN = new Leases<>(IDLE, Inference::close);

    private FrozenModel() {}

    /**
     * {@return a model for a task, which closes it}
     *
     * @param id tells it from others
     * @param sent the model, read only where it is not there yet
     */
    static Leases<UUID, Inference>.Lease lease(UUID id, Sent<SentModel> sent) throws IOException {
        return FROZEN.take(id, () -> {
            try (Model model = sent.value().open(Cores.ofExecutor())) {
                return model.inference(Inference.Mode.THROUGHPUT, 1, BATCH);
            }
        });
    }
}
