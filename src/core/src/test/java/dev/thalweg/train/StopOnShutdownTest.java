package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopOnShutdownTest {
    @TempDir
    private Path directory;

    /** What the other process does: train for ever. */
    public static void main(String[] arguments) throws IOException {
        Callback announce = new Callback() {
            @Override
            public void onBatchEnd(Training training, Progress progress) {
                if (progress.epoch() == 2 && progress.batch() == 1) {
                    System.out.println("training");
                }
            }
        };
        try (DataSplit data = ShapesDataset.generate(100, 10, 1);
                Model model = Model.sequential(Shape.of(3, 32, 32), new Flatten(), new Dense(10))
                        .compile(new SGD(1e-6), new CategoricalCrossentropy(true));
                StopOnShutdown interrupt = new StopOnShutdown()) {
            History history = model.fit(
                    data.train(),
                    Fit.epochs(1_000_000)
                            .batchSize(1)
                            .callbacks(announce, interrupt, new ModelCheckpoint(Path.of(arguments[0]), 2)));
            model.save(Path.of(arguments[1]));
            System.out.println("saved: " + history.stopReason().orElse(""));
        }
    }

    @Test
    void aProgramThatIsToldToEndSavesFirst() throws Exception {
        Path checkpoints = directory.resolve("checkpoints");
        Path model = directory.resolve("model.safetensors");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.awt.headless=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        StopOnShutdownTest.class.getName(),
                        checkpoints.toString(),
                        model.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = other.inputReader()) {
            assertEquals("training", lines.readLine());
            other.toHandle().destroy();
            assertEquals(
                    List.of("saved: the program was told to end"), lines.lines().toList());
            assertTrue(other.waitFor(60, TimeUnit.SECONDS));
        } finally {
            other.destroyForcibly();
        }
        Model.load(model).close();
        assertTrue(ModelCheckpoint.last(checkpoints).isPresent());
    }
}
