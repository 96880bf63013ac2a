package dev.thalweg.interop.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.thalweg.interop.keras.Source.Weight;
import dev.thalweg.io.BadFileException;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers that bring bytes of pictures to the range that a network was trained with. Ours do this before pictures flow
 * in, so that these layers become part of a model's normalization.
 */
final class Pixels {
    /** Keras' least standard deviation. */
    private static final double EPSILON = 1e-7;

    private Pixels() {}

    private static Flowing scaled(Site site, List<Double> factor, List<Double> addend) throws BadFileException {
        Flowing from = site.raw();
        PixelScaling before = from.pixels();
        if (before == null) {
            throw site.settings().problem("stands behind other layers, expected it before all that learn");
        }
        for (List<Double> numbers : List.of(factor, addend)) {
            if (numbers.size() != 1 && numbers.size() != from.dim(0)) {
                throw site.settings()
                        .problem("has " + numbers.size() + " numbers, expected one for each of " + from.dim(0)
                                + " channels");
            }
        }
        return new Flowing(from.place(), from.shape(), null, before.then(factor, addend));
    }

    private static List<Double> numbers(Settings settings, String key, double otherwise) throws BadFileException {
        if (!settings.has(key)) {
            return List.of(otherwise);
        }
        List<Double> numbers = new ArrayList<>();
        flatten(settings.config().get(key), numbers);
        if (numbers.isEmpty() || !numbers.stream().allMatch(Double::isFinite)) {
            throw settings.problem(key + " is " + settings.config().get(key) + ", expected a number for each channel");
        }
        return numbers;
    }

    /** Arrays within arrays, of which all but the last extent are 1. */
    private static void flatten(JsonNode node, List<Double> numbers) {
        if (node.isArray()) {
            node.forEach(each -> flatten(each, numbers));
        } else {
            numbers.add(node.isNumber() ? node.doubleValue() : Double.NaN);
        }
    }

    static Flowing rescaling(Site site) throws BadFileException {
        return scaled(site, numbers(site.settings(), "scale", 1), numbers(site.settings(), "offset", 0));
    }

    /** {@code (x − mean) / max(√variance, 1e-7)}, of numbers among the settings or weights. */
    static Flowing normalization(Site site) throws BadFileException {
        Settings settings = site.settings();
        settings.none("invert");
        Flowing from = site.raw();
        if (from.isPicture() && site.axis(from, settings.integer("axis", -1)) != 1) {
            throw settings.problem("axis is not that of the channels");
        }
        List<Double> mean = numbers(settings, "mean", 0);
        List<Double> variance = numbers(settings, "variance", 1);
        if (!settings.has("mean")) {
            mean = weight(site, "mean", 0, from.dim(0));
            variance = weight(site, "variance", 1, from.dim(0));
        }
        List<Double> factor =
                variance.stream().map(v -> 1 / Math.max(Math.sqrt(v), EPSILON)).toList();
        List<Double> addend = new ArrayList<>();
        for (int i = 0; i < Math.max(mean.size(), factor.size()); i++) {
            addend.add(-mean.get(mean.size() == 1 ? 0 : i) * factor.get(factor.size() == 1 ? 0 : i));
        }
        return scaled(site, factor, addend);
    }

    private static List<Double> weight(Site site, String name, int index, int channels) throws BadFileException {
        List<Double> numbers = new ArrayList<>();
        for (float value : site.store().values(site.layer(), new Weight(name, index, channels))) {
            numbers.add((double) value);
        }
        return numbers;
    }
}
