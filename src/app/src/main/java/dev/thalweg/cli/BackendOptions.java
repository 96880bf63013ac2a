package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Backends;
import picocli.CommandLine.Option;

/** What computes; shared by the commands. */
final class BackendOptions {
    @Option(
            names = "--backend",
            paramLabel = "NAME",
            description = "onednn, java, or auto for the faster one that works here (default: auto).")
    private String backend = System.getProperty(Backends.BACKEND_PROPERTY, "auto");

    @Option(names = "--threads", paramLabel = "N", description = "How many threads compute (default: all processors).")
    private Integer threads;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            defaultValue = "f32",
            description = "f32, bf16 or f16: activations of half the size, on CPUs that multiply them (default: "
                    + "${DEFAULT-VALUE}).")
    private String precision;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            defaultValue = "cpu",
            description = "cpu, gpu or gpu:N for an Intel GPU, or auto for a GPU where there is one (default: "
                    + "${DEFAULT-VALUE}).")
    private String device;

    /** Has a model computed so. */
    Model applyTo(Model model) {
        return model.backend(backend, threads(), device).precision(precision);
    }

    Backend open() {
        return Backends.open(backend, threads(), device);
    }

    private int threads() {
        return threads != null ? threads : Backends.defaultThreads();
    }
}
