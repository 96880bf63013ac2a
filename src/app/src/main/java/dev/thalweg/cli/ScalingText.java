package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.Normalization;
import dev.thalweg.text.PrintableText;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Collections;

/** What is said of how a model's pictures are normalized. */
final class ScalingText {
    private static final float OF_BYTES = 1 / 255f;

    private ScalingText() {}

    /**
     * {@return a line of a model, which tells what is assumed from what is known}
     *
     * @param file the model was read from
     * @param otherwise what follows where it is assumed
     */
    static String line(Model model, Path file, String otherwise) {
        String how = of(model.normalization());
        return model.isNormalizationAssumed()
                ? "Pictures taken to be normalized " + how + ", which " + file + " does not say; " + otherwise
                : "Pictures normalized " + how;
    }

    /** {@return a line of a model that is read by a command with {@code --normalization}} */
    static String line(Model model, Path file) {
        return line(model, file, "--normalization chooses otherwise");
    }

    /** Says of a saved model whose normalization is assumed that it is, and what to do. */
    static void warn(Model model, Path file, PrintStream out) {
        if (model.isNormalizationAssumed()) {
            out.println(PrintableText.printable(
                    line(model, file, "convert MODEL TO.safetensors --normalization NAME says it")));
        }
    }

    /** {@return how bytes become floats, to stand behind "normalized"} */
    static String of(Normalization normalization) {
        int channels = normalization.mean().size();
        if (normalization.equals(Normalization.unit(channels))) {
            return "to 0..1";
        }
        Normalization bytes =
                new Normalization(Collections.nCopies(channels, 0f), Collections.nCopies(channels, OF_BYTES));
        return normalization.equals(bytes)
                ? "to 0..255, as bytes"
                : "by means " + normalization.mean() + " and deviations " + normalization.std();
    }
}
