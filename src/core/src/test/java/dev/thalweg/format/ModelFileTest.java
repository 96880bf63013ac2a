package dev.thalweg.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Loss;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Layer;
import dev.thalweg.tensor.Threads;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of earlier versions, and what files know by name. */
class ModelFileTest {
    @TempDir
    Path directory;

    private static Path resource(String name) throws Exception {
        return Path.of(ModelFileTest.class.getResource(name).toURI());
    }

    /**
     * A model that was trained and saved when files had version 2, with what it said then of eight pictures. Single
     * roundings may differ between processors.
     */
    @Test
    void aModelOfVersion2SaysWhatItSaid() throws Exception {
        List<String> rows = Files.readAllLines(resource("version2.txt"));
        try (DataSplit data = ShapesDataset.generate(64, rows.size(), 7);
                Scope open = new Scope()) {
            Model old =
                    open.own(Model.load(resource("version2.safetensors")).backend(BackendChoice.JAVA, Threads.of(1)));
            Path again = directory.resolve("again.safetensors");
            old.save(again);
            Model renewed = open.own(Model.load(again).backend(BackendChoice.JAVA, Threads.of(1)));
            assertEquals(old.network(), renewed.network());
            assertEquals(
                    new CategoricalCrossentropy().labelSmoothing(0.1),
                    ModelFile.read(again).loss());
            for (Model model : List.of(old, renewed)) {
                List<float[]> outputs = model.predict(data.test()).outputs();
                for (int i = 0; i < rows.size(); i++) {
                    String[] words = rows.get(i).strip().split(" ", -1);
                    float[] expected = new float[words.length];
                    for (int k = 0; k < words.length; k++) {
                        expected[k] = Float.parseFloat(words[k]);
                    }
                    assertArrayEquals(expected, outputs.get(i), 1e-5f);
                }
            }
        }
    }

    /** A new layer or loss that files do not know yet is found here. */
    @Test
    void filesKnowEachLayerAndLossOfTheLibrary() throws Exception {
        for (Class<?> family : List.of(Layer.class, Loss.class)) {
            List<Class<?>> records = records(family);
            assertTrue(records.size() >= 7, "found " + records);
            assertEquals(
                    records.stream().map(Class::getSimpleName).sorted().toList(),
                    BuiltIn.of(family).keySet().stream().sorted().toList());
        }
    }

    private static List<Class<?>> records(Class<?> family) throws Exception {
        Path classes = Path.of(
                family.getProtectionDomain().getCodeSource().getLocation().toURI());
        String folder = family.getPackageName().replace('.', '/');
        try (Stream<Path> files = Files.list(classes.resolve(folder))) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".class"))
                    .<Class<?>>map(f -> named(family.getPackageName() + "." + f.replace(".class", "")))
                    .filter(c -> c.isRecord() && family.isAssignableFrom(c) && Modifier.isPublic(c.getModifiers()))
                    // A user's formula, and what stands for a loss that nobody registered: both by other names.
                    .filter(c -> !Set.of("NamedLoss", "UnknownLoss").contains(c.getSimpleName()))
                    .toList();
        }
    }

    private static Class<?> named(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
