package dev.thalweg.cli;

import dev.thalweg.files.FileNames;
import dev.thalweg.inference.NamedOutput;
import dev.thalweg.inference.Predictions;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.PrintableText;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a model says of a picture, or why it says nothing.
 *
 * @param file as it was named
 * @param kind what the outputs are
 * @param outputs those that are told, in order
 * @param error why there are none; empty where there are
 */
record Answer(String file, TargetKind kind, List<NamedOutput> outputs, Optional<String> error) {
    /** What probabilities or numbers say of a picture: the greatest probabilities; numbers all, in their order. */
    static Answer of(Path file, Predictions predictions, int picture, int top) {
        return new Answer(
                FileNames.text(file), predictions.targets().kind(), predictions.ranked(picture, top), Optional.empty());
    }

    static Answer failed(Path file, String error) {
        return new Answer(FileNames.text(file), TargetKind.CLASSES, List.of(), Optional.of(error));
    }

    /** The outputs for people, {@code cat 0.9321  dog 0.0679}. */
    String line() {
        String format = kind == TargetKind.REGRESSION ? "%s %.4g" : "%s %.4f";
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
                () -> json.put(kind.outputs(), outputs.stream().map(this::json).toList()));
        return json;
    }

    private Map<String, Object> json(NamedOutput output) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", output.name());
        json.put(kind.measure(), output.number());
        return json;
    }
}
