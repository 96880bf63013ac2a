package dev.thalweg.cli;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Backends;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code thalweg info}. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Prints versions, the instruction set and engines in use, threads, and what was loaded from where.")
final class InfoCommand implements Callable<Integer> {
    @Mixin
    private BackendOptions compute;

    @Override
    public Integer call() {
        try (Backend backend = compute.open()) {
            System.out.println("thalweg   " + Version.text());
            System.out.println("Java      " + Runtime.version() + " (" + System.getProperty("java.vm.name") + "), "
                    + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
            System.out.println("Backend   " + backend.name());
            System.out.println("Threads   " + backend.threads());
            Backends.details().forEach((name, value) -> System.out.printf("%-9s %s%n", name, value));
        }
        return 0;
    }
}
