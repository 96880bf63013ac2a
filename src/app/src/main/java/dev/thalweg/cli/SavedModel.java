package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.format.SafetensorsReader;
import java.io.IOException;
import java.nio.file.Path;

/** A model in this program's own format, which is what most commands take. */
final class SavedModel {
    private static final String OF_WEIGHTS = " --network NAME --classes N";

    private SavedModel() {}

    /**
     * Reads one.
     *
     * @param file of the argument {@code MODEL}
     * @return the model, to be closed
     * @throws WrongArgumentException if the file is of a format that has to be converted first
     */
    static Model load(Path file) throws IOException {
        if (ModelSource.isForeign(file)) {
            throw toConvert(file, ModelSource.isOfWeights(file) ? OF_WEIGHTS : "");
        }
        if (!saysWhatItIs(file)) {
            throw toConvert(file + ", of weights alone", OF_WEIGHTS);
        }
        return Model.load(file);
    }

    /** Whether a file of safetensors, the ending of which state dicts have too, is a model. */
    static boolean saysWhatItIs(Path file) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            return reader.metadata().containsKey("thalweg.model");
        }
    }

    private static WrongArgumentException toConvert(Object got, String options) {
        return new WrongArgumentException(
                "MODEL",
                "a model that train saved",
                got + ": make one of it first, by thalweg convert FROM TO.safetensors" + options);
    }
}
