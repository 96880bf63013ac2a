package dev.thalweg.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.format.Safetensors;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDictTest {
    private static final Shape PICTURE = Shape.of(3, 8, 8);

    @TempDir
    private Path directory;

    private static Safetensors.NamedTensor filled(Shape shape, float value) {
        float[] values = new float[shape.arrayLength()];
        java.util.Arrays.fill(values, value);
        return new Safetensors.NamedTensor(shape, values);
    }

    /** A state dict as the CIFAR repository writes it, where the k-th tensor holds k. */
    private Map<String, Safetensors.NamedTensor> resnet8(String prefix, String head) {
        Map<String, Safetensors.NamedTensor> tensors = new LinkedHashMap<>();
        put(tensors, prefix + "conv1.weight", 16, 3, 3, 3);
        normalization(tensors, prefix + "bn1", 16);
        int channels = 16;
        for (int stage = 1; stage <= 3; stage++) {
            int filters = 8 << stage;
            put(tensors, prefix + "layer" + stage + ".0.conv1.weight", filters, channels, 3, 3);
            normalization(tensors, prefix + "layer" + stage + ".0.bn1", filters);
            put(tensors, prefix + "layer" + stage + ".0.conv2.weight", filters, filters, 3, 3);
            normalization(tensors, prefix + "layer" + stage + ".0.bn2", filters);
            channels = filters;
        }
        put(tensors, prefix + head + ".weight", 10, 64);
        put(tensors, prefix + head + ".bias", 10);
        return tensors;
    }

    private static void put(Map<String, Safetensors.NamedTensor> tensors, String name, int... dims) {
        tensors.put(name, filled(Shape.of(dims), tensors.size()));
    }

    private static void normalization(Map<String, Safetensors.NamedTensor> tensors, String name, int channels) {
        for (String part : List.of(".weight", ".bias", ".running_mean", ".running_var")) {
            put(tensors, name + part, channels);
        }
    }

    private Path write(Map<String, Safetensors.NamedTensor> tensors) throws IOException {
        Path file = directory.resolve("x.safetensors");
        new Safetensors(Map.of(), tensors).write(file);
        return file;
    }

    private static Model resnet8() {
        return Model.of(Networks.resnetCifar(PICTURE, 10, 8));
    }

    /** Both list their parameters in the order of the layers, so the k-th holds k. */
    @Test
    void takesWeightsOverUnderTheNamesOfPyTorch() throws IOException {
        for (String prefix : List.of("", "module.", "_orig_mod.")) {
            for (String head : List.of("linear", "fc")) {
                try (Model model = resnet8();
                        StateDict weights = StateDict.open(write(resnet8(prefix, head)))) {
                    assertTrue(weights.names().contains(head + ".bias"));
                    weights.load(model);
                    int index = 0;
                    for (float[] values : model.weights().values()) {
                        assertEquals(index++, values[0]);
                    }
                    assertEquals(37, index);
                }
            }
        }
    }

    @Test
    void saysWhatDoesNotMatch() throws IOException {
        Map<String, Safetensors.NamedTensor> tensors = resnet8("", "linear");
        tensors.remove("bn1.bias");
        tensors.put("extra", filled(Shape.of(1), 1));
        try (Model model = resnet8();
                StateDict weights = StateDict.open(write(tensors))) {
            Map<String, float[]> before = model.weights();
            String message = assertThrows(BadFileException.class, () -> weights.load(model))
                    .getMessage();
            assertTrue(message.contains("missing keys: bn1.bias\nunexpected keys: extra"), message);
            model.weights().forEach((name, values) -> assertArrayEquals(before.get(name), values));
            IncompatibleKeys keys = weights.loadWhatMatches(model);
            assertEquals(new IncompatibleKeys(List.of("bn1.bias"), List.of("extra")), keys);
            assertEquals(0, model.weights().values().iterator().next()[0]);
        }
        tensors = resnet8("", "linear");
        tensors.put("linear.bias", filled(Shape.of(100), 0));
        try (Model model = resnet8();
                StateDict weights = StateDict.open(write(tensors))) {
            String message = assertThrows(BadFileException.class, () -> weights.loadWhatMatches(model))
                    .getMessage();
            assertTrue(
                    message.contains("size mismatch for linear.bias: the file has F32 [100], the network [10]"),
                    message);
        }
    }

    @Test
    void otherNetworksSayWhatIsCalledHow() throws IOException {
        Map<String, Safetensors.NamedTensor> tensors = new LinkedHashMap<>();
        try (Model model = Model.of(Networks.lenet5(Shape.of(1, 28, 28), 10))) {
            Map<String, String> names = new LinkedHashMap<>();
            model.network().parameters().forEach(spec -> {
                names.put(spec.name(), "their." + spec.name());
                tensors.put("their." + spec.name(), filled(spec.shape(), 3));
            });
            try (StateDict weights = StateDict.open(write(tensors))) {
                assertTrue(assertThrows(IllegalArgumentException.class, () -> weights.load(model))
                        .getMessage()
                        .contains("load(model, names)"));
                assertThrows(IllegalArgumentException.class, () -> weights.load(model, Map.of()));
                weights.load(model, names);
            }
            assertEquals(3, model.weights().values().iterator().next()[0]);
        }
    }

    private Path archive(boolean compressed, int numbers) throws IOException {
        return Files.write(
                directory.resolve("x.pth"), TorchArchives.archive(TorchArchives.TRANSPOSED, numbers, compressed));
    }

    @Test
    void readsViewsOfStorages() throws IOException {
        try (StateDict weights = StateDict.open(archive(false, 6))) {
            assertEquals(Shape.of(2, 3), weights.shape("w"));
            assertArrayEquals(new float[] {0, 2, 4, 1, 3, 5}, weights.values("w"));
            assertThrows(IllegalArgumentException.class, () -> weights.values("v"));
        }
    }

    @Test
    void damagedArchivesAreExplained() throws IOException {
        bad(() -> StateDict.open(archive(true, 6)), "is compressed");
        bad(() -> StateDict.open(archive(false, 5)), "expected 6 numbers of type F32 in model/data/0, got 20 bytes");
        bad(
                () -> StateDict.open(Files.write(directory.resolve("cut"), new byte[] {'P', 'K', 3, 4, 0})),
                "begins as a zip archive of torch.save");
        bad(
                () -> StateDict.open(Files.write(
                        directory.resolve("old"), HexFormat.of().parseHex("80028a0a6cfc9c46f9206aa850192e8002"))),
                "save it again by torch.save(state_dict, file)");
        bad(() -> StateDict.open(Files.write(directory.resolve("other"), new byte[20])), "not a safetensors file");
        bad(() -> StateDict.open(Files.write(directory.resolve("empty"), new byte[0])), "nor an archive of torch.save");
        byte[] cut = HexFormat.of().parseHex("40000000000000007b22");
        bad(() -> StateDict.open(Files.write(directory.resolve("cut"), cut)), "expected 2 to 2");
        bad(() -> StateDict.open(directory), "is a folder");
    }

    private static void bad(org.junit.jupiter.api.function.Executable what, String part) {
        String message = assertThrows(BadFileException.class, what).getMessage();
        assertTrue(message.contains(part), message);
    }
}
