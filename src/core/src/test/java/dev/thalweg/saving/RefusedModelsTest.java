package dev.thalweg.saving;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.data.Normalization;
import dev.thalweg.data.Provenance;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.format.Safetensors;
import dev.thalweg.io.BadFileException;
import dev.thalweg.loss.CategoricalCrossentropy;
import dev.thalweg.loss.MeanSquaredError;
import dev.thalweg.loss.OutputLoss;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.Layer;
import dev.thalweg.model.LayerCall;
import dev.thalweg.model.Network;
import dev.thalweg.model.Submodule;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.TargetKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are not read, and models that are not written: each says why, and where. */
class RefusedModelsTest {
    private static final Network NETWORK = Network.sequential(Shape.of(1, 4, 4), List.of(new Flatten(), new Dense(3)));

    @TempDir
    Path directory;

    private Path file;

    /** A file that is read, as the others would be but for what is changed in them. */
    private Safetensors good;

    @BeforeEach
    void writeAGoodOne() throws IOException {
        file = directory.resolve("model.safetensors");
        model(NETWORK, NETWORK.initialWeights(1)).write(file);
        good = Safetensors.read(file);
        assertEquals(NETWORK, ModelFile.read(file).network());
    }

    private static ModelFile model(Network network, Map<String, float[]> weights) {
        return new ModelFile(
                network,
                Normalization.unit(1),
                false,
                Map.of(),
                Map.of(),
                weights,
                Map.of(),
                TestTimeAugmentation.NONE,
                Provenance.UNKNOWN);
    }

    private void refused(Map<String, String> metadata, Map<String, Safetensors.NamedTensor> tensors, String... parts)
            throws IOException {
        new Safetensors(metadata, tensors).write(file);
        said(assertThrows(BadFileException.class, () -> ModelFile.read(file)), parts);
    }

    private void refused(String json, String... parts) throws IOException {
        refused(Map.of(ModelFile.KEY, json), good.tensors(), parts);
    }

    private static void said(Exception refusal, String... parts) {
        for (String part : parts) {
            assertTrue(refusal.getMessage().contains(part), part + " not in: " + refusal.getMessage());
        }
    }

    private String changed(String from, String to) {
        String json = good.metadata().get(ModelFile.KEY);
        assertTrue(json.contains(from), from + " not in: " + json);
        return json.replace(from, to);
    }

    @Test
    void whatStandsInTheDescriptionIsNamedByItsPlace() throws IOException {
        refused(changed("\"Dense\"", "\"Nobody\""), "at calls[1].layer", "no layer \"Nobody\"", "Registry.register");
        refused(changed("\"units\":3", "\"units\":\"3\""), "at calls[1].layer.units", "String");
        refused(changed("\"units\":3", "\"units\":0"), "at calls[1].layer", "got 0");
        refused(changed("\"from\":[1]", "\"from\":[1.5]"), "at calls[1].from[0]");
        refused(changed("\"from\":[1]", "\"from\":[7]"), "does not fit together", "dense");
        refused("{\"version\":3", "cannot be understood", "at character 12");
        refused("null", "its model is null");
        refused(changed("\"version\":3", "\"version\":9"), "version 9, expected 2 or 3");
        refused(changed("\"calls\"", "\"calles\""), "calles");
        refused("{\"version\":3,\"calls\":[],\"normalization\":{\"mean\":[0],\"std\":[1]}}", "lacks inputs");
        refused(changed("\"mean\":[0.0]", "\"mean\":[0.0,0.0]"), "mean");
        refused(Map.of("other", "x"), good.tensors(), "no \"thalweg.model\"", "[other]");
    }

    @Test
    void weightsThatDoNotFitAreNamed() throws IOException {
        Map<String, Safetensors.NamedTensor> tensors = new LinkedHashMap<>(good.tensors());
        tensors.put("dense.kernel", new Safetensors.NamedTensor(Shape.of(16, 3), new float[48]));
        refused(good.metadata(), tensors, "expected a tensor dense.kernel [3, 16], got [16, 3]");
        tensors.remove("dense.kernel");
        refused(good.metadata(), tensors, "expected a tensor dense.kernel [3, 16], got only [dense.bias]");
    }

