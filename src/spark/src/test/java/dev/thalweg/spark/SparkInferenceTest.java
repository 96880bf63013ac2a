package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.ChannelStatistics;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.inference.Predictions;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.metric.AUC;
import dev.thalweg.metric.ConfusionMatrix;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;
import dev.thalweg.train.Tested;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster answers as one machine does. */
class SparkInferenceTest {
    private static final Shape SHAPE = Shape.of(3, 32, 32);
    /** Batches of other sizes may be computed by other kernels, which round otherwise. */
    private static final float TOLERANCE = 1e-5f;

    /** The serializer for data that many clusters have, and refuses what Java's takes. */
    private static final Map<String, String> KRYO = Map.of(
            "spark.serializer", "org.apache.spark.serializer.KryoSerializer",
            "spark.kryo.registrationRequired", "true",
            // Which Spark itself sends after it has written rows, and forgets.
            "spark.kryo.classesToRegister",
                    Stream.of("TimestampType$", "BinaryType$", "FloatType$", "ArrayType")
                            .map(type -> "org.apache.spark.sql.types." + type)
                            .collect(Collectors.joining(",")));

    @TempDir
    private static Path directory;

    private static LocalCluster cluster;
    private static SparkSession spark;
    private static Path pictures;
    private static DataSplit split;
    private static Model model;

    @BeforeAll
    static void start() throws Exception {
        pictures = Files.createDirectory(directory.resolve("pictures"));
        try (DataSplit shapes = ShapesDataset.generate(80, 75, 1)) {
            ShapeFolders.write(shapes.train(), pictures.resolve("train"));
            ShapeFolders.write(shapes.test(), pictures.resolve("test"));
        }
        split = ImageFolder.of(pictures).imageShape(SHAPE).read();
        model = Model.sequential(
                        SHAPE,
                        new Conv2D(4, 3).activation(Activation.RELU),
                        new MaxPooling2D(4),
                        new Flatten(),
                        new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.AUTO, Threads.of(1))
                .seed(5)
                .compile(new SGD(0.05), new CategoricalCrossentropy());
        model.fit(split.train(), Fit.epochs(3).batchSize(16).seed(3));
        cluster = LocalCluster.start(Files.createDirectory(directory.resolve("spark")), 2, KRYO);
        spark = cluster.session();
    }

    @AfterAll
    static void stop() {
        spark.stop();
        cluster.close();
        model.close();
        split.close();
    }

    private static Dataset<Row> files(String folder) {
        return spark.read()
                .format("binaryFile")
                .option("recursiveFileLookup", "true")
                .load(pictures.resolve(folder).toUri().toString());
    }

    private static SparkImages test() throws Exception {
        return SparkImages.folder(spark, pictures.resolve("test").toUri().toString())
                .size(32, 32);
    }

    @Test
    void rowsGetTheAnswersOfOneMachine() throws Exception {
        Predictions alone = model.predict(split.test());
        try (SparkInference inference = SparkInference.of(spark, model)) {
            Dataset<Row> answered =
                    inference.predict(files("test").repartition(3).select("path", "content", "length"), "content");
            assertEquals(
                    List.of("path", "content", "length", "prediction", "probabilities"), List.of(answered.columns()));
            List<Row> rows = answered.orderBy("path").collectAsList();
            assertEquals(split.test().size(), rows.size());
            for (int i = 0; i < rows.size(); i++) {
                assertEquals(alone.classNameOf(i), rows.get(i).getAs("prediction"), rows.get(i)::toString);
                assertArrayEquals(alone.outputs().get(i), floats(rows.get(i)), TOLERANCE);
            }
        }
    }

