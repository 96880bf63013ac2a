package dev.thalweg.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.Model;
import dev.thalweg.data.DecodedFiles;
import dev.thalweg.data.FoundPictures;
import dev.thalweg.inference.Predictions;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
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
            converter = Range.Count.class,
            description = "How many classes or labels are named; numbers are given all (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(
            names = "--json",
            description = "Print JSON: a list with each picture's file and its classes, or labels, with a probability"
                    + " each, or its values, numbers with their names; or its error.")
    private boolean json;

    @Mixin
    private BackendOptions compute;

    @Mixin
    private ViewsOption views;

    @Override
    public Integer call() throws IOException {
        List<Answer> seen = new ArrayList<>();
        try (Model model = SavedModel.load(file)) {
            compute.applyTo(model);
            views.applyTo(model);
            List<Path> files = files();
            for (int from = 0; from < files.size(); from += AT_A_TIME) {
                seen.addAll(look(model, files.subList(from, Math.min(files.size(), from + AT_A_TIME))));
            }
        }
        if (json) {
            System.out.println(JsonMapper.builder()
                    .build()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(seen.stream().map(Answer::json).toList()));
        } else {
            print(seen);
        }
        List<Answer> bad = seen.stream().filter(s -> s.error().isPresent()).toList();
        bad.forEach(s -> spec.commandLine()
                .getErr()
                .println("thalweg: " + Failure.line(s.file() + ": " + s.error().get())));
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

    private List<Answer> look(Model model, List<Path> files) {
        try (DecodedFiles decoded = DecodedFiles.of(
                files,
                model.network().input(),
                model.provenance().resize(),
                model.targets().names())) {
            Map<Path, Answer> answers = new HashMap<>();
            if (decoded.pictures().isPresent()) {
                Predictions predictions =
                        model.predict(decoded.pictures().get()).probabilities();
                IntStream.range(0, decoded.files().size()).forEach(i -> {
                    Path file = decoded.files().get(i);
                    answers.put(file, Answer.of(file, predictions, i, top));
                });
            }
            return files.stream()
                    .map(f -> answers.containsKey(f)
                            ? answers.get(f)
                            : Answer.failed(
                                    f,
                                    Files.isDirectory(f)
                                            ? "there is no picture in this folder"
                                            : decoded.bad().getOrDefault(f, "it could not be read")))
                    .toList();
        }
    }

    private static void print(List<Answer> seen) {
        int width = seen.stream().mapToInt(s -> s.file().length()).max().orElse(0);
        for (Answer picture : seen) {
            if (picture.error().isEmpty()) {
                System.out.printf(
                        Locale.ROOT,
                        "%-" + (width + 1) + "s %s%n",
                        PrintableText.printable(picture.file()) + ":",
                        picture.line());
            }
        }
    }
}
