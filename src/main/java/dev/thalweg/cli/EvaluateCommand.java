package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.data.DataSplit;
import dev.thalweg.train.Evaluation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code thalweg evaluate}. */
@Command(name = "evaluate", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Tests a saved model on the test pictures of a data set.")
final class EvaluateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "MODEL", description = "A model that train saved.")
    private Path file;

    @Mixin
    private DataOptions data;

    @Mixin
    private BackendOptions compute;

    @Override
    public Integer call() throws IOException {
        try (Model model = Model.load(file); DataSplit pictures = data.read(model.network().input())) {
            compute.applyTo(model);
            Evaluation result = model.evaluate(pictures.test());
            System.out.printf(Locale.ROOT, "%s on %s%nTest loss: %.4f%nTest accuracy: %.4f%n", file, pictures.test(), result.loss(), result.accuracy());
        }
        return 0;
    }
}
