package dev.thalweg.cli;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Which options a user gave: looked at before anything is done, so that none is without effect in silence.
 *
 * @param command that was called
 */
record GivenOptions(CommandSpec command) {
    boolean has(String option) {
        return command.commandLine().getParseResult().hasMatchedOption(option);
    }

    /** All words of the command line. */
    List<String> words() {
        return command.root().commandLine().getParseResult().originalArgs();
    }

    private List<String> among(String... options) {
        return Stream.of(options).filter(this::has).toList();
    }

    /**
     * Refuses options that each say the same thing in another way.
     *
     * @throws WrongArgumentException if more than one is there
     */
    void checkAtMostOne(String... options) {
        List<String> given = among(options);
        if (given.size() > 1) {
            throw new WrongArgumentException(
                    String.join(" and ", given) + " contradict each other: expected one of them");
        }
    }

    /**
     * Refuses an option that does nothing without others.
     *
     * @throws WrongArgumentException if it is there without any of them
     */
    void checkNeeds(String option, String... anyOf) {
        if (has(option) && among(anyOf).isEmpty()) {
            throw new WrongArgumentException(
                    option + " has no effect here: expected it with " + String.join(" or ", anyOf));
        }
    }

    /**
     * Refuses options that do nothing beside another one.
     *
     * @throws WrongArgumentException if one of them is there
     */
    void checkNotWith(String option, String... others) {
        List<String> given = among(others);
        if (!given.isEmpty()) {
            throw new WrongArgumentException(
                    given.getFirst() + " has no effect with " + option + ": expected one of them");
        }
    }
}
