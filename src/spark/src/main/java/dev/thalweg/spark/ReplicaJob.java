package dev.thalweg.spark;

import dev.thalweg.collective.CollectiveException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import scala.reflect.ClassTag$;

/**
 * A barrier stage of replicas, run again where executors are lost. Spark itself does not run such a stage again, as it
 * cannot know that a second attempt does no harm.
 *
 * @param spark where
 * @param workers how many replicas there are
 * @param order what they do
 */
record ReplicaJob(SparkSession spark, int workers, ReplicaOrder order) {
    private static final System.Logger LOG = System.getLogger(ReplicaJob.class.getName());

    private static final int USUAL_ATTEMPTS = 4;

    /**
     * {@return what the leading replica answers}
     *
     * @throws CollectiveException if executors were lost in each attempt
     */
    ReplicaResult.Trained run() {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        Sent<ReplicaOrder> sent = Sent.by(context, ReplicaOrder.class, order);
        Broadcast<SerializableConfiguration> configuration =
                context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
        context.setJobDescription("thalweg: train " + order.training().name() + " on " + workers + " workers");
        try {
            int attempts = context.getConf().getInt("spark.task.maxFailures", USUAL_ATTEMPTS);
            for (int attempt = 1; ; attempt++) {
                try {
                    return leading(attempt(context, new ReplicaTask(sent, configuration)));
                } catch (CollectiveException e) {
                    if (attempt >= attempts) {
                        throw e;
                    }
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "attempt " + attempt + " of " + attempts + " to train on " + workers + " workers failed,"
                                    + " another one follows"
                                    + (order.checkpoints() == null ? "" : ", from the last checkpoint"),
                            e);
                }
            }
        } finally {
            context.setJobDescription(null);
            sent.close();
            configuration.destroy();
        }
    }

    private List<ReplicaResult> attempt(JavaSparkContext context, ReplicaTask task) {
        List<Integer> ranks = IntStream.range(0, workers).boxed().toList();
        RDD<byte[]> replicas = context.parallelize(ranks, workers)
                .rdd()
                .barrier()
                .mapPartitions(task, false, ClassTag$.MODULE$.apply(byte[].class));
        try {
            return Arrays.stream((byte[][]) replicas.collect())
                    .map(bytes -> (ReplicaResult) JavaBytes.read(bytes))
                    .toList();
        } catch (Exception e) {
            // Scala does not say which checked exceptions it throws.
            if (e instanceof SparkException) {
                throw isLoss(e)
                        ? new CollectiveException("an executor was lost: " + e.getMessage(), e)
                        : new IllegalStateException("Spark did not run the training: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    /** What else Spark gives up for, a cancelled job or too few slots, would be so again. */
    private static boolean isLoss(Exception e) {
        return String.valueOf(e.getMessage()).contains("ExecutorLostFailure");
    }

    private static ReplicaResult.Trained leading(List<ReplicaResult> results) {
        for (ReplicaResult result : results) {
            if (result instanceof ReplicaResult.Failed failed) {
                throw Throwables.rethrown(failed.what());
            }
        }
        for (ReplicaResult result : results) {
            if (result instanceof ReplicaResult.Abandoned abandoned) {
                throw new CollectiveException(abandoned.what());
            }
        }
        return (ReplicaResult.Trained) results.getFirst();
    }
}
