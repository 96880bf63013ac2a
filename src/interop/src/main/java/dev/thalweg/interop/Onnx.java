package dev.thalweg.interop;

import dev.thalweg.Model;
import dev.thalweg.interop.onnx.writing.OnnxWriter;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Models as <a href="https://onnx.ai">ONNX</a> files, which ONNX Runtime and many other programs run.
 */
public final class Onnx {
    private Onnx() {}

    /**
     * Writes a model, see {@link #write(Model, Path, OnnxOptions)}, for pictures that whoever runs it normalizes.
     *
     * @param model what
     * @param file where, {@code model.onnx}
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if it cannot be said in ONNX
     */
    public static void write(Model model, Path file) throws IOException {
        write(model, file, new OnnxOptions());
    }

    /**
     * Writes a model with its weights to one file; what stood there is replaced in one move. The graph is that of
     * predictions, in operators of version 17; nodes and weights are named by the layers, the first axis of inputs and
     * outputs, {@code batch}, is open. What the outputs stand for, the size of pictures, how they come to it and how
     * they are normalized stand in the file's metadata as JSON: {@code class_names}, {@code target_kind},
     * {@code picture} and {@code normalization}.
     *
     * @param model what
     * @param file where, {@code model.onnx}
     * @param options how
     * @throws IOException if it cannot be written
     * @throws IllegalArgumentException if a layer of one's own has operations that ONNX has not, or computes otherwise
     *         with another size of the batch; if the normalization is to be inside and no pictures flow in; or if the
     *         file would be longer than 2<sup>31</sup> − 1 bytes
     */
    public static void write(Model model, Path file, OnnxOptions options) throws IOException {
        OnnxWriter.write(model, file, options.normalizeInside());
    }
}
