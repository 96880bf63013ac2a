package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.format.SafetensorsReader;
import dev.thalweg.interop.Keras;
import dev.thalweg.interop.Onnx;
import dev.thalweg.interop.StateDict;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Networks;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.Counted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model as whoever trained it saved it. Files of PyTorch hold weights alone: options say of which network.
 *
 * @param option that names the file
 * @param file one of this program, of ONNX, Keras or PyTorch
 * @param stateDict of what PyTorch's weights are
 */
record ModelSource(String option, Path file, StateDictOptions stateDict) {
    /** Of pictures for networks whose weights come from PyTorch. */
    static final PictureOptions.Size USUAL_SIZE = new PictureOptions.Size(224, 224);

    static final int USUAL_CHANNELS = 3;

    private static final List<String> STATE_DICTS = List.of(".pt", ".pth");
    private static final List<String> KERAS = List.of(".h5", ".keras");
    private static final List<String> ONNX = List.of(".onnx");
    private static final List<String> OTHERS = List.of(".safetensors");

    /**
     * Refuses what cannot be meant.
     *
     * @throws WrongArgumentException if the file is none of these, or it is not said of what its weights are, or twice
     */
    void check() {
        boolean weightsAlone = ModelFormat.endsInOne(file, STATE_DICTS);
        boolean whole = ModelFormat.endsInOne(file, KERAS) || ModelFormat.endsInOne(file, ONNX);
        if (!weightsAlone && !whole && !ModelFormat.endsInOne(file, OTHERS)) {
            throw new WrongArgumentException(
                    option, "a file whose name ends in .safetensors, .onnx, .pt, .pth, .h5 or .keras", file);
        }
        boolean named = stateDict.network().isPresent();
        if (named && whole) {
            throw new WrongArgumentException("--network: expected none beside " + file + ", which says what it is of");
        }
        if (named && stateDict.classes().isEmpty()) {
            throw new WrongArgumentException("--network: expected --classes beside it");
        }
        if (!named && weightsAlone) {
            throw ofWeightsAlone();
        }
    }

    private WrongArgumentException ofWeightsAlone() {
        return new WrongArgumentException(
                option + ": " + file + " holds weights alone: expected --network and --classes, which say of what");
    }

    /**
     * Reads it.
     *
     * @param pictures {@code [C, H, W]}, where the file leaves them open
     * @param scaling how its pictures are normalized; where it is empty, as the file says, else to 0 to 1
     * @return the model, to be closed
     * @throws WrongArgumentException if the normalization is of other pictures
     */
    Model read(Optional<Shape> pictures, Optional<Scaling> scaling) throws IOException {
        try (Scope opening = new Scope()) {
            Model model = opening.own(open(pictures));
            int channels = model.network().pictures().shape().dim(0);
            scaling.ifPresent(chosen -> {
                if (!chosen.fits(channels)) {
                    throw new WrongArgumentException("--normalization " + chosen + " is of colours: " + file
                            + " takes pictures of " + Counted.of(channels, "channel"));
                }
                model.normalization(chosen.of(channels));
            });
            opening.handOver();
            return model;
        }
    }

    private Model open(Optional<Shape> pictures) throws IOException {
        if (ModelFormat.endsInOne(file, KERAS)) {
            return Keras.read(file);
        }
        if (ModelFormat.endsInOne(file, ONNX)) {
            return pictures.isEmpty() ? Onnx.read(file) : Onnx.read(file, pictures.get());
        }
        if (stateDict.network().isEmpty()) {
            checkSaysWhatItIs();
            return Model.load(file);
        }
        Shape shape = pictures.orElseGet(() -> Shape.of(USUAL_CHANNELS, USUAL_SIZE.height(), USUAL_SIZE.width()));
        int classes = stateDict.classes().orElseThrow();
        try (Scope opening = new Scope();
                StateDict weights = StateDict.open(file)) {
            Model model =
                    opening.own(Model.of(Networks.named(stateDict.network().get(), shape, classes)));
            weights.load(model);
            opening.handOver();
            return model;
        }
    }

    /** State dicts have the ending of models. */
    private void checkSaysWhatItIs() throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            if (!reader.metadata().containsKey("thalweg.model")) {
                throw ofWeightsAlone();
            }
        }
    }
}
