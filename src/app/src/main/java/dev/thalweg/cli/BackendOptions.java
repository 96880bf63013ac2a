package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Threads;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What computes; shared by the commands. */
final class BackendOptions {
    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "onednn, java, or auto for the faster one that works here (default: auto).")
    private String backend = BackendChoice.preset().name();

    @Option(names = "--threads", paramLabel = "N", description = "How many threads compute (default: all processors).")
    private @Nullable Integer threads;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            description = "f32, bf16 or f16: activations of half the size, on CPUs that multiply them (default: "
                    + "${DEFAULT-VALUE}).")
    private String precision = "f32";

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "cpu, gpu or gpu:N for an Intel GPU, or auto for a GPU where there is one (default: "
                    + "${DEFAULT-VALUE}).")
    private String device = "cpu";

    /** Has a model computed so. */
    Model applyTo(Model model) {
        return model.backend(BackendChoice.of(backend), threads(), Device.parse(device))
                .precision(Precision.parse(precision));
    }

    Backend open() {
        return Backends.open(BackendChoice.of(backend), threads(), Device.parse(device));
    }

    private Threads threads() {
        return threads != null ? Threads.of(threads) : Threads.auto();
    }
}
