package dev.thalweg.spark;

import dev.thalweg.tensor.Precision;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the driver asks of each executor.
 *
 * @param model a saved model, with the weights to begin with
 * @param compilation how it is trained
 * @param fit how long, on batches of which size, and so on
 * @param training the pictures to learn from
 * @param validation the pictures to validate with; null for none
 * @param threads of each executor
 * @param checkpoints where checkpoints are kept, a Hadoop path; null for nowhere
 * @param everyBatches how often, in batches; 0 for after each epoch alone
 * @param patience how long another replica may be silent
 * @param gradientPrecision in which gradients travel
 * @param averagedWeights whether the trained model has the averages of its weights
 * @param callbacks where the driver's callbacks are told what happens
 * @param tellBatches whether they want to know of every batch
 */
record ReplicaOrder(
        byte[] model,
        RecordForm compilation,
        RecordForm fit,
        PictureIndex training,
        @Nullable PictureIndex validation,
        int threads,
        @Nullable String checkpoints,
        int everyBatches,
        Duration patience,
        Precision gradientPrecision,
        boolean averagedWeights,
        String callbacks,
        boolean tellBatches)
        implements Serializable {}
