package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.Normalization;
import dev.thalweg.interop.Keras;
import dev.thalweg.interop.Onnx;
import dev.thalweg.interop.StateDict;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Networks;
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
    private static final List<String> STATE_DICTS = List.of(".pt", ".pth");
    private static final List<String> KERAS = List.of(".h5", ".keras");
    private static final List<String> ONNX = List.of(".onnx");
    private static final List<String> OTHERS = List.of(".safetensors");

    /** Whether a file's name says that weights of PyTorch are in it, and nothing else. */
    static boolean isOfWeights(Path file) {
        return ModelFormat.endsInOne(file, STATE_DICTS);
    }

    /** Whether a file's name says that another library wrote it. */
    static boolean isForeign(Path file) {
        return isOfWeights(file) || ModelFormat.endsInOne(file, KERAS) || ModelFormat.endsInOne(file, ONNX);
    }

    /**
     * Refuses what cannot be meant.
     *
     * @throws WrongArgumentException if the file is none of these, or it is not said of what its weights are, or twice
     */
    void check() {
        boolean weightsAlone = isOfWeights(file);
        boolean whole = isForeign(file) && !weightsAlone;
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
     * @param pictures that it shall take, where the file leaves that open
     * @param scaling how its pictures are normalized, where the file does not say it
     * @return the model, to be closed
     * @throws WrongArgumentException if the normalization is of other pictures, or the file says another
     */
    Model read(AskedPictures pictures, Optional<Scaling> scaling) throws IOException {
        try (Scope opening = new Scope()) {
            Model model = opening.own(open(pictures));
            scaling.ifPresent(chosen -> normalize(model, chosen));
            opening.handOver();
            return model;
        }
    }

    private void normalize(Model model, Scaling chosen) {
        int channels = model.network().pictures().shape().dim(0);
        if (!chosen.fits(channels)) {
            throw new WrongArgumentException("--normalization " + chosen + " is of colours: " + file
                    + " takes pictures of " + Counted.of(channels, "channel"));
        }
        Normalization scaling = chosen.of(channels);
        if (!model.isNormalizationAssumed() && !model.normalization().equals(scaling)) {
            throw new WrongArgumentException("--normalization " + chosen + ": expected none beside " + file
                    + ", which says that its pictures are normalized " + ScalingText.of(model.normalization()));
        }
        model.normalization(scaling);
    }

    private Model open(AskedPictures pictures) throws IOException {
        if (ModelFormat.endsInOne(file, KERAS)) {
            return Keras.read(file);
        }
        if (ModelFormat.endsInOne(file, ONNX)) {
            return pictures.isSomething() ? Onnx.read(file, pictures.shape()) : Onnx.read(file);
        }
        if (stateDict.network().isEmpty()) {
            if (!SavedModel.saysWhatItIs(file)) {
                throw ofWeightsAlone();
            }
            return Model.load(file);
        }
        int classes = stateDict.classes().orElseThrow();
        try (Scope opening = new Scope();
                StateDict weights = StateDict.open(file)) {
            Model model =
                    opening.own(Model.of(Networks.named(stateDict.network().get(), pictures.shape(), classes)));
            weights.load(model);
            opening.handOver();
            return model;
        }
    }
}
