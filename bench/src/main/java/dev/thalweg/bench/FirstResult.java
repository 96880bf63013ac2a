package dev.thalweg.bench;

import dev.thalweg.Model;
import dev.thalweg.backend.Backends;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.nio.file.Path;

/** A program that ends with its first result, to be timed as a whole. */
public final class FirstResult {
    private FirstResult() {}

    /**
     * Predicts for one picture, or trains one step of 32, by the small network.
     *
     * @param arguments {@code prediction} and the file of a model, or {@code step}
     * @throws IOException if the model cannot be read
     */
    public static void main(String[] arguments) throws IOException {
        Backends.preload();
        if (arguments[0].equals("prediction")) {
            try (Model model = Model.load(Path.of(arguments[1]));
                    FrozenContender frozen = new FrozenContender(model, 1)) {
                frozen.infer();
            }
        } else {
            try (ThalwegContender step = new ThalwegContender(
                    "onednn",
                    DataType.FLOAT32,
                    BenchNetwork.CNN,
                    32,
                    Threads.auto().count(),
                    true)) {
                step.train();
            }
        }
    }
}
