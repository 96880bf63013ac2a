package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.RandomCrop;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Dropout;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Layer;
import dev.thalweg.model.MaxPooling2D;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A cluster whose parts authenticate each other and encrypt what they say trains, over many steps, as one machine. */
class SecureSparkTest {
    private static final Map<String, String> SECURE = Map.of(
            "spark.authenticate", "true",
            "spark.authenticate.secret", "a secret of this test",
            "spark.network.crypto.enabled", "true",
            // For data, which executors and driver tell each other too.
            "spark.serializer", "org.apache.spark.serializer.KryoSerializer",
            "spark.kryo.registrationRequired", "true");

    private static final Shape SHAPE = Shape.of(3, 32, 32);

    @TempDir
    private static Path directory;

    private static LocalCluster cluster;
    private static SparkSession spark;

    @BeforeAll
    static void start() throws Exception {
        try (DataSplit shapes = ShapesDataset.generate(104, 10, 1)) {
            ShapeFolders.write(shapes.train(), directory.resolve("train"));
            ShapeFolders.write(shapes.test(), directory.resolve("test"));
        }
        cluster = LocalCluster.start(Files.createDirectory(directory.resolve("spark")), 4, SECURE);
        spark = cluster.session();
    }

    @AfterAll
    static void stop() {
        spark.stop();
        cluster.close();
    }

    private static Model model(boolean normalized) {
        List<Layer> layers = new ArrayList<>();
        layers.add(new Conv2D(4, 3).stride(2));
        if (normalized) {
            layers.add(new BatchNormalization());
        }
        layers.addAll(List.of(
                new ActivationLayer(Activation.RELU),
                new MaxPooling2D(2),
                new Dropout(0.2),
                new Flatten(),
                new Dense(10, Activation.SOFTMAX)));
        return Model.sequential(SHAPE, layers.toArray(Layer[]::new))
                .backend(BackendChoice.AUTO, Threads.of(1))
                .seed(5)
                .compile(new SGD(0.02).momentum(0.9), new CategoricalCrossentropy());
    }

    /** 56 steps, of which every seventh has a smaller batch. */
    @ParameterizedTest
    @CsvSource({"2, false", "4, false", "2, true", "4, true"})
    void manySmallStepsAreThoseOfOneMachine(int workers, boolean normalized) throws Exception {
        Fit fit = Fit.epochs(8)
                .batchSize(16)
                .seed(3)
                .augmentations(new RandomCrop(2))
                .synchronizedBatchNormalization(normalized);
        try (Model together = model(normalized);
                Model alone = model(normalized);
                DataSplit split = ImageFolder.of(directory).imageShape(SHAPE).read()) {
            SparkImages images = SparkImages.folder(
                            spark, directory.resolve("train").toUri().toString())
                    .size(32, 32);
            History history = SparkFit.on(spark).workers(workers).fit(together, images, fit);
            assertEquals(8, history.epochs().size());
            alone.fit(split.train(), fit);
            alone.weights()
                    .forEach((name, values) ->
                            assertArrayEquals(values, together.weights().get(name), 1e-5f, name));
        }
    }
}
