package dev.thalweg.bench.peers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** Pictures per second of several contenders, in Markdown, beside the best of the others in f32 and in bf16. */
final class ComparisonTable {
    private static final int WHOLE_FROM = 1_000;

    private final String title;
    private final Map<String, List<Double>> rates = new LinkedHashMap<>();

    ComparisonTable(String title, List<String> contenders) {
        this.title = title;
        contenders.forEach(contender -> rates.put(contender, new ArrayList<>()));
    }

    void add(String contender, double rate) {
        rates.get(contender).add(rate);
    }

    @Override
    public String toString() {
        OptionalDouble best = best(false);
        OptionalDouble bestBfloat16 = best(true);
        StringBuilder table = new StringBuilder("### " + title
                + "\n\n| library | images/s, median | lowest | highest | rounds | by the best peer's f32"
                + " | by the best peer's bf16 |\n|---|---|---|---|---|---|---|\n");
        rates.forEach((contender, values) -> table.append(
                values.isEmpty()
                        ? "| " + contender + " | | | | 0 | | |\n"
                        : row(contender, values, best, bestBfloat16)));
        return table.toString();
    }

    private static String row(String contender, List<Double> values, OptionalDouble best, OptionalDouble bestBfloat16) {
        double median = median(values);
        return "| "
                + String.join(
                        " | ",
                        contender,
                        number(median),
                        number(Collections.min(values)),
                        number(Collections.max(values)),
                        Integer.toString(values.size()),
                        times(median, best),
                        times(median, bestBfloat16))
                + " |\n";
    }

    private static String number(double rate) {
        return String.format(Locale.ROOT, rate < WHOLE_FROM ? "%.1f" : "%.0f", rate);
    }

    /** How many times a rate is another; nothing where there is no other. */
    private static String times(double rate, OptionalDouble other) {
        return other.isPresent() ? String.format(Locale.ROOT, "%.2f", rate / other.getAsDouble()) : "";
    }

    private OptionalDouble best(boolean bfloat16) {
        return rates.entrySet().stream()
                .filter(e -> !e.getKey().startsWith("thalweg") && e.getKey().endsWith("-bf16") == bfloat16)
                .filter(e -> !e.getValue().isEmpty())
                .mapToDouble(e -> median(e.getValue()))
                .max();
    }

    /** The middle one; the mean of the middle two where there is none. */
    private static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(v -> v).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
