package dev.thalweg.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.Model;
import dev.thalweg.cli.MainTest.Result;
import dev.thalweg.data.PictureFolder;
import dev.thalweg.interop.Onnx;
import dev.thalweg.interop.onnx.OnnxGraph;
import dev.thalweg.interop.onnx.OnnxModel;
import dev.thalweg.interop.onnx.OnnxParser;
import dev.thalweg.interop.onnx.OnnxValue;
import dev.thalweg.interop.onnx.writing.OnnxEncoder;
import dev.thalweg.model.Activation;
import dev.thalweg.model.Conv2D;
import dev.thalweg.model.Dense;
import dev.thalweg.model.GlobalAveragePooling2D;
import dev.thalweg.model.Network;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pictures a model takes that another library wrote, where its file says nothing or little of them. */
class ForeignPicturesTest {
    private static final Network NETWORK = Network.sequential(
            Shape.of(3, 8, 8),
            List.of(new Conv2D(4, 3), new GlobalAveragePooling2D(), new Dense(5, Activation.SOFTMAX)));

    @TempDir
    private Path directory;

    private static Result run(String... arguments) {
        return MainTest.run(arguments);
    }

    private static String done(String... arguments) {
        Result result = run(arguments);
        assertEquals(0, result.exit(), result.err());
        return result.out();
    }

    private static void refused(int exit, String part, String... arguments) {
        Result result = run(arguments);
        assertEquals(exit, result.exit(), result.err());
        assertTrue(result.err().contains(part), result.err());
    }

    /** A file that does not say how its pictures are normalized, and what {@code convert} needs to read it. */
    private List<String> unsaid(String name) throws IOException {
        Path file = directory.resolve(name);
        switch (name) {
            case "keras.h5" -> KerasModels.write(file);
            case "torch.safetensors" -> {
                TorchModels.write(file);
                return List.of(file.toString(), "--network", "resnet20", "--classes", "10", "--image-size", "32x32");
            }
            default -> {
                try (Model model = Model.of(NETWORK)) {
                    ModelFormat.of("", file).write(model, file);
                }
            }
        }
        return List.of(file.toString());
    }

    private String converted(List<String> from, Path to, String... more) {
        List<String> arguments = new ArrayList<>(List.of("convert", from.getFirst(), to.toString()));
        arguments.addAll(from.subList(1, from.size()));
        arguments.addAll(List.of(more));
        return done(arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"other.onnx", "keras.h5", "torch.safetensors", "own.safetensors"})
    void whatTheFileDoesNotSayIsSaidOrChosen(String name) throws IOException {
        List<String> from = unsaid(name);
        Path assumed = directory.resolve("assumed.safetensors");
        String out = converted(from, assumed);
        String how = name.equals("keras.h5") ? "to 0..255, as bytes" : "to 0..1";
        assertTrue(
                out.contains("Pictures taken to be normalized " + how + ", which " + from.getFirst()
                        + " does not say; --normalization chooses otherwise"),
                out);
        try (Model model = Model.load(assumed)) {
            assertTrue(model.isNormalizationAssumed());
        }
        Path chosen = directory.resolve("chosen.safetensors");
        out = converted(from, chosen, "--normalization", "imagenet");
        assertTrue(out.contains("Pictures normalized by means [0.485, 0.456, 0.406]"), out);
        try (Model model = Model.load(chosen)) {
            assertFalse(model.isNormalizationAssumed());
            assertEquals(Scaling.IMAGENET.of(3), model.normalization());
        }
        refused(
                2,
                "--normalization unit: expected none beside " + chosen + ", which says",
                "convert",
                chosen.toString(),
                assumed.toString(),
                "--normalization",
                "unit");
        // Nor does what is made of it say more than the file did.
        Path onnx = directory.resolve("again.onnx");
        out = done("export", assumed.toString(), onnx.toString());
        assertTrue(out.contains("does not say; therefore " + onnx + " does not say it either"), out);
        assertFalse(OnnxParser.read(onnx).metadata().containsKey("normalization"));
        refused(2, "--normalize-inside", "export", assumed.toString(), onnx.toString(), "--normalize-inside");
        done("export", chosen.toString(), onnx.toString());
        try (Model model = Onnx.read(onnx)) {
            assertEquals(Scaling.IMAGENET.of(3), model.normalization());
            assertFalse(model.isNormalizationAssumed());
        }
    }

