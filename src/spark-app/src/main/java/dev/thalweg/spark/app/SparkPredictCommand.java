package dev.thalweg.spark.app;

import dev.thalweg.Model;
import dev.thalweg.spark.SparkInference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code thalweg spark-predict}. */
@Command(
        name = "spark-predict",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Asks a saved model what it sees in pictures, on the executors of a Spark cluster, and writes the"
                + " answers as Parquet files.")
final class SparkPredictCommand implements Callable<Integer> {
    @Option(
            names = "--model",
            paramLabel = "FILE",
            required = true,
            description = "The model, on the driver's machine.")
    private Path file = Path.of("");

    @Option(
            names = "--data",
            paramLabel = "PLACE",
            required = true,
            description = "A folder of pictures, or Parquet files with a column of them, see --column.")
    private String data = "";

    @Option(
            names = "--column",
            paramLabel = "NAME",
            description = "--data holds Parquet files, with encoded pictures in this column: image.bytes of Hugging"
                    + " Face's.")
    private String column = "";

    @Option(
            names = "--skip-bad",
            description = "Leave pictures that cannot be read without an answer, instead of failing.")
    private boolean skipsBad;

    @Option(
            names = "--output",
            paramLabel = "PLACE",
            required = true,
            description = "A new folder for Parquet files: the rows of --data, or each picture's path, with the columns"
                    + " prediction and probabilities.")
    private String output = "";

    @Override
    public Integer call() throws IOException {
        try (Model model = Model.load(file);
                SparkSession spark = Sessions.open();
                SparkInference inference = SparkInference.of(spark, model)) {
            SparkInference asked = inference.skipsBad(skipsBad);
            answers(spark, asked).write().parquet(output);
            System.out.println("Saved to " + output);
        }
        return 0;
    }

    private Dataset<Row> answers(SparkSession spark, SparkInference inference) {
        if (!column.isEmpty()) {
            return inference.predict(spark.read().parquet(data), column);
        }
        Dataset<Row> files = spark.read()
                .format("binaryFile")
                .option("recursiveFileLookup", "true")
                .load(data);
        return inference.predict(files, "content", List.of("path"));
    }
}
