package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.ThalwegException;
import dev.thalweg.text.PrintableText;
import java.nio.file.Path;

/** An operator, or a use of it, that is not computed. The message names operator, node and opset. */
public final class UnsupportedOperatorException extends ThalwegException {
    private static final long serialVersionUID = 1;
    private static final int MESSAGE_LENGTH = 2000;

    UnsupportedOperatorException(OnnxNode node, long opset, String problem) {
        super(message(node, opset, problem));
    }

    /** What does not fit, as the graph or the arithmetic of extents says it. */
    UnsupportedOperatorException(OnnxNode node, long opset, RuntimeException cause) {
        super(message(node, opset, String.valueOf(cause.getMessage())), cause);
    }

    private static String message(OnnxNode node, long opset, String problem) {
        String domain = node.domain().isEmpty() ? "" : " of " + PrintableText.excerpt(node.domain());
        String place = node.name().isEmpty()
                ? "that yields " + PrintableText.excerpt(node.outputs())
                : PrintableText.excerpt(node.name());
        return PrintableText.shortened(
                "operator " + PrintableText.excerpt(node.opType()) + domain + " (opset " + opset + ", node " + place
                        + "): " + problem,
                MESSAGE_LENGTH);
    }

    /**
     * {@return this as a fault of a file}
     *
     * @param file in which the operator stands
     */
    public BadFileException in(Path file) {
        return new BadFileException(file, String.valueOf(getMessage()), this);
    }
}
