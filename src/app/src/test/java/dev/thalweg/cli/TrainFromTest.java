package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.cli.MainTest.Result;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.PictureFolder;
import dev.thalweg.data.Resize;
import dev.thalweg.interop.Onnx;
import dev.thalweg.model.Activation;
import dev.thalweg.model.ActivationLayer;
import dev.thalweg.model.Add;
import dev.thalweg.model.BatchNormalization;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.Flatten;
import dev.thalweg.model.Flow;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Network;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code train --from}. */
class TrainFromTest {
    private static final Normalization NORMALIZATION =
            new Normalization(List.of(0.25f, 0.5f, 0.125f), List.of(0.5f, 2f, 1f));
    /** Ends in logits and a softmax of its own, as files of others do. */
    private static final Network NETWORK = Network.sequential(
            Shape.of(3, 8, 8),
            List.of(
                    new Conv2D(4, 3),
                    new BatchNormalization(),
                    new ActivationLayer(Activation.RELU),
                    new Flatten(),
                    new Dense(6, Activation.RELU),
                    new Dense(7, Activation.LINEAR),
                    new ActivationLayer(Activation.SOFTMAX)));

    @TempDir
    private Path directory;

    private Path data;

    @BeforeEach
    void draw() throws IOException {
        PictureFolder folder = new PictureFolder(directory.resolve("data"));
        for (int i = 0; i < 10; i++) {
            folder.with("dark/" + i + ".png", 12, 10, 0x203010 + 3 * i)
                    .with("light/" + i + ".png", 12, 10, 0xa0b0d0 + 3 * i);
        }
        data = folder.path();
    }

    private Path saved(Network network, String name) throws IOException {
        Path file = directory.resolve(name);
        try (Model model = Model.of(network)) {
            model.seed(3).normalization(NORMALIZATION).resize(Resize.PAD);
            ModelFormat.of("", file).write(model, file);
        }
        return file;
    }

    private static Model read(Path file) throws IOException {
        return ModelFormat.endsIn(file, ".onnx") ? Onnx.read(file) : Model.load(file);
    }

    private static Map<String, float[]> weights(Path file) throws IOException {
        try (Model model = read(file)) {
            return model.weights();
        }
    }

    private Result run(Path from, String output, String... more) {
        List<String> arguments = new ArrayList<>(List.of("train", "--from", from.toString()));
        arguments.addAll(List.of("--data", data.toString(), "--batch-size", "4"));
        arguments.addAll(List.of("--output", directory.resolve(output).toString()));
        arguments.addAll(List.of("--backend", "java", "--threads", "1"));
        arguments.addAll(List.of(more));
        return MainTest.run(arguments.toArray(String[]::new));
    }

    private Path trained(Path from, String output, String... more) {
        Result result = run(from, output, more);
        assertEquals(0, result.exit(), result.err());
        return directory.resolve(output).resolve("model.safetensors");
    }

