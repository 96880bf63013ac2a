package dev.thalweg.cli;

import dev.thalweg.data.TargetSpec;
import dev.thalweg.files.FileNames;
import dev.thalweg.inference.Predictions;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.PrintableText;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a model says of a picture, or why it says nothing.
 *
 * @param file as it was named
 * @param kind what the outputs are
 * @param measure what their numbers are
 * @param outputs those that are told, in order
 * @param error why there are none; empty where there are
 */
record Answer(String file, TargetKind kind, Measure measure, List<Output> outputs, Optional<String> error) {
    /**
     * An output with its number.
     *
     * @param name of a class, a label or a number
     * @param number as the model says it
     */
    record Output(String name, float number) {}

    /** What the numbers are, as JSON calls them. */
    enum Measure {
        PROBABILITY,
        VALUE;

        static Measure of(TargetKind kind) {
            return kind == TargetKind.REGRESSION ? VALUE : PROBABILITY;
        }
    }

    /** What probabilities or numbers say of a picture: the greatest probabilities; numbers all, in their order. */
    static Answer of(Path file, Predictions predictions, int picture, int top) {
        Measure measure = Measure.of(predictions.targets().kind());
        float[] row = predictions.outputs().get(picture);
        TargetSpec targets = predictions.targets();
        boolean ranked = measure != Measure.VALUE;
        List<Output> outputs = IntStream.range(0, row.length)
                .mapToObj(i -> new Output(targets.name(i), row[i]))
                .sorted(Comparator.comparing((Output o) -> ranked ? -o.number() : 0))
                .limit(ranked ? top : row.length)
                .toList();
        return new Answer(FileNames.text(file), targets.kind(), measure, outputs, Optional.empty());
    }

    static Answer failed(Path file, String error) {
        return new Answer(FileNames.text(file), TargetKind.CLASSES, Measure.PROBABILITY, List.of(), Optional.of(error));
    }

    /** The outputs for people, {@code cat 0.9321  dog 0.0679}. */
    String line() {
        String format = measure == Measure.VALUE ? "%s %.4g" : "%s %.4f";
        return outputs.stream()
                .map(o -> String.format(Locale.ROOT, format, PrintableText.printable(o.name()), o.number()))
                .collect(Collectors.joining("  "));
    }

    /**
     * For JSON: the file, and {@code classes}, {@code labels} or {@code values} with their numbers, or {@code error}.
     */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("file", file);
        error.ifPresentOrElse(
                why -> json.put("error", why),
                () -> json.put(collective(), outputs.stream().map(this::json).toList()));
        return json;
    }

    private String collective() {
        return switch (kind) {
            case CLASSES -> "classes";
            case MULTI_LABEL -> "labels";
            case REGRESSION -> "values";
        };
    }

    private Map<String, Object> json(Output output) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", output.name());
        json.put(measure.name().toLowerCase(Locale.ROOT), output.number());
        return json;
    }
}
