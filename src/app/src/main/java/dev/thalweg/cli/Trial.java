package dev.thalweg.cli;

import dev.thalweg.train.EpochResult;
import dev.thalweg.train.Evaluation;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One training of a tune.
 *
 * @param number from 1
 * @param bracket which it was begun in, from 0
 * @param options those that are searched, with their values; one with an empty value is left out
 * @param epochs what the pictures to validate with told after each
 * @param failure why it cannot go on; null where it can
 */
record Trial(
        int number,
        int bracket,
        Map<String, String> options,
        List<Score> epochs,
        @Nullable String failure) {
    /**
     * What the pictures to validate with told after an epoch.
     *
     * @param metric the usual one of such targets
     * @param loss the mean
     */
    record Score(double metric, double loss) {
        static Score of(EpochResult epoch) {
            Evaluation validation = epoch.validation().orElseThrow();
            return new Score(validation.metrics().values().iterator().next(), validation.loss());
        }
    }

    Trial {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        epochs = List.copyOf(epochs);
    }

    /** After some more epochs. */
    Trial trained(List<EpochResult> all) {
        return new Trial(number, bracket, options, all.stream().map(Score::of).toList(), null);
    }

    Trial failed(String why) {
        return new Trial(number, bracket, options, epochs, why);
    }

    Score after(int count) {
        return epochs.get(count - 1);
    }

    /**
     * The better one first: by the metric, the loss where that is equal, and the number where that is too.
     *
     * @param greaterIsBetter whether that is so of the metric
     */
    static Comparator<Trial> better(boolean greaterIsBetter, int epochs) {
        Comparator<Trial> metric =
                Comparator.comparingDouble(trial -> trial.after(epochs).metric());
        return (greaterIsBetter ? metric.reversed() : metric)
                .thenComparingDouble(trial -> trial.after(epochs).loss())
                .thenComparingInt(Trial::number);
    }

    /** What tells it from the others. */
    @Override
    public String toString() {
        return options.entrySet().stream()
                .map(option -> option.getValue().isEmpty()
                        ? "no " + option.getKey()
                        : option.getKey() + " " + option.getValue())
                .collect(Collectors.joining(" "));
    }
}
