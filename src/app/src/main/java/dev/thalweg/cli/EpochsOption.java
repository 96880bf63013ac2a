package dev.thalweg.cli;

import picocli.CommandLine.Option;

/** How long a training is; shared by the commands that train to the end. */
final class EpochsOption {
    @Option(
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "10",
            converter = Range.Count.class,
            description = "How often all pictures are seen (default: ${DEFAULT-VALUE}).")
    private int epochs;

    int epochs() {
        return epochs;
    }
}
