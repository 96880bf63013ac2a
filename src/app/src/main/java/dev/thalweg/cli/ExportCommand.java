package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.interop.Onnx;
import dev.thalweg.interop.OnnxOptions;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code thalweg export}. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes a saved model as ONNX, for ONNX Runtime and others: operators of version 17, weights"
                + " inside, batches of any size. Names of classes, and how pictures come to their size and are"
                + " normalized, stand in its metadata, as far as the model says it.")
final class ExportCommand implements Callable<Integer> {
    private static final String ENDING = ".onnx";

    @Parameters(index = "0", paramLabel = "MODEL", description = "A model that train saved.")
    private Path from;

    @Parameters(index = "1", paramLabel = "FILE", description = "Where to, a name that ends in .onnx.")
    private Path to;

    @Option(
            names = "--normalize-inside",
            description = "Let the graph take the bytes of pictures, 0 to 255, and normalize them itself (default: it"
                    + " takes floats that are normalized).")
    private boolean normalizeInside;

    @Override
    public Integer call() throws IOException {
        if (!ModelFormat.endsIn(to, ENDING)) {
            throw new WrongArgumentException("FILE", "a file whose name ends in " + ENDING, to);
        }
        OutputFile.check("FILE", to);
        try (Model model = SavedModel.load(from)) {
            if (normalizeInside && model.isNormalizationAssumed()) {
                throw new WrongArgumentException(
                        "--normalize-inside",
                        "a model that says how its pictures are normalized (thalweg convert MODEL TO.safetensors"
                                + " --normalization says it)",
                        from + ", which does not");
            }
            Onnx.write(model, to, new OnnxOptions().normalizeInside(normalizeInside));
            System.out.println("Wrote " + to);
            System.out.println(PrintableText.printable(
                    ScalingText.line(model, from, "therefore " + to + " does not say it either")));
            model.network()
                    .inputs()
                    .forEach(port -> System.out.println("In   " + port.name() + " " + batched(port.shape())));
            model.network()
                    .outputs()
                    .forEach(port -> System.out.println("Out  " + port.name() + " " + batched(port.shape())));
        }
        return 0;
    }

    private static String batched(Shape shape) {
        return IntStream.of(shape.toArray())
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", ", "[batch, ", "]"));
    }
}
