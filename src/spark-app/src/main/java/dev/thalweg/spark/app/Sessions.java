package dev.thalweg.spark.app;

import org.apache.spark.sql.SparkSession;

/** The session that {@code spark-submit} has described. */
final class Sessions {
    private Sessions() {}

    static SparkSession open() {
        return SparkSession.builder().appName("thalweg").getOrCreate();
    }
}
