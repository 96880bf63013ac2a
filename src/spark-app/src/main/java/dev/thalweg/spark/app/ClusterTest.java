package dev.thalweg.spark.app;

import dev.thalweg.Model;
import dev.thalweg.cli.ClusterTraining;
import dev.thalweg.data.ClassTargets;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.spark.SparkImages;
import dev.thalweg.spark.SparkInference;
import java.io.IOException;
import java.io.PrintStream;
import org.apache.spark.sql.SparkSession;

/** A test on the executors. */
final class ClusterTest {
    private ClusterTest() {}

    /** Tests a model, and prints what it came to. */
    static void print(SparkSession spark, Model model, SparkImages images, PrintStream out) throws IOException {
        try (SparkInference inference = SparkInference.of(spark, model);
                ImageDataset pictures = images.dataset(spark)) {
            // Pictures to test with may lack some of the classes, by which those that follow are counted otherwise.
            ClassTargets targets = pictures.targets()
                    .classes()
                    .orElseThrow()
                    .among(model.targets().names());
            ClusterTraining.print("Test", targets, inference.test(images), out);
        }
    }
}
