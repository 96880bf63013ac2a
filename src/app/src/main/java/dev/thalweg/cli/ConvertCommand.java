package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code thalweg convert}. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes a model as a file of another kind; the names' endings say which.")
final class ConvertCommand implements Callable<Integer> {
    @Mixin
    private ConvertOptions source;

    @Parameters(
            index = "1",
            paramLabel = "TO",
            description = "Where to: .safetensors (a model for the other commands), .weights.safetensors (its weights"
                    + " alone) or .onnx.")
    private Path to;

    @Override
    public Integer call() throws IOException {
        ModelFormat format = ModelFormat.of("TO", to);
        OutputFile.check("TO", to);
        source.check();
        try (Model model = source.read()) {
            format.write(model, to);
            System.out.println("Wrote " + to);
            System.out.println(PrintableText.printable(source.describe(model)));
        }
        return 0;
    }
}
