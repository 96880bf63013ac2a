package dev.thalweg.cli;

import picocli.CommandLine.Option;

/** How many pictures a step is made of; shared by the commands that train. */
final class BatchSizeOption {
    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "32",
            converter = Range.Count.class,
            description = "Pictures in a step: 1 is stochastic descent, the whole data set batch descent (default: "
                    + "${DEFAULT-VALUE}).")
    private int size;

    int size() {
        return size;
    }

    /** How many batches so many pictures are, the last of them smaller where it must be. */
    long batches(int pictures) {
        return Math.ceilDiv(pictures, size);
    }
}
