package dev.thalweg.interop;

import dev.thalweg.Model;
import dev.thalweg.interop.onnx.OnnxModel;
import dev.thalweg.interop.onnx.OnnxParser;
import dev.thalweg.interop.onnx.network.OnnxNetwork;
import dev.thalweg.interop.onnx.network.PictureMetadata;
import dev.thalweg.interop.onnx.writing.OnnxWriter;
import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Models as <a href="https://onnx.ai">ONNX</a> files, which ONNX Runtime and many other programs run.
 * <p>
 * A file that is read becomes a model to train: its nodes become layers, which {@link Model#summary} lists,
 * {@link Model#freeze} and {@link Model#replaceHead} know by name, and any batch trains. What is no layer of this
 * library's becomes one of ONNX's operator, with a gradient.
 * <pre>{@code
 * try (Model pretrained = Onnx.read(Path.of("resnet18.onnx"));
 *         Model mine = pretrained.replaceHead(1, new Dense(12, Activation.SOFTMAX))) {
 *     mine.freeze("(?!head).*").compile(new AdamW(1e-3), new SparseCategoricalCrossentropy());
 * }
 * }</pre>
 */
public final class Onnx {
    private Onnx() {}

    /**
     * Reads a model. Most files do not say how its pictures are normalized, see {@link Model#isNormalizationAssumed}.
     *
     * @param file an ONNX file of operator set 7 to 24; weights beside it are found
     * @return the model: it can predict at once; compile it to train on, and close it
     * @throws IOException if the file cannot be read
     * @throws BadFileException if it is damaged, has a weight that is NaN, leaves the size of an example open, is of
     *     another operator set, uses an operator that is not supported, or fixes a batch and mixes its examples: the
     *     message names file, and operator, node and operator set where it is of one
     */
    public static Model read(Path file) throws IOException {
        return read(file, Optional.empty());
    }

    /**
     * Reads a model that takes examples of several sizes, for one of them.
     *
     * @param file an ONNX file
     * @param shape of one example, {@code [C, H, W]}; where the file gives an extent, that holds
     * @return the model, as from {@link #read(Path)}
     * @throws IOException if the file cannot be read
     * @throws BadFileException as from {@link #read(Path)}
     */
    public static Model read(Path file, Shape shape) throws IOException {
        return read(file, Optional.of(shape));
    }

    private static Model read(Path file, Optional<Shape> shape) throws IOException {
        OnnxModel content = OnnxParser.read(file);
        OnnxNetwork read = OnnxNetwork.of(file, content, shape);
        try (Scope opening = new Scope()) {
            Model model = opening.own(Model.of(read.network())).weights(read.weights());
            new PictureMetadata(file, content).into(model);
            if (!read.quantized().isEmpty()) {
                model.quantization(read.quantized());
            }
            opening.handOver();
            return model;
        }
    }

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
     * {@code picture} and {@code normalization}; the last is left out where that is only
     * {@linkplain Model#isNormalizationAssumed assumed} and the graph does not do it itself.
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
