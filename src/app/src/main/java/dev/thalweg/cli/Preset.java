package dev.thalweg.cli;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A recipe for a whole training: which options go with which pictures. Each is a file of its own, beside this class.
 *
 * @param about what it is for
 * @param like another one, whose choices these take the place of where they are of the same; null for none
 * @param choices each of something else
 */
record Preset(String about, @Nullable String like, List<Choice> choices) {
    /** Chooses nothing. */
    static final String NONE = "none";
    /** Chooses where nobody does. */
    static final String USUAL = "balanced";
    /** All there are, the quickest first. */
    static final List<String> NAMES = List.of(NONE, "essay", "fast", USUAL, "best");

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * Whole numbers within bounds.
     *
     * @param atLeast from here on; null where there is no such bound
     * @param below up to here; null where there is none
     */
    record Bounds(@Nullable Integer atLeast, @Nullable Integer below) {
        boolean hold(int number) {
            return (atLeast == null || number >= atLeast) && (below == null || number < below);
        }
    }

    /**
     * Of which pictures a choice is; what is null does not matter.
     *
     * @param size the shorter side in pixels
     * @param channels how many
     * @param pictures how many there are to learn from
     * @param outputs how many classes, labels or numbers
     * @param perOutput how many pictures there are for each of these on average
     * @param task what is to be learnt
     * @param folder whether the pictures are files
     * @param bf16 whether the processor multiplies it
     * @param validated whether there is a part to validate with
     * @param trained whether it begins with a trained model
     * @param mirrors whether pictures seen in a mirror are still of their classes
     */
    record When(
            @Nullable Bounds size,
            @Nullable Bounds channels,
            @Nullable Bounds pictures,
            @Nullable Bounds outputs,
            @Nullable Bounds perOutput,
            @Nullable String task,
            @Nullable Boolean folder,
            @Nullable Boolean bf16,
            @Nullable Boolean validated,
            @Nullable Boolean trained,
            @Nullable Boolean mirrors) {
        private static boolean holds(@Nullable Bounds bounds, int number) {
            return bounds == null || bounds.hold(number);
        }

        boolean fits(PresetFacts facts) {
            return holds(size, facts.size())
                    && holds(channels, facts.channels())
                    && holds(pictures, facts.pictures())
                    && holds(outputs, facts.outputs())
                    && holds(perOutput, facts.pictures() / facts.outputs())
                    && (task == null || task.equals(Task.of(facts.kind()).toString()))
                    && (folder == null || folder == facts.folder())
                    && (bf16 == null || bf16 == facts.bf16())
                    && (validated == null || validated == facts.validated())
                    && (trained == null || trained == facts.trained())
                    && (mirrors == null || mirrors == facts.mirrors());
        }
    }

    /**
     * So many epochs that about so many pictures are seen in all.
     *
     * @param seen how many pictures, each as often as it is seen
     * @param atLeast epochs
     * @param atMost epochs
     */
    record Epochs(long seen, int atLeast, int atMost) {
        int of(int pictures) {
            return Math.clamp(Math.round((double) seen / pictures), atLeast, atMost);
        }
    }

    /**
     * Options for some pictures.
     *
     * @param when for which; null for all
     * @param epochs how often they are seen; null where nothing is chosen of that
     * @param options by their names, with their values; of those without a value it is empty
     */
    record Case(@Nullable When when, @Nullable Epochs epochs, Map<String, String> options) {
        Case {
            options = options == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(options));
        }

        private boolean fits(PresetFacts facts) {
            return when == null || when.fits(facts);
        }

        private boolean asksMirror() {
            return when != null && when.mirrors != null;
        }

        private Map<String, String> options(PresetFacts facts) {
            if (epochs == null) {
                return options;
            }
            Map<String, String> all = new LinkedHashMap<>(options);
            all.put("--epochs", Integer.toString(epochs.of(facts.pictures())));
            return all;
        }
    }

    /**
     * Options that belong together: where the user gave one of them, or one of those that contradict them, the user
     * chose, and all are left out.
     *
     * @param of what is chosen
     * @param unless other options by which a user chooses
     * @param cases of which the last that fits counts; none may
     */
    record Choice(String of, List<String> unless, List<Case> cases) {
        Choice {
            unless = unless == null ? List.of() : List.copyOf(unless);
            cases = List.copyOf(cases);
        }

        private Map<String, String> options(PresetFacts facts, Predicate<String> given) {
            return cases.reversed().stream()
                    .filter(one -> one.fits(facts))
                    .findFirst()
                    .map(one -> one.options(facts))
                    .filter(options -> Stream.concat(options.keySet().stream(), unless.stream())
                            .noneMatch(given))
                    .orElse(Map.of());
        }
    }

    /** Reads the preset of a name. */
    static Preset named(String name) {
        String file = "presets/" + name + ".json";
        try (InputStream in = Objects.requireNonNull(Preset.class.getResourceAsStream(file), file)) {
            return JSON.readValue(in, Preset.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the choices, with those of the preset that this one is like} */
    List<Choice> all() {
        Map<String, Choice> all = new LinkedHashMap<>();
        if (like != null) {
            named(like).all().forEach(choice -> all.put(choice.of(), choice));
        }
        choices.forEach(choice -> all.put(choice.of(), choice));
        return List.copyOf(all.values());
    }

    /** Whether a choice depends on how pictures look in a mirror: to find that out, some have to be decoded. */
    boolean asksMirror() {
        return all().stream().flatMap(choice -> choice.cases().stream()).anyMatch(Case::asksMirror);
    }

    /**
     * {@return the options chosen, by their names, with their values}
     *
     * @param facts of the pictures
     * @param given whether the user gave an option
     */
    Map<String, String> options(PresetFacts facts, Predicate<String> given) {
        Map<String, String> options = new LinkedHashMap<>();
        all().forEach(choice -> options.putAll(choice.options(facts, given)));
        return options;
    }

    /** {@return words of a command to which no preset adds any, whoever gives it} */
    static List<String> command(List<String> words) {
        List<String> whole = new ArrayList<>(words);
        if (words.stream().noneMatch(word -> word.equals("--model") || word.startsWith("--model="))) {
            whole.addAll(List.of("--preset", NONE));
        }
        return whole;
    }

    /** {@return options as words of a command line} */
    static List<String> words(Map<String, String> options) {
        List<String> words = new ArrayList<>();
        options.forEach((name, value) -> {
            words.add(name);
            if (!value.isEmpty()) {
                words.add(value);
            }
        });
        return words;
    }
}