    /** 2²¹ characters are read, one more is not; blanks count. */
    @Test
    void aDescriptionOfTooManyCharactersIsNotRead() throws IOException {
        String json = good.metadata().get(ModelFile.KEY);
        String most = " ".repeat((1 << 21) - json.length()) + json;
        new Safetensors(Map.of(ModelFile.KEY, most), good.tensors()).write(file);
        assertEquals(NETWORK, ModelFile.read(file).network());
        refused(" " + most, "2097153 characters, expected at most 2097152");
    }

    @Test
    void whatCouldNotBeReadAgainIsNotWritten() throws IOException {
        byte[] before = Files.readAllBytes(file);
        Map<String, float[]> weights = NETWORK.initialWeights(1);
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            weights.get("dense.bias")[2] = wrong;
            notWritten(model(NETWORK, weights), "dense.bias holds " + wrong);
        }
        weights.remove("dense.bias");
        notWritten(model(NETWORK, weights), "no weights for dense.bias");
        Layer nameless = (context, input) -> input;
        Network own = Network.sequential(
                Shape.of(1, 4, 4), List.of(new Submodule(List.of(new LayerCall("own", nameless, List.of(0))))));
        notWritten(model(own, Map.of()), "has no name by which a file could know it", "Registry.register(Layer.class");
        assertArrayEquals(before, Files.readAllBytes(file), "what stood there");
    }

    private void notWritten(ModelFile model, String... parts) {
        said(assertThrows(IllegalStateException.class, () -> model.write(file)), parts);
    }

    @Test
    void whatNamesNoOutputIsRefused() {
        Map<String, TargetSpec> targets = Map.of("other", new TargetSpec(TargetKind.CLASSES, List.of("a", "b", "c")));
        said(
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new ModelFile(
                                NETWORK,
                                Normalization.unit(1),
                                false,
                                targets,
                                Map.of(),
                                Map.of(),
                                Map.of(),
                                TestTimeAugmentation.NONE,
                                Provenance.UNKNOWN)),
                "[other]");
    }

    /** What each of several outputs is trained for, and how much it counts; and a single one that is weighed. */
    @Test
    void outputsKeepTheirLossesAndWeights() throws IOException {
        Flow pictures = Flow.input("pictures", 1, 4, 4);
        Flow flat = pictures.then(new Flatten());
        Network two = Network.of(
                List.of(pictures), List.of(flat.then("kind", new Dense(3)), flat.then("size", new Dense(2))));
        OutputLoss kind = new OutputLoss(new CategoricalCrossentropy().labelSmoothing(0.25), 1);
        OutputLoss size = new OutputLoss(new MeanSquaredError(), 0.125);
        Map<String, TargetSpec> targets = Map.of(
                "kind", new TargetSpec(TargetKind.CLASSES, List.of("a", "b", "c")),
                "size", new TargetSpec(TargetKind.REGRESSION, List.of("width", "height")));
        kept(two, targets, Map.of("kind", kind, "size", size));
        for (OutputLoss one : List.of(size, kind)) {
            kept(NETWORK, Map.of(), Map.of("dense", one));
        }
    }

    private void kept(Network network, Map<String, TargetSpec> targets, Map<String, OutputLoss> losses)
            throws IOException {
        Map<String, float[]> weights = network.initialWeights(2);
        new ModelFile(
                        network,
                        Normalization.unit(1),
                        false,
                        targets,
                        losses,
                        weights,
                        Map.of(),
                        TestTimeAugmentation.NONE,
                        Provenance.UNKNOWN)
                .write(file, Map.of("more", "text"), Map.of("more", tensor(70_000)));
        ModelFile read = ModelFile.read(file);
        assertEquals(losses, read.losses());
        network.outputs()
                .forEach(port -> assertEquals(
                        Optional.ofNullable(targets.get(port.name())).orElse(TargetSpec.UNKNOWN),
                        read.targets(port.name())));
        weights.forEach(
                (name, values) -> assertArrayEquals(values, read.weights().get(name), name));
        Safetensors all = Safetensors.read(file);
        assertEquals("text", all.metadata().get("more"));
        assertArrayEquals(tensor(70_000).values(), all.tensors().get("more").values());
    }

    /** Longer than what is read or written at once, and no multiple of it. */
    private static Safetensors.NamedTensor tensor(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = i;
        }
        return new Safetensors.NamedTensor(Shape.of(length), values);
    }
}
