package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code convert} reads. */
final class ConvertOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "FROM",
            description =
                    "A model: .safetensors that train saved, .onnx, .h5 or .keras of Keras; or what PyTorch trained,"
                            + " with --network: .pt, .pth or .safetensors of a state dict.")
    private Path file;

    @Mixin
    private StateDictOptions stateDict;

    @Option(
            names = "--image-size",
            paramLabel = "HEIGHTxWIDTH",
            converter = PictureOptions.Size.Reader.class,
            description = "The size of its pictures (default: ${DEFAULT-VALUE}).")
    private PictureOptions.Size size = ModelSource.USUAL_SIZE;

    @Option(
            names = "--channels",
            paramLabel = "N",
            converter = PictureOptions.Channels.class,
            description = "3 for pictures in colour, 1 in grey (default: ${DEFAULT-VALUE}).")
    private int channels = ModelSource.USUAL_CHANNELS;

    @Option(
            names = "--normalization",
            paramLabel = "NAME",
            description = "How its pictures are normalized: ${COMPLETION-CANDIDATES} (0..1, or by ImageNet's means and"
                    + " deviations; default: ${DEFAULT-VALUE}).")
    private Scaling scaling = Scaling.UNIT;

    private ModelSource source() {
        return new ModelSource("FROM", file, stateDict);
    }

    /**
     * Refuses what cannot be meant.
     *
     * @throws WrongArgumentException if the file is no model's, or options are missing or without effect
     */
    void check() {
        GivenOptions given = new GivenOptions(spec);
        for (String option : List.of("--classes", "--image-size", "--channels", "--normalization")) {
            given.checkNeeds(option, "--network");
        }
        source().check();
        if (!scaling.fits(channels)) {
            throw new WrongArgumentException("--normalization " + scaling + " is of colours: expected --channels 3");
        }
    }

    Model read() throws IOException {
        Optional<Shape> pictures = stateDict.network().map(_ -> Shape.of(channels, size.height(), size.width()));
        return source().read(pictures, stateDict.network().map(_ -> scaling));
    }
}
