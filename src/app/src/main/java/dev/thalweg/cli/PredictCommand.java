package dev.thalweg.cli;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.Model;
import dev.thalweg.data.DecodedFiles;
import dev.thalweg.data.FoundPictures;
import dev.thalweg.files.FileNames;
import dev.thalweg.inference.Predictions;
import dev.thalweg.tensor.TargetKind;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code thalweg predict}. */
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Asks a saved model what it sees in pictures, and how sure it is. Where files are no pictures,"
                + " it answers for the others,"
                + " says what is wrong with each, and exits with 1.")
final class PredictCommand implements Callable<Integer> {
    /** Files decoded at a time: any number of them takes the same memory. */
    private static final int AT_A_TIME = 256;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A model that train saved.")
    private Path file;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "PICTURE",
            description = "Pictures, and folders of which all pictures are taken; brought to the model's size as those"
                    + " it was trained on.")
    private List<Path> places;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "3",
            description = "How many classes or labels are named; numbers are given all (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(
            names = "--json",
            description = "Print JSON: a list with each picture's file, and its classes with their probabilities, or"
                    + " its error.")
    private boolean json;

    @Mixin
    private BackendOptions compute;

    private record Named(String name, float probability) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Seen(
            String file,
            @Nullable List<Named> classes,
            @Nullable String error) {}

    @Override
    public Integer call() throws IOException {
        if (top < 1) {
            throw new IllegalArgumentException("--top: expected at least 1, got " + top);
        }
        List<Seen> seen = new ArrayList<>();
        try (Model model = Model.load(file)) {
            compute.applyTo(model);
            List<Path> files = files();
            for (int from = 0; from < files.size(); from += AT_A_TIME) {
                seen.addAll(look(model, files.subList(from, Math.min(files.size(), from + AT_A_TIME))));
            }
        }
        if (json) {
            System.out.println(JsonMapper.builder()
                    .visibility(PropertyAccessor.FIELD, Visibility.ANY)
                    .build()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(seen));
        } else {
            print(seen);
        }
        List<Seen> bad = seen.stream().filter(s -> s.error() != null).toList();
        bad.forEach(s -> spec.commandLine().getErr().println("thalweg: " + Failure.line(s.file() + ": " + s.error())));
        return bad.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /**
     * The pictures asked about, in the order of the arguments, in folders of their names; a folder without any stands
     * for itself.
     */
    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path place : places) {
            if (!Files.isDirectory(place)) {
                files.add(place);
                continue;
            }
            FoundPictures found = FoundPictures.in(place);
            files.addAll(found.files().isEmpty() ? List.of(place) : found.files());
            found.leftOut()
                    .forEach(line -> spec.commandLine().getErr().println("thalweg: left out " + Failure.line(line)));
        }
        return files;
    }

    private List<Seen> look(Model model, List<Path> files) {
        try (DecodedFiles decoded = DecodedFiles.of(
                files,
                model.network().input(),
                model.provenance().resize(),
                model.targets().names())) {
            Map<Path, List<Named>> answers = new HashMap<>();
            if (decoded.pictures().isPresent()) {
                Predictions predictions = model.predict(decoded.pictures().get());
                IntStream.range(0, decoded.files().size())
                        .forEach(i -> answers.put(decoded.files().get(i), best(predictions, i)));
            }
            return files.stream()
                    .map(f -> new Seen(
                            FileNames.text(f),
                            answers.get(f),
                            Files.isDirectory(f)
                                    ? "there is no picture in this folder"
                                    : decoded.bad().get(f)))
                    .toList();
        }
    }

    private List<Named> best(Predictions predictions, int picture) {
        float[] outputs = predictions.outputs().get(picture);
        // Numbers are no matter of more or less likely: all of them, in their order.
        boolean numbers = predictions.targets().kind() == TargetKind.REGRESSION;
        return IntStream.range(0, outputs.length)
                .boxed()
                .sorted(Comparator.comparing((Integer c) -> numbers ? 0f : -outputs[c]))
                .limit(numbers ? outputs.length : top)
                .map(c -> new Named(predictions.targets().name(c), outputs[c]))
                .toList();
    }

    private static void print(List<Seen> seen) {
        int width = seen.stream().mapToInt(s -> s.file().length()).max().orElse(0);
        for (Seen picture : seen) {
            if (picture.classes() != null) {
                String classes = picture.classes().stream()
                        .map(c -> String.format(
                                Locale.ROOT, "%s %.4f", PrintableText.printable(c.name()), c.probability()))
                        .collect(Collectors.joining("  "));
                System.out.printf(
                        Locale.ROOT,
                        "%-" + (width + 1) + "s %s%n",
                        PrintableText.printable(picture.file()) + ":",
                        classes);
            }
        }
    }
}
