package dev.thalweg.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.report.TensorBoardLog;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One training at a time writes checkpoints into a directory. */
class ModelCheckpointTest {
    private static final DataSplit DATA = ShapesDataset.generate(40, 10, 1);

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        DATA.close();
    }

    private static Model model() {
        return Model.sequential(Shape.of(3, 32, 32), new Flatten(), new Dense(10, Activation.SOFTMAX))
                .backend(BackendChoice.JAVA, Threads.of(1))
                .compile(new SGD(0.01), new CategoricalCrossentropy());
    }

    private ModelCheckpoint checkpoints() {
        return new ModelCheckpoint(directory.resolve("checkpoints"), 1);
    }

    @Test
    void aSecondTrainingIsRefusedBeforeItWritesAnything() {
        Path log = directory.resolve("log");
        Callback second = new Callback() {
            @Override
            public void onEpochEnd(Training training, EpochResult result) {
                try (Model other = model()) {
                    Fit afresh = Fit.epochs(3).callbacks(new TensorBoardLog(log), checkpoints());
                    for (Fit fit : List.of(afresh, afresh.resume(directory.resolve("checkpoints")))) {
                        String message = assertThrows(IllegalStateException.class, () -> other.fit(DATA.train(), fit))
                                .getMessage();
                        assertTrue(message.contains("another training of this program"), message);
                    }
                }
            }
        };
        try (Model first = model()) {
            assertEquals(
                    2,
                    first.fit(DATA.train(), Fit.epochs(2).callbacks(second, checkpoints()))
                            .epochs()
                            .size());
        }
        assertFalse(Files.exists(log));
    }

    @Test
    void aTrainingThatWouldDeleteAnothersCheckpointsWritesNothing() {
        Path log = directory.resolve("log");
        try (Model first = model();
                Model second = model()) {
            first.fit(DATA.train(), Fit.epochs(1).callbacks(checkpoints()));
            assertThrows(
                    IllegalStateException.class,
                    () -> second.fit(DATA.train(), Fit.epochs(1).callbacks(new TensorBoardLog(log), checkpoints())));
        }
        assertFalse(Files.exists(log));
    }

    @Test
    void aTrainingThatGoesOnTakesItsOwnDirectoryAgainAndNoOther() {
        try (Model first = model();
                Model second = model()) {
            first.fit(DATA.train(), Fit.epochs(1).callbacks(checkpoints()));
            second.fit(DATA.train(), Fit.epochs(2));
            assertThrows(
                    IllegalStateException.class,
                    () -> second.fit(DATA.train(), Fit.epochs(1).callbacks(checkpoints())));
            Path elsewhere = directory.resolve("elsewhere");
            assertEquals(
                    3,
                    second.fit(DATA.train(), Fit.epochs(1).callbacks(new ModelCheckpoint(elsewhere, 1)))
                            .epochs()
                            .size());
            assertThrows(
                    IllegalStateException.class,
                    () -> second.fit(
                            DATA.train(), Fit.epochs(4).callbacks(checkpoints()).resume(elsewhere)));
            assertEquals(
                    2,
                    first.fit(DATA.train(), Fit.epochs(1).callbacks(checkpoints()))
                            .epochs()
                            .size());
        }
        try (Model resumed = model()) {
            assertEquals(
                    3,
                    resumed.fit(
                                    DATA.train(),
                                    Fit.epochs(3).callbacks(checkpoints()).resume(directory.resolve("checkpoints")))
                            .epochs()
                            .size());
        }
    }

    @Test
    void whateverEndsATrainingFreesTheDirectoryAndTellsAllCallbacks() {
        int[] ended = {0};
        Callback failing = new Callback() {
            @Override
            public void onBatchEnd(Training training, Progress progress) {
                throw new OutOfMemoryError("as if");
            }

            @Override
            public void onTrainEnd(Training training) {
                ended[0]++;
                throw new IllegalStateException("cannot end");
            }
        };
        try (Model model = model()) {
            OutOfMemoryError e = assertThrows(
                    OutOfMemoryError.class,
                    () -> model.fit(DATA.train(), Fit.epochs(1).callbacks(failing, failing, checkpoints())));
            assertEquals("as if", e.getMessage());
            assertEquals(2, ended[0]);
        }
        try (Model model = model()) {
            assertEquals(
                    1,
                    model.fit(DATA.train(), Fit.epochs(1).callbacks(checkpoints()))
                            .epochs()
                            .size());
        }
    }
}
