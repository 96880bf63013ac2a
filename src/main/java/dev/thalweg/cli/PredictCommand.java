package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.train.Predictions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code thalweg predict}. */
@Command(name = "predict", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Asks a saved model what it sees in pictures, and how sure it is.")
final class PredictCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MODEL", description = "A model that train saved.")
    private Path file;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PICTURE", description = "PNG, JPEG, GIF or BMP files; scaled to the model's size.")
    private List<Path> pictures;

    @Mixin
    private BackendOptions compute;

    @Override
    public Integer call() throws IOException {
        try (Model model = Model.load(file)) {
            model.backend(compute.backend(), compute.threads());
            Predictions predictions = model.predict(pictures);
            for (int i = 0; i < pictures.size(); i++) {
                System.out.printf(Locale.ROOT, "%s: %s %.4f%n", pictures.get(i), predictions.classNameOf(i),
                        predictions.outputs().get(i)[predictions.classOf(i)]);
            }
        }
        return 0;
    }
}
