package dev.thalweg.saving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.data.DataSplit;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Provenance;
import dev.thalweg.data.ShapesDataset;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.format.Safetensors;
import dev.thalweg.format.SafetensorsReader;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.Loss;
import dev.thalweg.loss.OutputLoss;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Layer;
import dev.thalweg.model.LayerCall;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.model.Submodule;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
                    List.of(new OutputLoss(new CategoricalCrossentropy().labelSmoothing(0.1), 1)),
                    List.copyOf(ModelFile.read(again).losses().values()));
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

    /** Record components and constants had other names in files of version 3 before. */
    @Test
    void olderNamesAreRead() throws IOException {
        Network network = Network.sequential(
                Shape.of(1, 4, 4),
                List.of(
                        new Submodule(List.of(new LayerCall(null, new Conv2D(2, 3), List.of(0)))),
                        new Flatten(),
                        new Dense(3)));
        ModelFile model = new ModelFile(
                network,
                new Normalization(List.of(0.5f), List.of(0.25f)),
                false,
                Map.of("dense", new TargetSpec(TargetKind.MULTI_LABEL, List.of("a", "b", "c"))),
                Map.of(),
                network.initialWeights(1),
                Map.of(),
                TestTimeAugmentation.NONE,
                Provenance.UNKNOWN);
        Path now = directory.resolve("now.safetensors");
        model.write(now);
        Path before = directory.resolve("before.safetensors");
        try (SafetensorsReader content = SafetensorsReader.open(now)) {
            String json = content.metadata().get(ModelFile.KEY);
            String older = json;
            for (String[] names : new String[][] {
                {"calls", "steps"},
                {"std", "deviation"},
                {"kernelInitializer", "initializer"},
                {"outputNames", "classNames"},
                {"MULTI_LABEL", "LABELS"}
            }) {
                assertTrue(older.contains('"' + names[0] + '"'), older);
                older = older.replace('"' + names[0] + '"', '"' + names[1] + '"');
            }
            Map<String, Safetensors.NamedTensor> tensors = new LinkedHashMap<>();
            for (ParameterSpec spec : network.parameters()) {
                tensors.put(spec.name(), new Safetensors.NamedTensor(spec.shape(), content.values(spec.name())));
            }
            // Before there were other initializers than the usual ones, a layer did not tell its.
            String left = json.replaceAll(",?\\s*\"kernelInitializer\"\\s*:\\s*\"\\w+\"", "");
            assertFalse(left.contains("nitializer"), left);
            for (String text : List.of(older, left)) {
                new Safetensors(Map.of(ModelFile.KEY, text), tensors).write(before);
                ModelFile read = ModelFile.read(before);
                assertEquals(network, read.network());
                assertEquals(model.normalization(), read.normalization());
                assertEquals(model.targets(), read.targets());
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
