package dev.thalweg.spark;

import dev.thalweg.Model;
import dev.thalweg.inference.Inference;
import java.io.IOException;
import java.util.UUID;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;

/**
 * A frozen model of this executor, shared by all tasks that ask it. The one that was asked last stays for tasks to come
 * until another one is asked.
 */
final class FrozenModel implements AutoCloseable {
    /** So many pictures are asked about at once, or one. */
    static final int BATCH = 32;

    private static @Nullable FrozenModel kept;

    private final UUID id;
    private final Inference inference;
    private int users;

    private FrozenModel(UUID id, Inference inference) {
        this.id = id;
        this.inference = inference;
    }

    /** {@return the model for a task, which closes it} */
    static FrozenModel lease(SentModel sent) throws IOException {
        synchronized (FrozenModel.class) {
            FrozenModel leased = kept;
            if (leased == null || !leased.id.equals(sent.id())) {
                leased = new FrozenModel(sent.id(), freeze(sent));
                if (kept != null && kept.users == 0) {
                    kept.inference.close();
                }
                kept = leased;
            }
            leased.users++;
            return leased;
        }
    }

    /** Where tasks run side by side each computes by its own thread; a task that has the executor to itself, by all. */
    private static Inference freeze(SentModel sent) throws IOException {
        int cores = SparkEnv.get()
                .conf()
                .getInt("spark.executor.cores", Runtime.getRuntime().availableProcessors());
        int ofTask = SparkEnv.get().conf().getInt("spark.task.cpus", 1);
        Inference.Mode mode = cores < 2 * ofTask ? Inference.Mode.LATENCY : Inference.Mode.THROUGHPUT;
        try (Model model = sent.open(cores)) {
            return model.inference(mode, 1, BATCH);
        }
    }

    Inference inference() {
        return inference;
    }

    @Override
    public void close() {
        synchronized (FrozenModel.class) {
            users--;
            if (users == 0 && !this.equals(kept)) {
                inference.close();
            }
        }
    }
}