    private static float[] floats(Row row) {
        List<Float> numbers = row.getList(row.fieldIndex("probabilities"));
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i);
        }
        return floats;
    }

    /** As Hugging Face's files have it: a column within a column, and a name that needs quotes beside it. */
    @Test
    void aPictureThatCannotBeReadIsToldOrPassedOver() throws Exception {
        Path bad = Files.createDirectory(directory.resolve("bad"));
        Files.writeString(bad.resolve("a.png"), "no picture");
        Path good;
        try (var some = Files.walk(pictures.resolve("test"))) {
            good = some.filter(Files::isRegularFile).findFirst().orElseThrow();
        }
        Files.copy(good, bad.resolve("b.png"));
        Dataset<Row> rows = spark.read()
                .format("binaryFile")
                .load(bad.toUri().toString())
                .select(
                        functions.struct("content").as("image"),
                        functions.col("path").as("a.path"))
                .union(spark.sql("SELECT named_struct('content', CAST(NULL AS BINARY)), 'z'"))
                .coalesce(1);
        try (SparkInference inference = SparkInference.of(spark, model)) {
            Dataset<Row> refused = inference.predict(rows, "image.content");
            SparkException thrown = assertThrows(SparkException.class, refused::collectAsList);
            assertTrue(thrown.toString().contains("BadFileException"), thrown.toString());
            List<Row> passed = inference
                    .skipsBad(true)
                    .predict(rows, "image.content")
                    .orderBy("`a.path`")
                    .collectAsList();
            assertEquals(3, passed.size());
            List<Boolean> answered = new ArrayList<>();
            passed.forEach(row -> answered.add(row.getAs("prediction") != null && row.getAs("probabilities") != null));
            assertEquals(1, answered.stream().filter(yes -> yes).count());
            Row last = passed.getLast();
            assertEquals("z", last.getAs("a.path"));
            assertNull(last.getAs("prediction"));
        }
    }

    /** A whole batch of them too, and tasks without any rows. */
    @Test
    void whereNothingCanBeReadNothingIsSaid() throws Exception {
        Dataset<Row> rows = spark.range(40)
                .selectExpr("id", "CAST('no picture' AS BINARY) AS content")
                .repartition(2, functions.lit(0));
        try (SparkInference inference = SparkInference.of(spark, model)) {
            SparkInference skipping = inference.skipsBad(true);
            List<Row> passed = skipping.predict(rows, "content", List.of("id"))
                    .filter("prediction IS NULL AND probabilities IS NULL")
                    .collectAsList();
            assertEquals(40, passed.size());
            assertEquals(0, skipping.predict(rows.filter("id < 0"), "content").count());
        }
    }

    @Test
    void columnsThatAreNotKeptAreLeftOut() throws Exception {
        try (SparkInference inference = SparkInference.of(spark, model)) {
            Dataset<Row> files = files("test");
            Dataset<Row> answered = inference.predict(files, "CONTENT", List.of("length", "path"));
            assertEquals(List.of("length", "path", "prediction", "probabilities"), List.of(answered.columns()));
            Dataset<Row> named = files.withColumn("Prediction", functions.lit(1));
            assertThrows(IllegalArgumentException.class, () -> inference.predict(named, "content"));
            assertEquals(
                    split.test().size(),
                    inference.predict(named, "content", List.of("path")).count());
            spark.conf().set("spark.sql.caseSensitive", true);
            try {
                assertEquals(
                        List.of("Prediction", "prediction", "probabilities"),
                        List.of(inference
                                .predict(named, "content", List.of("Prediction"))
                                .columns()));
            } finally {
                spark.conf().unset("spark.sql.caseSensitive");
            }
        }
    }

    @Test
    void partsOfPicturesAreMeasuredAsTheWhole() throws Exception {
        AUC auc = new AUC();
        ConfusionMatrix confusion = new ConfusionMatrix(10);
        Tested alone = model.test(split.test(), new AUC(), new ConfusionMatrix(10));
        try (SparkInference inference = SparkInference.of(spark, model)) {
            Tested together = inference.test(test(), auc, confusion);
            assertSame(alone.evaluation(), together.evaluation());
            assertEquals(
                    alone.predictions().outputs().size(),
                    together.predictions().outputs().size());
            for (int i = 0; i < split.test().size(); i++) {
                assertArrayEquals(
                        alone.predictions().outputs().get(i),
                        together.predictions().outputs().get(i),
                        TOLERANCE);
                assertEquals(
                        alone.predictions().classNameOf(i),
                        together.predictions().classNameOf(i));
            }
            assertSame(model.evaluate(split.test()), inference.evaluate(test()));
        }
    }

    private static void assertSame(Evaluation expected, Evaluation actual) {
        assertEquals(expected.loss(), actual.loss(), TOLERANCE);
        assertEquals(expected.metrics().keySet(), actual.metrics().keySet());
        expected.metrics().forEach((name, value) -> assertEquals(value, actual.metric(name), TOLERANCE, name));
    }

    @Test
    void channelsHaveTheMeansOfOneMachine() throws Exception {
        assertEquals(ChannelStatistics.standardization(split.test()), SparkStatistics.standardization(spark, test()));
    }

    /** Labels and numbers have columns of their own kinds. */
    @Test
    void answersAreOfTheModelsKind() throws Exception {
        List<String> names = List.of("round", "red");
        for (TargetKind kind : List.of(TargetKind.MULTI_LABEL, TargetKind.REGRESSION)) {
            boolean labels = kind == TargetKind.MULTI_LABEL;
            try (Model other = Model.sequential(
                            SHAPE, new Flatten(), new Dense(2, labels ? Activation.SIGMOID : Activation.LINEAR))
                    .backend(BackendChoice.AUTO, Threads.of(1))
                    .seed(2)) {
                other.targets(other.network().outputs().getFirst().name(), new TargetSpec(kind, names));
                Predictions alone = other.predict(split.test());
                try (SparkInference inference = SparkInference.of(spark, other)) {
                    List<Row> rows = inference
                            .predict(files("test"), "content")
                            .orderBy("path")
                            .collectAsList();
                    for (int i = 0; i < rows.size(); i++) {
                        List<?> prediction = rows.get(i).getList(rows.get(i).fieldIndex("prediction"));
                        if (labels) {
                            assertEquals(alone.labelsOf(i, 0.5), prediction);
                            assertArrayEquals(alone.outputs().get(i), floats(rows.get(i)), TOLERANCE);
                        } else {
                            assertEquals(
                                    (float) prediction.get(1), alone.outputs().get(i)[1], TOLERANCE);
                        }
                    }
                }
            }
        }
    }

    /** As the guide shows it, to the letter. */
    @Test
    void theGuideShowsWhatRuns() throws Exception {
        Dataset<Row> rows = files("test");
        String answers = directory.resolve("answers").toUri().toString();
        SparkImages tests = test();
        try (SparkInference inference = SparkInference.of(spark, model)) {
            inference.predict(rows, "content").write().parquet(answers);
            Evaluation evaluation = inference.evaluate(tests, new AUC());
            System.out.println(evaluation);
        }
        assertEquals(split.test().size(), spark.read().parquet(answers).count());
        ShownCode.assertIsIn(SparkInferenceTest.class, 2);
    }

    @Test
    void whatCannotBeAskedIsRefused() throws Exception {
        try (SparkInference inference = SparkInference.of(spark, model)) {
            Dataset<Row> files = files("test");
            assertThrows(IllegalArgumentException.class, () -> inference.predict(files, "path"));
            Dataset<Row> named = files.withColumn("prediction", functions.lit(1));
            assertThrows(IllegalArgumentException.class, () -> inference.predict(named, "content"));
            SparkImages images = test();
            Path strange = Files.createDirectory(directory.resolve("strange"));
            for (String name : List.of("circle", "nobody")) {
                Files.writeString(Files.createDirectories(strange.resolve(name)).resolve("a.png"), "no picture");
            }
            SparkImages unknown =
                    SparkImages.folder(spark, strange.toUri().toString()).size(32, 32);
            assertThrows(IllegalStateException.class, () -> inference.evaluate(unknown));
            ConfusionMatrix other = new ConfusionMatrix(3);
            assertThrows(IllegalArgumentException.class, () -> inference.evaluate(images, other));
        }
    }
}
