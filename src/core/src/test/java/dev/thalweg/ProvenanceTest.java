package dev.thalweg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.DecodedFiles;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.ImageFolder;
import dev.thalweg.data.PictureFolder;
import dev.thalweg.data.Provenance;
import dev.thalweg.data.Resize;
import dev.thalweg.data.TestPictures;
import dev.thalweg.format.Safetensors;
import dev.thalweg.io.BadFileException;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.optim.SGD;
import dev.thalweg.saving.ModelFile;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.Threads;
import dev.thalweg.train.Evaluation;
import dev.thalweg.train.Fit;
import dev.thalweg.train.ModelCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model knows of the pictures that it was trained on. */
class ProvenanceTest {
    private static final Shape INPUT = Shape.of(3, 8, 8);

    @TempDir
    private Path directory;

    private PictureFolder pictures;

    @BeforeEach
    void write() throws IOException {
        pictures = new PictureFolder(directory.resolve("pictures"))
                .withClass("a", 10, 0)
                .withClass("b", 10, 0x700000)
                .withClass("c", 10, 0xf00000);
    }

    private ImageFolder folder() {
        return ImageFolder.of(pictures.path())
                .imageShape(INPUT)
                .resize(Resize.PAD)
                .seed(7);
    }

    private static Model compiled() {
        return Model.sequential(INPUT, new Flatten(), new Dense(3, Activation.SOFTMAX))
                .backend(BackendChoice.JAVA, Threads.of(1))
                .compile(new SGD(0.1), new CategoricalCrossentropy());
    }

    @Test
    void itIsSavedAndTellsWhatWasKeptForTheTest() throws IOException {
        Path file = directory.resolve("model.safetensors");
        try (DataSplit split = folder().validation(0.2).read();
                Model model = compiled()) {
            model.fit(split.train(), Fit.epochs(1).callbacks(new ModelCheckpoint(directory.resolve("checkpoints"), 1)));
            model.save(file);
            Path checkpoint =
                    ModelCheckpoint.last(directory.resolve("checkpoints")).orElseThrow();
            for (Path saved : List.of(file, checkpoint)) {
                try (Model loaded = Model.load(saved).backend(BackendChoice.JAVA, Threads.of(1))) {
                    assertEquals(split.train().provenance(), loaded.provenance());
                    ImageFolder now = ImageFolder.of(pictures.path())
                            .imageShape(INPUT)
                            .resize(loaded.provenance().resize());
                    for (ImageFolder way : List.of(
                            now,
                            now.streamed(true),
                            now.skipsBad(true),
                            now.classNames(loaded.targets().names()))) {
                        try (TestPictures kept = way.readTest(loaded.provenance())) {
                            assertTrue(kept.kept());
                            assertEquals(6, kept.pictures().size());
                            for (int i = 0; i < 6; i++) {
                                assertEquals(
                                        -1,
                                        split.test()
                                                .pixels(i)
                                                .mismatch(kept.pictures().pixels(i)));
                                assertEquals(
                                        split.test().label(i), kept.pictures().label(i));
                            }
                            assertEquals(model.evaluate(split.test()), loaded.evaluate(kept.pictures()));
                        }
                    }
                }
            }
        }
    }

    @Test
    void filesAreBroughtToSizeAsTheTrainingPicturesWere() throws IOException {
        try (DataSplit split = folder().read();
                Model model = compiled()) {
            model.fit(split.train(), Fit.epochs(1));
            List<Path> files =
                    List.of(pictures.path().resolve("a/3.png"), pictures.path().resolve("c/0.png"));
            for (Resize resize : Resize.values()) {
                model.resize(resize);
                try (DecodedFiles decoded =
                        DecodedFiles.of(files, INPUT, resize, model.targets().names())) {
                    assertArrayEquals(
                            model.predict(decoded.orThrow()).outputs().get(1),
                            model.predict(files).outputs().get(1));
                }
            }
            Path none = pictures.with("x.txt", "no picture").path().resolve("x.txt");
            String message = assertThrows(
                            BadFileException.class, () -> model.predict(List.of(files.get(0), none, none)))
                    .getMessage();
            assertTrue(message.contains("x.txt"), message);
        }
    }

    @Test
    void aModelSavedBeforeThereWasOneStretches() throws IOException {
        Path file = directory.resolve("model.safetensors");
        try (Model model = compiled()) {
            model.save(file);
        }
        Safetensors content = Safetensors.read(file);
        ObjectNode description =
                (ObjectNode) new ObjectMapper().readTree(content.metadata().get(ModelFile.KEY));
        assertEquals("CROP", description.remove("provenance").get("resize").asText());
        Map<String, String> metadata = new HashMap<>(content.metadata());
        metadata.put(ModelFile.KEY, description.toString());
        new Safetensors(metadata, content.tensors()).write(file);
        try (Model old = Model.load(file)) {
            assertEquals(Provenance.STRETCHED, old.provenance());
        }
    }

    @Test
    void aNewHeadSeesPicturesInTheSameWayButWasTrainedOnNone() throws IOException {
        try (DataSplit split = folder().read();
                Model model = compiled()) {
            model.fit(split.train(), Fit.epochs(1));
            try (Model headed = model.replaceHead(1, new Dense(2, Activation.SOFTMAX))) {
                assertEquals(Resize.PAD, headed.provenance().resize());
                assertNull(headed.provenance().partition());
            }
        }
    }

    @Test
    void aDataSetOfSomeClassesIsEvaluatedByTheirNames() throws IOException {
        try (DataSplit split = folder().read();
                Model model = compiled()) {
            model.fit(split.train(), Fit.epochs(3));
            PictureFolder some = new PictureFolder(directory.resolve("some"))
                    .withClass("c", 10, 0xf00000)
                    .withClass("b", 10, 0x700000);
            try (TestPictures two = ImageFolder.of(some.path())
                            .imageShape(INPUT)
                            .resize(Resize.PAD)
                            .readTest(model.provenance());
                    ImageDataset labelled = two.pictures().withClasses(List.of("a", "b", "c"))) {
                assertEquals(List.of("b", "c"), two.pictures().classNames());
                Evaluation byName = model.evaluate(two.pictures());
                assertEquals(model.evaluate(labelled), byName);
                long right = 0;
                List<float[]> outputs = model.predict(two.pictures()).outputs();
                for (int i = 0; i < outputs.size(); i++) {
                    float[] output = outputs.get(i);
                    int wanted = i < 10 ? 1 : 2;
                    right += output[wanted] >= Math.max(output[0], Math.max(output[1], output[2])) ? 1 : 0;
                }
                assertEquals(right / 20.0, byName.accuracy());
            }
        }
    }
}
