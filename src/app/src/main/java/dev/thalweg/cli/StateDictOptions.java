package dev.thalweg.cli;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Of what PyTorch's weights are, which their file does not say; shared by the commands that read them. */
final class StateDictOptions {
    @Option(
            names = "--network",
            paramLabel = "NAME",
            converter = NetworkName.class,
            completionCandidates = NetworkName.class,
            description = "Of which network PyTorch's weights are: ${COMPLETION-CANDIDATES}.")
    private @Nullable String network;

    @Option(
            names = "--classes",
            paramLabel = "N",
            converter = Range.Count.class,
            description = "How many classes that network tells apart.")
    private @Nullable Integer classes;

    Optional<String> network() {
        return Optional.ofNullable(network);
    }

    Optional<Integer> classes() {
        return Optional.ofNullable(classes);
    }
}
