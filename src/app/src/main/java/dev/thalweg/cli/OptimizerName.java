package dev.thalweg.cli;

import java.util.List;
import java.util.ListResourceBundle;
import java.util.ResourceBundle;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The update rules, by the names that Keras gives them, the rates that are usual for them, and the options that not
 * all of them know: what help says of these and what is refused stands here alone.
 */
enum OptimizerName {
    SGD(0.01, "--momentum", "--nesterov", "--decay"),
    ADAGRAD(0.01),
    RMSPROP(0.001, "--momentum"),
    ADAM(0.001),
    ADAMW(0.001),
    ADADELTA(1),
    NADAM(0.001),
    LION(0.0001),
    LARS(1, "--momentum"),
    LAMB(0.003),
    MUON(0.02, "--momentum"),
    SCHEDULE_FREE_ADAMW(0.0025);

    private final double usualRate;
    private final List<String> options;

    OptimizerName(double usualRate, String... options) {
        this.usualRate = usualRate;
        this.options = List.of(options);
    }

    double usualRate() {
        return usualRate;
    }

    /** The options that only some rules know. */
    static List<String> particularOptions() {
        return Stream.of(values())
                .flatMap(name -> name.options.stream())
                .distinct()
                .toList();
    }

    boolean knows(String option) {
        return options.contains(option);
    }

    private static String knowing(String option) {
        return Stream.of(values())
                .filter(name -> name.knows(option))
                .map(OptimizerName::toString)
                .collect(Collectors.joining(", "));
    }

    /**
     * Refuses options that this rule does not know.
     *
     * @throws WrongArgumentException if one was given
     */
    void check(GivenOptions given) {
        for (String option : particularOptions()) {
            if (given.has(option) && !knows(option)) {
                throw new WrongArgumentException(
                        option + " has no effect with --optimizer " + this + ": expected it with " + knowing(option));
            }
        }
    }

    /** For {@code ${bundle:--momentum}} in descriptions: the names of the rules that know an option. */
    static ResourceBundle texts() {
        return new ListResourceBundle() {
            @Override
            protected Object[][] getContents() {
                return particularOptions().stream()
                        .map(option -> new Object[] {option, knowing(option)})
                        .toArray(Object[][]::new);
            }
        };
    }

    /** As it is typed. */
    @Override
    public String toString() {
        return EnumWords.of(this);
    }
}