    /** Where answers are judged, or ranges are chosen by them. */
    @Test
    void whatIsAssumedIsSaidAgainWhereItMatters() throws IOException {
        String file = unsaid("own.safetensors").getFirst();
        String warning = "Pictures taken to be normalized to 0..1, which " + file + " does not say; convert MODEL";
        String data = new PictureFolder(directory.resolve("data"))
                .with("a/1.png", 8, 8, 1)
                .with("a/2.png", 8, 8, 2)
                .with("b/1.png", 8, 8, 3)
                .with("b/2.png", 8, 8, 4)
                .path()
                .toString();
        String to = directory.resolve("to.safetensors").toString();
        String out = done("quantize", file, to, "--data", data, "--backend", "java");
        assertTrue(out.contains(warning), out);
        String two = directory.resolve("two.safetensors").toString();
        try (Model model = Model.of(NETWORK.withHead(List.of(new Dense(2, Activation.SOFTMAX))))) {
            model.save(Path.of(two));
            assertTrue(done("evaluate", two, "--data", data).contains("which " + two + " does not say; convert MODEL"));
            model.normalization(model.normalization()).save(Path.of(two));
            assertFalse(done("evaluate", two, "--data", data).contains("does not say"));
        }
    }

    /** As PyTorch exports with {@code dynamic_axes}. */
    private Path ofAnySize() throws IOException {
        Path fixed = Path.of(unsaid("fixed.onnx").getFirst());
        OnnxModel read = OnnxParser.read(fixed);
        OnnxGraph graph = read.graph();
        OnnxValue input = graph.inputs().getFirst();
        List<Long> open = List.of(OnnxValue.OPEN, 3L, OnnxValue.OPEN, OnnxValue.OPEN);
        Path file = directory.resolve("open.onnx");
        OnnxEncoder.write(
                new OnnxModel(
                        read.opsets(),
                        new OnnxGraph(
                                graph.name(),
                                graph.nodes(),
                                graph.initializers(),
                                List.of(new OnnxValue(input.name(), input.type(), Optional.of(open))),
                                graph.outputs()),
                        Map.of()),
                file);
        return file;
    }

    @Test
    void sizesThatTheFileLeavesOpenAreChosen() throws IOException {
        String file = ofAnySize().toString();
        Path to = directory.resolve("to.safetensors");
        refused(1, "--image-size", "convert", file, to.toString());
        done("convert", file, to.toString(), "--image-size", "12x9");
        try (Model model = Model.load(to)) {
            assertEquals(Shape.of(3, 12, 9), model.network().input());
        }
        done("convert", file, to.toString(), "--channels", "3");
        try (Model model = Model.load(to)) {
            assertEquals(Shape.of(3, 224, 224), model.network().input());
        }
        refused(2, "--channels: expected 3, as " + file, "convert", file, to.toString(), "--channels", "1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fixed.onnx", "keras.h5", "own.safetensors"})
    void sizesThatTheFileSaysStay(String name) throws IOException {
        String file = unsaid(name).getFirst();
        String to = directory.resolve("to.safetensors").toString();
        String size = name.equals("keras.h5") ? "4x4" : "8x8";
        done("convert", file, to, "--image-size", size);
        refused(2, "--image-size: expected " + size + ", as " + file, "convert", file, to, "--image-size", "9x8");
    }

    @Test
    void weightsAloneAreNoModelOfTheOtherCommands() throws IOException {
        String file = unsaid("torch.safetensors").getFirst();
        String to = directory.resolve("to.onnx").toString();
        refused(2, "of weights alone: make one of it first", "export", file, to);
        refused(2, "convert FROM TO.safetensors --network NAME --classes N", "evaluate", file);
    }

    /** Of whoever names another folder than that of the model's pictures. */
    @Test
    void foldersOfOtherClassesAreExplainedToTheirUser() throws IOException {
        PictureFolder folder = new PictureFolder(directory.resolve("data"));
        for (int i = 0; i < 4; i++) {
            folder.with("dark/" + i + ".png", 8, 8, 0x203010 + i).with("light/" + i + ".png", 8, 8, 0xa0b0d0 + i);
        }
        String file = unsaid("own.safetensors").getFirst();
        refused(
                1,
                "the network yields [5]: give it pictures with targets of that shape",
                "evaluate",
                file,
                "--data",
                folder.path().toString());
    }
}
