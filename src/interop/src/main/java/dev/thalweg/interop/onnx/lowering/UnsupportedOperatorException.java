package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.interop.onnx.OnnxNode;
import dev.thalweg.io.BadFileException;
import dev.thalweg.tensor.ThalwegException;
import dev.thalweg.text.PrintableText;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An operator, or a use of it, that is not computed. The message names operator, node and opset. */
public final class UnsupportedOperatorException extends ThalwegException {
    private static final long serialVersionUID = 1;
    private static final int MESSAGE_LENGTH = 2000;

    UnsupportedOperatorException(OnnxNode node, long opset, String problem, @Nullable Throwable cause) {
        super(message(node, opset, problem), cause);
    }

    private static String message(OnnxNode node, long opset, String problem) {
        String domain = node.domain().isEmpty() ? "" : " of " + PrintableText.excerpt(node.domain());
        String outputs = node.name().isEmpty() ? "that yields " + PrintableText.excerpt(node.outputs()) : "";
        return PrintableText.shortened(
                "operator " + PrintableText.excerpt(node.opType()) + domain + " (opset " + opset + ", node "
                        + (node.name().isEmpty() ? outputs : PrintableText.excerpt(node.name())) + "): " + problem,
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
