package dev.thalweg.interop.onnx.writing;

import dev.thalweg.Model;
import dev.thalweg.data.Normalization;
import dev.thalweg.interop.onnx.OnnxGraph;
import dev.thalweg.interop.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Writes models as ONNX. */
public final class OnnxWriter {
    /** The newest version of the operators that Debian's checker knows, and the first with LayerNormalization. */
    private static final long OPSET = 17;

    private OnnxWriter() {}

    /**
     * Writes a file, whole or not at all.
     *
     * @param model what
     * @param file where
     * @param normalizeInside whether the graph takes bytes and scales them
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if the network has operations that ONNX has not, or the file would be longer
     *         than 2 GiB
     */
    public static void write(Model model, Path file, boolean normalizeInside) throws IOException {
        Optional<Normalization> inside = normalizeInside ? Optional.of(model.normalization()) : Optional.empty();
        OnnxGraph graph = NetworkTranslation.of(model.network(), model.weights(), model.quantization(), inside);
        OnnxEncoder.write(new OnnxModel(Map.of("", OPSET), graph, ModelMetadata.of(model, normalizeInside)), file);
    }
}
