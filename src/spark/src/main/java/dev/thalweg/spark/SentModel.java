package dev.thalweg.spark;

import dev.thalweg.Compilation;
import dev.thalweg.Model;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.memory.Scope;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Threads;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import org.jspecify.annotations.Nullable;

/**
 * A model on its way to executors.
 *
 * @param saved as it is saved
 * @param precision in which it computes
 * @param compilation how it is trained, which says by what loss it is measured; null where it was never compiled
 */
record SentModel(
        byte[] saved, Precision precision, @Nullable RecordForm compilation) implements Serializable {
    static SentModel of(Model model) throws IOException {
        return new SentModel(saved(model), model.precision(), compilation(model));
    }

    /** {@return a model as it is saved} */
    static byte[] saved(Model model) throws IOException {
        try (TemporaryFile file = new TemporaryFile()) {
            model.save(file.path());
            return Files.readAllBytes(file.path());
        }
    }

    /** {@return a model that was saved, to be closed} */
    static Model loaded(byte[] saved) throws IOException {
        try (TemporaryFile file = new TemporaryFile()) {
            Files.write(file.path(), saved);
            return Model.load(file.path());
        }
    }

    private static @Nullable RecordForm compilation(Model model) {
        try {
            return RecordForm.of(model.compilation());
        } catch (IllegalStateException neverCompiled) {
            return null;
        }
    }

    /** {@return the model, to be closed} */
    Model open(int threads) throws IOException {
        try (Scope opening = new Scope()) {
            Model model = opening.own(loaded(saved))
                    .backend(BackendChoice.AUTO, Threads.of(threads))
                    .precision(precision);
            if (compilation != null) {
                model.compile((Compilation) compilation.value());
            }
            opening.handOver();
            return model;
        }
    }
}
