package dev.thalweg.cli;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.Model;
import dev.thalweg.train.Predictions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code thalweg predict}. */
@Command(name = "predict", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Asks a saved model what it sees in pictures, and how sure it is.")
final class PredictCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "MODEL", description = "A model that train saved.")
    private Path file;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "PICTURE", description = "PNG, JPEG, GIF or BMP files; scaled to the model's size.")
    private List<Path> pictures;

    @Option(names = "--top", paramLabel = "N", defaultValue = "3", description = "How many classes are named (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(names = "--json", description = "Print JSON: a list with a picture's file, and its classes with their probabilities.")
    private boolean json;

    @Mixin
    private BackendOptions compute;

    private record Named(String name, float probability) {
    }

    private record Seen(String file, List<Named> classes) {
    }

    @Override
    public Integer call() throws IOException {
        if (top < 1) {
            throw new IllegalArgumentException("--top: expected at least 1, got " + top);
        }
        try (Model model = Model.load(file)) {
            compute.applyTo(model);
            Predictions predictions = model.predict(pictures);
            List<Seen> seen = IntStream.range(0, pictures.size()).mapToObj(i -> new Seen(pictures.get(i).toString(), best(predictions, i))).toList();
            if (json) {
                System.out.println(JsonMapper.builder().visibility(PropertyAccessor.FIELD, Visibility.ANY).build().writerWithDefaultPrettyPrinter()
                        .writeValueAsString(seen));
            } else {
                print(seen);
            }
        }
        return 0;
    }

    private List<Named> best(Predictions predictions, int picture) {
        float[] outputs = predictions.outputs().get(picture);
        return IntStream.range(0, outputs.length).boxed().sorted(Comparator.comparing((Integer c) -> -outputs[c])).limit(top)
                .map(c -> new Named(c < predictions.classNames().size() ? predictions.classNames().get(c) : Integer.toString(c), outputs[c])).toList();
    }

    private static void print(List<Seen> seen) {
        int width = seen.stream().mapToInt(s -> s.file().length()).max().orElse(0);
        for (Seen picture : seen) {
            String classes = picture.classes().stream().map(c -> String.format(Locale.ROOT, "%s %.4f", c.name(), c.probability()))
                    .collect(Collectors.joining("  "));
            System.out.printf(Locale.ROOT, "%-" + (width + 1) + "s %s%n", picture.file() + ":", classes);
        }
    }
}
