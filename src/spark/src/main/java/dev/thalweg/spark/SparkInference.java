package dev.thalweg.spark;

import dev.thalweg.Model;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.inference.Predictions;
import dev.thalweg.metric.Metric;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Tested;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Asks a trained model on the executors of a Spark cluster, each of which has it once, frozen, for all its tasks.
 *
 * <pre>{@code
 * try (SparkInference inference = SparkInference.of(spark, model)) {
 *     inference.predict(pictures, "content").write().parquet("hdfs:/answers");
 *     System.out.println(inference.evaluate(SparkImages.folder(spark, "hdfs:/test").size(32, 32)).accuracy());
 * }
 * }</pre>
 */
public final class SparkInference implements AutoCloseable {
    /** Taken out of the rows again before anybody sees it. */
    private static final String PICTURE = "dev.thalweg.spark.picture";

    private final SparkSession spark;
    private final Sent<SentModel> sent;
    private final UUID id;
    private final TargetSpec targets;
    private final boolean skipsBad;

    private SparkInference(SparkSession spark, Sent<SentModel> sent, UUID id, TargetSpec targets, boolean skipsBad) {
        this.spark = spark;
        this.sent = sent;
        this.id = id;
        this.targets = targets;
        this.skipsBad = skipsBad;
    }

    /**
     * {@return a model as it stands, for executors to ask; later changes of it do not reach them. It computes in the
     * same precision there}
     *
     * @param spark the session
     * @param model with one output; it may be closed
     * @throws IllegalArgumentException if it has several outputs
     * @throws IOException if the driver cannot write a temporary file
     */
    public static SparkInference of(SparkSession spark, Model model) throws IOException {
        if (model.network().outputs().size() != 1) {
            throw new IllegalArgumentException("expected a model with one output, got one with "
                    + model.network().outputs());
        }
        Sent<SentModel> sent = Sent.by(context(spark), SentModel.class, SentModel.of(model));
        return new SparkInference(spark, sent, UUID.randomUUID(), model.targets(), false);
    }

    private static JavaSparkContext context(SparkSession spark) {
        return JavaSparkContext.fromSparkContext(spark.sparkContext());
    }

    /**
     * {@return the same, but what {@link #predict} says of a picture that cannot be read is null, and a warning in its
     * executor's log; else its task fails}
     *
     * @param skips whether
     */
    @CheckReturnValue
    public SparkInference skipsBad(boolean skips) {
        return new SparkInference(spark, sent, id, targets, skips);
    }

    /**
     * Asks about picture files in a column, when somebody wants the rows.
     *
     * @param rows with a picture each; their number of partitions says how many tasks ask
     * @param image the name of a column with picture files: bytes, or as Hugging Face and {@code binaryFile} have them,
     *            {@code image.bytes} or {@code content}
     * @return the same rows with columns more. Of classes: {@code prediction}, the name of the greatest, and
     *         {@code probabilities}, a float for each class; of labels: {@code prediction}, the names of those above
     *         0.5, and {@code probabilities}; of a regression: {@code prediction}, its numbers
     * @throws IllegalArgumentException if the column is not of bytes, or the rows have columns of these names, which
     *     for Spark may differ in case, see {@code spark.sql.caseSensitive}
     */
    public Dataset<Row> predict(Dataset<Row> rows, String image) {
        return predict(rows, image, List.of("*"));
    }

