package dev.thalweg.cli;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A recipe for a whole training: which options go with which pictures. Each is a file of its own, beside this class.
 *
 * @param about what it is for
 * @param choices later ones take the place of earlier ones that are of the same
 */
record Preset(String about, List<Choice> choices) {
    /** All there are, the quickest first. */
    static final List<String> NAMES = List.of("essay", "fast", "balanced", "best");

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
            @Nullable Boolean validated) {
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
                    && (validated == null || validated == facts.validated());
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
     * Options that belong together: where the user gave one of them, or one of those that contradict them, the user
     * chose, and all are left out.
     *
     * @param of what is chosen, by which later choices take the place of earlier ones
     * @param when of which pictures; null for all
     * @param unless other options by which a user chooses
     * @param epochs how often all pictures are seen; null where nothing is chosen of that
     * @param options by their names, with their values; of those without a value it is empty
     */
    record Choice(
            String of,
            @Nullable When when,
            List<String> unless,
            @Nullable Epochs epochs,
            Map<String, String> options) {}

    /** Reads the preset of a name. */
    static Preset named(String name) {
        String file = "presets/" + name + ".json";
        try (InputStream in = Objects.requireNonNull(Preset.class.getResourceAsStream(file), file)) {
            return JSON.readValue(in, Preset.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@return the options chosen, by their names, with their values}
     *
     * @param facts of the pictures
     * @param given whether the user gave an option
     */
    Map<String, String> options(PresetFacts facts, Predicate<String> given) {
        Map<String, Choice> last = new LinkedHashMap<>();
        choices.stream()
                .filter(choice -> Optional.ofNullable(choice.when())
                        .map(when -> when.fits(facts))
                        .orElse(true))
                .forEach(choice -> last.put(choice.of(), choice));
        Map<String, String> options = new LinkedHashMap<>();
        for (Choice choice : last.values()) {
            Map<String, String> chosen = new LinkedHashMap<>(choice.options());
            if (choice.epochs() != null) {
                chosen.put("--epochs", Integer.toString(choice.epochs().of(facts.pictures())));
            }
            if (chosen.keySet().stream().noneMatch(given)
                    && choice.unless().stream().noneMatch(given)) {
                options.putAll(chosen);
            }
        }
        return options;
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
