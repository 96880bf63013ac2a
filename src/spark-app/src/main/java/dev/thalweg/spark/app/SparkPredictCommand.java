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
import org.apache.spark.sql.types.StructType;
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
    private static final String IMAGE = "image";

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
            description =
                    "A folder of pictures, or Hugging Face's .parquet, one or a folder of them; others see --column.")
    private String data = "";

    @Option(
            names = "--column",
            paramLabel = "NAME",
            description = "--data holds Parquet files, with encoded pictures in this column (default: image.bytes, or"
                    + " image, where it is .parquet).")
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

    private Dataset<Row> answers(SparkSession spark, SparkInference inference) throws IOException {
        if (!column.isEmpty()) {
            return inference.predict(spark.read().parquet(data), column);
        }
        if (PartPlaces.of(spark, data).parquet()) {
            // Other files may lie beside.
            Dataset<Row> rows = spark.read()
                    .option("pathGlobFilter", "*" + PartPlaces.SUFFIX)
                    .parquet(data);
            return inference.predict(rows, usualColumn(rows.schema()));
        }
        Dataset<Row> files = spark.read()
                .format("binaryFile")
                .option("recursiveFileLookup", "true")
                .load(data);
        return inference.predict(files, "content", List.of("path"));
    }

    /** As Hugging Face's files have it: bytes, or a structure of bytes and a path. */
    private static String usualColumn(StructType columns) {
        boolean structured = List.of(columns.fieldNames()).contains(IMAGE)
                && columns.apply(IMAGE).dataType() instanceof StructType;
        return structured ? IMAGE + ".bytes" : IMAGE;
    }
}
