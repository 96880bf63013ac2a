package dev.thalweg.data;

import dev.thalweg.text.PrintableText;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How bytes of pictures become the floats a network sees: {@code (byte / 255 − mean) / std}, per channel. It
 * belongs to a model, because one trained with it is of no use without.
 *
 * @param mean of each channel, in 0 to 1
 * @param std standard deviation of each channel, greater than 0
 */
public record Normalization(List<Float> mean, List<Float> std) {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if there is not one mean and one standard deviation for each channel, all of
     *         them finite and the latter greater than 0
     */
    public Normalization {
        mean = given("mean", mean);
        std = given("std", std);
        if (mean.size() != std.size()
                || mean.isEmpty()
                || std.stream().anyMatch(d -> !(d > 0 && Float.isFinite(d)))
                || !mean.stream().allMatch(Float::isFinite)) {
            throw new IllegalArgumentException(
                    "a normalization needs a mean and a positive standard deviation, both finite, for each channel,"
                            + " got means "
                            + PrintableText.excerpt(mean) + " and deviations " + PrintableText.excerpt(std));
        }
    }

    /**
     * Bytes to 0 … 1 and no more.
     *
     * @param channels of the pictures
     * @return the normalization
     */
    public static Normalization unit(int channels) {
        return new Normalization(Collections.nCopies(channels, 0f), Collections.nCopies(channels, 1f));
    }

    /**
     * {@return what normalizes pictures by these numbers}
     */
    public Normalizer normalizer() {
        return new Normalizer(this);
    }

    /** {@return what each byte becomes, 256 numbers for each channel} */
    float[][] tables() {
        float[][] tables = new float[mean.size()][256];
        for (int channel = 0; channel < tables.length; channel++) {
            for (int b = 0; b < 256; b++) {
                tables[channel][b] = (b / 255f - mean.get(channel)) / std.get(channel);
            }
        }
        return tables;
    }

    private static List<Float> given(String what, @Nullable List<Float> numbers) {
        if (numbers == null) {
            throw new IllegalArgumentException("a normalization: " + what + " must be given, got null");
        }
        return List.copyOf(numbers);
    }
}
