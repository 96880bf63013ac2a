package dev.thalweg.cli;

import picocli.CommandLine.Option;

/** What all that is random begins with; shared by the commands that draw something. */
final class SeedOption {
    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Seed of everything random; the same seed gives the same result (default: ${DEFAULT-VALUE}).")
    private long seed;

    long seed() {
        return seed;
    }
}
