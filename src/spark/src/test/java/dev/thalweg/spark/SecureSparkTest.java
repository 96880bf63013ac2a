package dev.thalweg.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Fit;
import dev.thalweg.train.History;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose parts authenticate each other and encrypt what they say trains as any other. */
class SecureSparkTest {
    private static final Map<String, String> SECURE = Map.of(
            "spark.authenticate", "true",
            "spark.authenticate.secret", "a secret of this test",
            "spark.network.crypto.enabled", "true");

    @TempDir
    private Path directory;

    @Test
    void executorsExchangeGradientsEncrypted() throws Exception {
        try (DataSplit shapes = ShapesDataset.generate(40, 10, 1)) {
            ShapeFolders.write(shapes.train(), directory.resolve("train"));
        }
        try (LocalCluster cluster = LocalCluster.start(Files.createDirectory(directory.resolve("spark")), 2, SECURE);
                SparkSession spark = cluster.session();
                Model model = Model.sequential(Shape.of(3, 32, 32), new Flatten(), new Dense(10, Activation.SOFTMAX))
                        .backend(BackendChoice.JAVA, Threads.of(1))
                        .compile(new SGD(0.01), new CategoricalCrossentropy())) {
            SparkImages images = SparkImages.folder(
                            spark, directory.resolve("train").toUri().toString())
                    .size(32, 32);
            History history = SparkFit.on(spark)
                    .workers(2)
                    .fit(model, images, Fit.epochs(2).batchSize(8));
            assertEquals(2, history.epochs().size());
        }
    }
}
