package dev.thalweg.cli;

import dev.thalweg.backend.Backends;
import picocli.CommandLine.Option;

/** What computes; shared by the commands. */
final class BackendOptions {
    @Option(names = "--backend", paramLabel = "NAME", description = "onednn, java, or auto for the faster one that works here (default: auto).")
    private String backend = System.getProperty(Backends.BACKEND_PROPERTY, "auto");

    @Option(names = "--threads", paramLabel = "N", description = "How many threads compute (default: all processors).")
    private Integer threads;

    String backend() {
        return backend;
    }

    int threads() {
        return threads != null ? threads : Backends.defaultThreads();
    }
}
