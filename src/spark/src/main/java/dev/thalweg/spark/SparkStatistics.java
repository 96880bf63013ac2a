package dev.thalweg.spark;

import dev.thalweg.data.ChannelSums;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Normalization;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/** Means and deviations of pictures' channels, for which the executors of a cluster read them. */
public final class SparkStatistics {
    private SparkStatistics() {}

    /**
     * {@return the normalization after which each channel of pictures has mean 0 and standard deviation 1: the same
     * numbers as on one machine}
     *
     * @param spark on whose executors each picture is read once
     * @param pictures to learn from, with a size
     * @throws IllegalStateException if Spark does not run it, because a picture cannot be read, or they have no size
     */
    public static Normalization standardization(SparkSession spark, SparkImages pictures) {
        return new PartJob(spark, pictures.index())
                .run(SparkStatistics::sums).stream()
                        .map(form -> (ChannelSums) form.value())
                        .reduce(ChannelSums::plus)
                        .orElseThrow()
                        .standardization();
    }

    private static RecordForm sums(PictureIndex part, Configuration configuration) {
        try (ImageDataset data = new HadoopPictures(part, configuration).stream()) {
            return RecordForm.of(ChannelSums.of(data));
        }
    }
}
