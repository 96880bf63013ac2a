package dev.thalweg.spark.app;

import dev.thalweg.Model;
import dev.thalweg.spark.SparkImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code thalweg spark-evaluate}. */
@Command(
        name = "spark-evaluate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Tests a saved model on the executors of a Spark cluster: on the part test of the pictures, or on"
                + " all where there are no parts.")
final class SparkEvaluateCommand implements Callable<Integer> {
    @Option(
            names = "--model",
            paramLabel = "FILE",
            required = true,
            description = "The model, on the driver's machine.")
    private Path file = Path.of("");

    @Mixin
    private PicturePlace place;

    @Override
    public Integer call() throws IOException {
        try (Model model = Model.load(file);
                SparkSession spark = Sessions.open()) {
            SparkImages images = place.test(
                    spark, model.network().input(), model.provenance().resize());
            ClusterTest.print(spark, model, images, System.out);
        }
        return 0;
    }
}
