package dev.thalweg.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is searched around that which a preset chooses. It is a file, beside this class.
 *
 * @param about what it is for
 * @param instead values that take the place of what a preset chooses, since they suit a search better
 * @param dimensions what is searched
 */
record SearchSpace(String about, Map<String, String> instead, List<Dimension> dimensions) {
    /**
     * Numbers around one.
     *
     * @param from the least is so many times that one
     * @param to the greatest is so many times that one
     * @param around which, where nothing is chosen
     */
    record Factors(double from, double to, double around) {}

    /**
     * An option whose value is searched where the user did not give it.
     *
     * @param of what it is about
     * @param when for which pictures; null for all
     * @param options those that do the same, of which the chosen one is searched, or else the first
     * @param factors of a number; null for words
     * @param values words, which are searched where the chosen one is among them, or an empty one is; null for numbers
     */
    record Dimension(
            String of,
            Preset.@Nullable When when,
            List<String> options,
            @Nullable Factors factors,
            @Nullable List<String> values) {
        private Optional<Axis> around(Map<String, String> chosen) {
            String option =
                    options.stream().filter(chosen::containsKey).findFirst().orElse(options.getFirst());
            String value = chosen.get(option);
            if (factors != null) {
                double center = value == null ? factors.around() : Double.parseDouble(value);
                return center == 0
                        ? Optional.empty()
                        : Optional.of(Axis.between(option, factors.from() * center, factors.to() * center));
            }
            List<String> words = Objects.requireNonNull(values, of);
            return words.contains("") || value != null && words.contains(value)
                    ? Optional.of(Axis.of(option, words))
                    : Optional.empty();
        }
    }

    /** Reads it. */
    static SearchSpace read() {
        try (InputStream in =
                Objects.requireNonNull(SearchSpace.class.getResourceAsStream("search-space.json"), "search space")) {
            return JsonMapper.builder().build().readValue(in, SearchSpace.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@return what is searched around chosen options}
     *
     * @param facts of the pictures
     * @param chosen by name, with their values; they hold what the user gave too
     * @param given whether the user gave an option
     */
    List<Axis> axes(PresetFacts facts, Map<String, String> chosen, Predicate<String> given) {
        List<Axis> axes = new ArrayList<>();
        for (Dimension dimension : dimensions) {
            if ((dimension.when() == null || dimension.when().fits(facts))
                    && dimension.options().stream().noneMatch(given)) {
                dimension.around(chosen).ifPresent(axes::add);
            }
        }
        return axes;
    }
}
