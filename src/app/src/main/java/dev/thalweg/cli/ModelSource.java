package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.Normalization;
import dev.thalweg.interop.Keras;
import dev.thalweg.interop.Onnx;
import dev.thalweg.interop.StateDict;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A model as whoever trained it saved it. Files of PyTorch hold weights alone: options say of which network. */
final class ModelSource {
    private static final List<String> STATE_DICTS = List.of(".pt", ".pth");
    private static final List<String> KERAS = List.of(".h5", ".keras");
    private static final List<String> ONNX = List.of(".onnx");
    private static final List<String> OTHERS = List.of(".safetensors");

    /** What is usual for pictures, by the data that a network was trained on. */
    private enum Scaling {
        UNIT,
        IMAGENET;

        Normalization of(int channels) {
            return switch (this) {
                case UNIT -> Normalization.unit(channels);
                case IMAGENET -> new Normalization(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));
            };
        }

        /** As it is typed. */
        @Override
        public String toString() {
            return EnumWords.of(this);
        }
    }

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "FROM",
            description =
                    "A model: .safetensors that train saved, .onnx, .h5 or .keras of Keras; or what PyTorch trained,"
                            + " with --network: .pt, .pth or .safetensors of a state dict.")
    private Path file;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            converter = NetworkName.class,
            completionCandidates = NetworkName.class,
            description = "Of which network PyTorch's weights are: ${COMPLETION-CANDIDATES}.")
    private @Nullable String network;

    @Option(
            names = "--classes",
            paramLabel = "N",
            converter = Range.Count.class,
            description = "How many classes that network tells apart.")
    private @Nullable Integer classes;

    @Option(
            names = "--image-size",
            paramLabel = "HEIGHTxWIDTH",
            converter = PictureOptions.Size.Reader.class,
            description = "The size of its pictures (default: ${DEFAULT-VALUE}).")
    private PictureOptions.Size size = new PictureOptions.Size(224, 224);

    @Option(
            names = "--channels",
            paramLabel = "N",
            converter = PictureOptions.Channels.class,
            description = "3 for pictures in colour, 1 in grey (default: ${DEFAULT-VALUE}).")
    private int channels = 3;

    @Option(
            names = "--normalization",
            paramLabel = "NAME",
            description = "How its pictures are normalized: ${COMPLETION-CANDIDATES} (0..1, or by ImageNet's means and"
                    + " deviations; default: ${DEFAULT-VALUE}).")
    private Scaling scaling = Scaling.UNIT;

    /**
     * Refuses what cannot be meant.
     *
     * @throws WrongArgumentException if the file is none of these, or options are missing or without effect
     */
    void check() {
        GivenOptions given = new GivenOptions(spec);
        for (String option : List.of("--classes", "--image-size", "--channels", "--normalization")) {
            given.checkNeeds(option, "--network");
        }
        boolean stateDict = ModelFormat.endsInOne(file, STATE_DICTS);
        boolean whole = ModelFormat.endsInOne(file, KERAS) || ModelFormat.endsInOne(file, ONNX);
        if (!stateDict && !whole && !ModelFormat.endsInOne(file, OTHERS)) {
            throw new WrongArgumentException(
                    "FROM", "a file whose name ends in .safetensors, .onnx, .pt, .pth, .h5 or .keras", file);
        }
        if (network != null && whole) {
            throw new WrongArgumentException("--network: expected none beside " + file + ", which says what it is of");
        }
        if (network != null && classes == null) {
            throw new WrongArgumentException("--network: expected --classes beside it");
        }
        if (network == null && stateDict) {
            throw new WrongArgumentException(
                    "FROM: " + file + " holds weights alone: expected --network and --classes, which say of what");
        }
        if (scaling == Scaling.IMAGENET && channels != 3) {
            throw new WrongArgumentException("--normalization imagenet is of colours: expected --channels 3");
        }
    }

    Model read() throws IOException {
        if (ModelFormat.endsInOne(file, KERAS)) {
            return Keras.read(file);
        }
        if (ModelFormat.endsInOne(file, ONNX)) {
            return Onnx.read(file);
        }
        if (network == null || classes == null) {
            return Model.load(file);
        }
        try (Scope opening = new Scope();
                StateDict weights = StateDict.open(file)) {
            Model model = opening.own(
                    Model.of(Networks.named(network, Shape.of(channels, size.height(), size.width()), classes)));
            weights.load(model.normalization(scaling.of(channels)));
            opening.handOver();
            return model;
        }
    }
}
