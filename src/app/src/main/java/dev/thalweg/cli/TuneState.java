package dev.thalweg.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/**
 * All that a tune needs to go on: its file is read again by {@code --resume}.
 *
 * @param given options that the user gave, by their names, with their values
 * @param base options of {@code train} that all trials share, as {@code given} and the preset have them
 * @param chosen who chose them, for people
 * @param axes what is searched
 * @param seed of what is drawn
 * @param epochs of a trial that is trained to its end
 * @param trials all that were begun, by their numbers
 * @param seconds how long it took till now
 */
record TuneState(
        Map<String, String> given,
        Map<String, String> base,
        String chosen,
        List<Axis> axes,
        long seed,
        int epochs,
        List<Trial> trials,
        double seconds) {
    /** How often something is drawn that was tried already, before it is taken that all was. */
    private static final int DRAWS = 1000;

    TuneState {
        given = Collections.unmodifiableMap(new LinkedHashMap<>(given));
        base = Collections.unmodifiableMap(new LinkedHashMap<>(base));
        axes = List.copyOf(axes);
        trials = List.copyOf(trials);
    }

    /** With trainings of another length. */
    TuneState lasting(int otherEpochs) {
        return new TuneState(given, base, chosen, axes, seed, otherEpochs, trials, seconds);
    }

    /** After some time. */
    TuneState with(List<Trial> otherTrials, double otherSeconds) {
        return new TuneState(given, base, chosen, axes, seed, epochs, otherTrials, otherSeconds);
    }

    /**
     * {@return the options of a new trial: of the first one what was chosen, of others what nobody tried yet; nothing
     * where all was tried}
     */
    Map<String, String> draw(int number) {
        Map<String, String> options = new LinkedHashMap<>();
        if (number == 1) {
            axes.forEach(axis -> options.put(axis.option(), base.getOrDefault(axis.option(), "")));
            return options;
        }
        SplittableRandom random = Axis.random(seed, number);
        Predicate<Map<String, String>> tried =
                drawn -> trials.stream().map(Trial::options).anyMatch(drawn::equals);
        for (int i = 0; i < DRAWS; i++) {
            axes.forEach(axis -> options.put(axis.option(), axis.draw(random)));
            if (!tried.test(options)) {
                return options;
            }
        }
        return Map.of();
    }

    /** All options of a trial's training, as {@code train} takes them. */
    Map<String, String> options(Trial trial) {
        Map<String, String> options = new LinkedHashMap<>(base);
        trial.options().forEach((name, value) -> {
            if (value.isEmpty()) {
                options.remove(name);
            } else {
                options.put(name, value);
            }
        });
        options.put("--epochs", Integer.toString(epochs));
        return options;
    }

    /** The command that trains a trial to its end. */
    String command(Trial trial) {
        return "thalweg train " + String.join(" ", Preset.command(Preset.words(options(trial))));
    }
}
