package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.backend.Backends;
import picocli.CommandLine.Option;

/** What computes; shared by the commands. */
final class BackendOptions {
    @Option(names = "--backend", paramLabel = "NAME", description = "onednn, java, or auto for the faster one that works here (default: auto).")
    private String backend = System.getProperty(Backends.BACKEND_PROPERTY, "auto");

    @Option(names = "--threads", paramLabel = "N", description = "How many threads compute (default: all processors).")
    private Integer threads;

    @Option(names = "--precision", paramLabel = "NAME", defaultValue = "f32",
            description = "f32, or bf16: activations of half the size, on CPUs that multiply them (default: ${DEFAULT-VALUE}).")
    private String precision;

    /** Has a model computed so. */
    Model applyTo(Model model) {
        return model.backend(backend, threads()).precision(precision);
    }

    String backend() {
        return backend;
    }

    int threads() {
        return threads != null ? threads : Backends.defaultThreads();
    }
}