    private static boolean isOfLayer(String parameter, String layer) {
        return parameter.startsWith(layer + ".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"from.safetensors", "from.onnx"})
    void headOnlyLeavesAllOtherWeightsAsTheyAre(String name) throws IOException {
        Path from = saved(NETWORK, name);
        Path trained = trained(from, "run", "--epochs", "2", "--head-only");
        Map<String, float[]> before = weights(from);
        Map<String, float[]> after = weights(trained);
        String replaced;
        try (Model model = read(from)) {
            replaced = model.network().layers().reversed().stream()
                    .filter(layer -> layer.layer() instanceof Dense)
                    .findFirst()
                    .orElseThrow()
                    .name();
        }
        assertTrue(before.size() >= 10, before.keySet().toString());
        before.forEach((parameter, values) -> {
            if (isOfLayer(parameter, replaced)) {
                assertFalse(after.containsKey(parameter), parameter);
            } else {
                assertArrayEquals(values, after.get(parameter), parameter);
            }
        });
        assertEquals(before.size(), after.size());
        try (Model model = Model.load(trained)) {
            assertEquals(List.of("dark", "light"), model.targets().names());
            assertEquals(NETWORK.input(), model.network().input());
            assertEquals(
                    new Dense(2, Activation.SOFTMAX),
                    model.network().layers().getLast().layer());
            assertEquals(NORMALIZATION, model.normalization());
            assertEquals(Resize.PAD, model.provenance().resize());
        }
    }

    @Test
    void whatFreezeFitsStaysAndTheRestLearns() throws IOException {
        Path from = saved(NETWORK, "from.safetensors");
        Map<String, float[]> before = weights(from);
        Map<String, float[]> after = weights(trained(from, "run", "--epochs", "1", "--freeze", "conv2d\\..*"));
        assertArrayEquals(before.get("conv2d.kernel"), after.get("conv2d.kernel"));
        assertArrayEquals(before.get("conv2d.bias"), after.get("conv2d.bias"));
        assertFalse(Arrays.equals(before.get("dense.kernel"), after.get("dense.kernel")));
        Map<String, float[]> all = weights(trained(from, "all", "--epochs", "1"));
        assertFalse(Arrays.equals(before.get("conv2d.kernel"), all.get("conv2d.kernel")));
    }

    /** 4 filters of 3·3·3 and 4 numbers, 4·4 of the normalization, 6·4·6·6 and 6; the head has 2·6 and 2. */
    @Test
    void whatIsKeptIsSaid() throws IOException {
        Path from = saved(NETWORK, "from.onnx");
        assertSaid(run(from, "run", "--epochs", "1"), "998 of 1,012 parameters kept from " + from + "; new: head1");
        Result frozen = run(from, "frozen", "--epochs", "1", "--freeze", ".*conv.*kernel");
        assertSaid(frozen, "998 of 1,012 parameters kept from " + from + ", 108 of them frozen; new: head1");
        assertSaid(frozen, "Pictures normalized by means [0.25, 0.5, 0.125] and deviations [0.5, 2.0, 1.0]");
    }

    private static void assertSaid(Result result, String line) {
        assertEquals(0, result.exit(), result.err());
        assertTrue(result.out().lines().toList().contains(line), result.out());
    }

    /** Else a second training would lose what the first taught the head. */
    @Test
    void theHeadOfTheSameClassesIsKept() throws IOException {
        Path first = trained(saved(NETWORK, "from.safetensors"), "first", "--epochs", "1", "--head-only");
        Result second = run(first, "second", "--epochs", "1", "--freeze", "conv2d.*");
        assertSaid(
                second,
                "1,012 of 1,012 parameters kept from " + first
                        + ", 112 of them frozen; its last layer is of these targets");
        Map<String, float[]> before = weights(first);
        Map<String, float[]> headAlone = weights(trained(first, "third", "--epochs", "1", "--head-only"));
        assertEquals(before.keySet(), headAlone.keySet());
        headAlone.forEach((name, values) ->
                assertEquals(!isOfLayer(name, "head1"), Arrays.equals(before.get(name), values), name));
        Files.move(data.resolve("dark"), data.resolve("night"));
        assertSaid(
                run(first, "fourth", "--epochs", "1"), "998 of 1,012 parameters kept from " + first + "; new: head2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--freeze=conv2d.*", "--head-only", "--normalization=imagenet"})
    void resumedItEndsInTheSameBits(String option) throws IOException {
        Path from = option.startsWith("--normalization") ? save(NETWORK) : saved(NETWORK, "from.onnx");
        Path whole = trained(from, "whole", "--epochs", "3", option);
        trained(from, "parts", "--epochs", "1", option);
        Path parts = trained(from, "parts", "--epochs", "3", option, "--resume");
        assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(parts));
    }

    /** A classifier that is a convolution, averaged over the picture: what is averaged then are the features. */
    @Test
    void convolutionsAsClassifiersAreReplaced() throws IOException {
        Network network = Network.sequential(
                Shape.of(3, 8, 8), List.of(new Conv2D(4, 3), new Conv2D(7, 1), new GlobalAveragePooling2D()));
        try (Model model = Model.load(trained(saved(network, "from.safetensors"), "run", "--epochs", "1"))) {
            assertEquals(
                    List.of("conv2d", "head1", "head2"),
                    model.network().layers().stream().map(layer -> layer.name()).toList());
            assertEquals(
                    new GlobalAveragePooling2D(),
                    model.network().layers().get(1).layer());
        }
    }

    @Test
    void modelsOfKerasAreTrained() throws IOException {
        Path keras = directory.resolve("from.h5");
        KerasModels.write(keras);
        try (Model model = Model.load(trained(keras, "run", "--epochs", "1", "--normalization", "imagenet"))) {
            assertEquals(Shape.of(3, 4, 4), model.network().input());
            assertEquals(Scaling.IMAGENET.of(3), model.normalization());
            assertTrue(model.weights().keySet().containsAll(List.of("hidden.kernel", "head1.kernel")));
        }
    }

    /** What the file says is true of its weights; the same in other words is no contradiction. */
    @Test
    void anotherNormalizationThanTheFileSaysIsAWrongArgument() throws IOException {
        Path imagenet = directory.resolve("imagenet.safetensors");
        try (Model model = Model.of(NETWORK)) {
            model.normalization(Scaling.IMAGENET.of(3)).save(imagenet);
        }
        for (Path from : List.of(saved(NETWORK, "from.onnx"), saved(NETWORK, "from.safetensors"), imagenet)) {
            Result result = run(from, "run", "--normalization", "unit");
            assertEquals(2, result.exit(), result.err());
            assertTrue(
                    result.err().contains("--normalization unit: expected none beside " + from + ", which says"),
                    result.err());
            assertFalse(Files.exists(directory.resolve("run")));
        }
        Result same = run(imagenet, "run", "--normalization", "imagenet", "--epochs", "1");
        assertSaid(same, "Pictures normalized by means [0.485, 0.456, 0.406] and deviations [0.229, 0.224, 0.225]");
    }

    /** And is one no longer when it was trained on. */
    @Test
    void whatIsAssumedIsSaid() throws IOException {
        Path from = save(NETWORK);
        assertSaid(
                run(from, "run", "--epochs", "1"),
                "Pictures taken to be normalized to 0..1, which " + from
                        + " does not say; --normalization chooses otherwise");
        assertSaid(
                run(directory.resolve("run/model.safetensors"), "again", "--epochs", "1"),
                "Pictures normalized to 0..1");
    }

    @Test
    void whatComputesInIntegersIsTrainedInFloats() throws IOException {
        Path from = directory.resolve("integers.safetensors");
        Path floats = saved(NETWORK, "from.safetensors");
        Result made = MainTest.run(
                "quantize", floats.toString(), from.toString(), "--data", data.toString(), "--backend", "java");
        assertEquals(0, made.exit(), made.err());
        Result result = run(from, "run", "--epochs", "1", "--head-only");
        assertSaid(
                result, from + " computes in 8-bit integers; trained, and saved, are the floats that these stand for");
        Map<String, float[]> rounded = weights(from);
        try (Model trained = Model.load(directory.resolve("run/model.safetensors"))) {
            assertEquals(Map.of(), trained.quantization());
            assertArrayEquals(rounded.get("conv2d.kernel"), trained.weights().get("conv2d.kernel"));
        }
    }

    @Test
    void weightsOfPyTorchAreTrained() throws IOException {
        Path torch = directory.resolve("torch.safetensors");
        Map<String, float[]> before = TorchModels.write(torch);
        Path trained = trained(
                torch, "run", "--network resnet20 --classes 10 --image-size 32x32 --epochs 1 --head-only".split(" "));
        Map<String, float[]> after = weights(trained);
        assertEquals(before.size(), after.size());
        String head = TorchModels.NETWORK.layers().getLast().name();
        before.forEach((parameter, values) -> {
            if (!isOfLayer(parameter, head)) {
                assertArrayEquals(values, after.get(parameter), parameter);
            }
        });
    }

    /** Before the pictures are read: there are none. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--freeze=conv9.* | --freeze: expected a regular expression that fits names of",
                "--freeze=dense_2.* | --freeze: expected a regular expression that fits names of",
                "--image-size=9x8 | --image-size: expected 8x8, as",
                "--channels=1 | --channels: expected 3, as"
            })
    void whatTheModelCannotTakeIsAWrongArgument(String option, String part) throws IOException {
        Path from = saved(NETWORK, "from.safetensors");
        data = directory.resolve("nowhere");
        Result result = run(from, "run", option);
        assertEquals(2, result.exit(), result.err());
        assertTrue(result.err().contains(part), result.err());
        assertFalse(Files.exists(directory.resolve("run")));
    }

    static List<Arguments> networksWithoutAHead() {
        Flow picture = Flow.input(3, 8, 8);
        Flow left = picture.through(new Flatten(), new Dense(2, Activation.LINEAR));
        Flow right = picture.through(new Flatten(), new Dense(2, Activation.LINEAR));
        return List.of(
                Arguments.of(Network.of(List.of(picture), List.of(left, right)), "a model of one output, got "),
                Arguments.of(Network.of(Flow.join(new Add(), left, right)), "whose layer add joins several flows"),
                Arguments.of(
                        Network.sequential(Shape.of(3, 8, 8), List.of(new Flatten())), "a model that has learnt, got "),
                Arguments.of(
                        Network.sequential(Shape.of(8), List.of(new Dense(2, Activation.LINEAR))),
                        "a model of pictures [C, H, W], got "));
    }

    @ParameterizedTest
    @MethodSource("networksWithoutAHead")
    void modelsWithoutAHeadAreWrongArguments(Network network, String part) throws IOException {
        Result result = run(save(network), "run");
        assertEquals(2, result.exit(), result.err());
        assertTrue(result.err().contains(part), result.err());
    }

    private Path save(Network network) throws IOException {
        Path file = directory.resolve("from.safetensors");
        try (Model model = Model.of(network)) {
            model.save(file);
        }
        return file;
    }

    /** Their ending is that of models. */
    @Test
    void weightsAloneWithoutTheirNetworkAreAWrongArgument() throws IOException {
        Path torch = directory.resolve("torch.safetensors");
        TorchModels.write(torch);
        Result result = run(torch, "run");
        assertEquals(2, result.exit(), result.err());
        assertTrue(result.err().contains("holds weights alone: expected --network and --classes"), result.err());
    }

    @Test
    void dataOfAnotherSizeIsAWrongArgument() throws IOException {
        Path from = saved(NETWORK, "from.safetensors");
        data = Path.of("builtin");
        Result result = run(from, "run");
        assertEquals(2, result.exit(), result.err());
        assertTrue(result.err().contains("as --data has them, got one of [3, 8, 8]"), result.err());
        assertFalse(Files.exists(directory.resolve("run")));
    }

    @Test
    void whatIsNoModelEndsWithOne() throws IOException {
        Result result = run(Files.writeString(directory.resolve("broken.onnx"), "nothing"), "run");
        assertEquals(1, result.exit(), result.err());
        assertTrue(result.err().contains("broken.onnx"), result.err());
    }
}
