package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
            description = "The size of its pictures, where the file leaves it open, as PyTorch's weights do (default:"
                    + " 224x224 for these).")
    private @Nullable PictureSize size;

    @Option(
            names = "--channels",
            paramLabel = "N",
            converter = PictureOptions.Channels.class,
            description = "3 for pictures in colour, 1 in grey, where the file leaves it open (default: 3).")
    private @Nullable Integer channels;

    @Option(
            names = "--normalization",
            paramLabel = "NAME",
            description = "How its pictures were normalized, where the file does not say it: ${COMPLETION-CANDIDATES}"
                    + " (0..1, or by ImageNet's means and deviations).")
    private @Nullable Scaling scaling;

    private ModelSource source() {
        return new ModelSource("FROM", file, stateDict);
    }

    /**
     * Refuses what cannot be meant.
     *
     * @throws WrongArgumentException if the file is no model's, or options are missing or without effect
     */
    void check() {
        new GivenOptions(spec).checkNeeds("--classes", "--network");
        source().check();
        if (scaling != null && channels != null && !scaling.fits(channels)) {
            throw new WrongArgumentException("--normalization " + scaling + " is of colours: expected --channels 3");
        }
    }

    /**
     * Reads the model.
     *
     * @return the model, to be closed
     * @throws WrongArgumentException if it takes other pictures, or others than it says are chosen
     */
    Model read() throws IOException {
        AskedPictures pictures = new AskedPictures(Optional.ofNullable(size), Optional.ofNullable(channels));
        try (Scope opening = new Scope()) {
            Model model = opening.own(source().read(pictures, Optional.ofNullable(scaling)));
            if (pictures.isSomething()) {
                pictures.check("FROM", file, model.network());
            }
            opening.handOver();
            return model;
        }
    }

    /** What is said of the model: how its pictures are normalized. */
    String describe(Model model) {
        return ScalingText.line(model, file);
    }
}
