package dev.thalweg.cli;

import dev.thalweg.backend.Backend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a preset has chosen.
 *
 * @param preset its name
 * @param facts what it looked at
 * @param options by their names, with their values; of those without a value it is empty
 * @param given the words that the user gave, but for the preset
 */
record ChosenOptions(String preset, PresetFacts facts, Map<String, String> options, List<String> given) {
    private static final String PRESET = "--preset";

    ChosenOptions {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        given = List.copyOf(given);
    }

    /** Looks at the pictures and chooses. */
    static ChosenOptions by(
            String preset, DataOptions data, PictureOptions pictures, ModelOptions what, GivenOptions given)
            throws IOException {
        try (DataOptions.Survey survey = data.survey(pictures);
                Backend backend = what.open()) {
            Preset named = Preset.named(preset);
            PresetFacts facts = PresetFacts.of(survey, backend, given.has("--from"), named.asksMirror());
            return new ChosenOptions(preset, facts, named.options(facts, given::has), without(given.words()));
        }
    }

    private static List<String> without(List<String> words) {
        List<String> others = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            if (words.get(i).equals(PRESET)) {
                i++;
            } else if (!words.get(i).startsWith(PRESET + "=")) {
                others.add(words.get(i));
            }
        }
        return others;
    }

    /** The words of a command that says all of it itself. */
    String[] command() {
        List<String> words = new ArrayList<>(given);
        words.addAll(Preset.words(options));
        return Preset.command(words).toArray(String[]::new);
    }

    /** Who chose what, and for which pictures. */
    String note() {
        return preset + " for " + facts + ": " + String.join(" ", Preset.words(options));
    }

    /** For people. */
    @Override
    public String toString() {
        return "Preset " + preset + " for " + facts + ": thalweg " + String.join(" ", command());
    }
}
