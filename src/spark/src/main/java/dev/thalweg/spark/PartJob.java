package dev.thalweg.spark;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Work on pictures by as many tasks as the cluster has slots, each on a part of them.
 *
 * @param spark where
 * @param pictures at least one
 */
record PartJob(SparkSession spark, PictureIndex pictures) {
    /**
     * {@return what comes out of each part, in the order of the pictures}
     *
     * @param <T> what that is
     * @param work what is done
     * @throws IllegalStateException if Spark does not run it
     */
    @SuppressWarnings("unchecked")
    <T extends Serializable> List<T> run(PartWork<T> work) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        int parts = Math.min(pictures.pictures().size(), Cores.slots(context.sc()));
        List<Integer> numbers = IntStream.range(0, parts).boxed().toList();
        Broadcast<SerializableConfiguration> configuration =
                context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
        try (Sent<PictureIndex> sent = Sent.by(context, PictureIndex.class, pictures)) {
            List<byte[]> done = context.parallelize(numbers, parts)
                    .map(new PartTask<>(work, sent, configuration, parts))
                    .collect();
            return done.stream().map(bytes -> (T) JavaBytes.read(bytes)).toList();
        } catch (Exception e) {
            // Scala does not say which checked exceptions it throws.
            if (e instanceof SparkException) {
                throw new IllegalStateException("Spark did not work on " + pictures.name() + ": " + e.getMessage(), e);
            }
            throw e;
        } finally {
            configuration.destroy();
        }
    }
}