    /**
     * Asks about picture files in a column, as {@link #predict(Dataset, String)}, but does not carry all columns along:
     * pictures, for instance, which nobody wants beside what is said of them.
     *
     * @param rows with a picture each
     * @param image the name of a column with picture files
     * @param kept names of columns, as {@link Dataset#col} takes them
     * @return these columns, in this order, and those with answers behind them
     * @throws IllegalArgumentException if the column is not of bytes, or those that are kept have the names of answers
     */
    public Dataset<Row> predict(Dataset<Row> rows, String image, List<String> kept) {
        Dataset<Row> asked = rows.select(Stream.concat(
                        kept.stream().map(rows::col), Stream.of(rows.col(image).as(PICTURE)))
                .toArray(Column[]::new));
        List<StructField> fields = List.of(asked.schema().fields());
        StructField picture = fields.getLast();
        if (!picture.dataType().equals(DataTypes.BinaryType)) {
            throw new IllegalArgumentException("expected a column \"" + image + "\" of bytes, got one of "
                    + picture.dataType().simpleString());
        }
        List<StructField> given = fields.subList(0, fields.size() - 1);
        AnswerColumns columns = new AnswerColumns(targets.kind());
        columns.checkBeside(given.stream().map(StructField::name).toList(), isCaseSensitive());
        StructType type = new StructType(
                Stream.concat(given.stream(), columns.fields().stream()).toArray(StructField[]::new));
        return asked.mapPartitions(new Answering(id, sent, columns, skipsBad), Encoders.row(type));
    }

    private boolean isCaseSensitive() {
        return Boolean.parseBoolean(spark.conf().get("spark.sql.caseSensitive"));
    }

    /**
     * Tests the model, as {@link Model#evaluate} does on one machine. Every task tests on a part of the pictures, as
     * many as the cluster has slots.
     *
     * @param pictures to test with, of the model's size
     * @param metrics what else to measure: by the driver, to which all answers are sent then
     * @return mean loss, and the metrics
     * @throws IllegalArgumentException if a metric does not measure what the model says
     * @throws IllegalStateException if Spark does not run it, because pictures are of another size, or have a class or
     *             other targets that the model does not know, or cannot be read
     */
    public Evaluation evaluate(SparkImages pictures, Metric... metrics) {
        return evaluation(parts(pictures, metrics.length > 0), metrics);
    }

    /**
     * Tests the model and keeps what it says of each picture, as {@link Model#test} does on one machine: all answers
     * are sent to the driver, which must have room for them.
     *
     * @param pictures to test with, of the model's size
     * @param metrics what else to measure
     * @return the measures and the answers
     * @throws IllegalArgumentException if a metric does not measure what the model says
     * @throws IllegalStateException as {@link #evaluate}
     */
    public Tested test(SparkImages pictures, Metric... metrics) {
        List<TestedPart> parts = parts(pictures, true);
        List<float[]> rows = parts.stream()
                .flatMap(part -> part.answers().stream())
                .map(TestedPart.Answer::outputs)
                .toList();
        return new Tested(
                evaluation(parts, metrics),
                new Predictions(rows, targets, parts.getFirst().yielded()));
    }

    private List<TestedPart> parts(SparkImages pictures, boolean keepsAnswers) {
        return new PartJob(spark, pictures.index()).run(new PartTest(sent, keepsAnswers));
    }

    private Evaluation evaluation(List<TestedPart> parts, Metric... metrics) {
        int pictures = parts.stream().mapToInt(TestedPart::pictures).sum();
        Map<String, Double> means = new LinkedHashMap<>();
        for (TestedPart part : parts) {
            part.means().forEach((name, mean) -> means.merge(name, mean * part.pictures() / pictures, Double::sum));
        }
        double loss = Objects.requireNonNull(means.remove(TestedPart.LOSS), TestedPart.LOSS);
        for (Metric metric : metrics) {
            means.put(metric.name(), measured(metric, parts));
        }
        return new Evaluation(loss, means);
    }

    private double measured(Metric metric, List<TestedPart> parts) {
        List<TestedPart.Answer> answers =
                parts.stream().flatMap(part -> part.answers().stream()).toList();
        metric.check(targets.kind(), answers.getFirst().outputs().length);
        metric.reset();
        // Copies, so that one that sorts its numbers does not show the next one others.
        answers.forEach(answer ->
                metric.update(answer.outputs().clone(), answer.targets().clone()));
        return metric.value();
    }

    /**
     * Sends the model to no more tasks: rows of {@link #predict} that nobody has read cannot be read then. Executors
     * free it half a minute after the last task that asked it, whether this is closed or not.
     */
    @Override
    public void close() {
        // The same with another option closes the same.
        sent.close();
    }
}
