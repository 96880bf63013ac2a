package dev.thalweg.cli;

import dev.thalweg.Model;
import dev.thalweg.format.Safetensors;
import dev.thalweg.interop.Onnx;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files that a model is written to, told apart by how their names end. */
enum ModelFormat {
    /** The weights alone, for other readers of safetensors; its ending is also that of the next. */
    WEIGHTS(".weights.safetensors", "weights alone") {
        @Override
        void write(Model model, Path file) throws IOException {
            Map<String, Shape> shapes = model.network().parameters().stream()
                    .collect(Collectors.toMap(ParameterSpec::name, ParameterSpec::shape));
            Map<String, Safetensors.NamedTensor> tensors = new LinkedHashMap<>();
            model.weights()
                    .forEach((name, values) -> tensors.put(
                            name, new Safetensors.NamedTensor(Objects.requireNonNull(shapes.get(name)), values)));
            new Safetensors(Map.of(), tensors).write(file);
        }
    },
    /** What all commands read. */
    MODEL(".safetensors", "a model of this program") {
        @Override
        void write(Model model, Path file) throws IOException {
            model.save(file);
        }
    },
    ONNX(".onnx", "ONNX") {
        @Override
        void write(Model model, Path file) throws IOException {
            Onnx.write(model, file);
        }
    };

    private final String ending;
    private final String description;

    ModelFormat(String ending, String description) {
        this.ending = ending;
        this.description = description;
    }

    abstract void write(Model model, Path file) throws IOException;

    /**
     * {@return what a file will be}
     *
     * @param option that names it
     * @throws WrongArgumentException if its name ends as none of them
     */
    static ModelFormat of(String option, Path file) {
        return Stream.of(values())
                .filter(format -> endsIn(file, format.ending))
                .findFirst()
                .orElseThrow(() -> new WrongArgumentException(
                        option,
                        "a file whose name ends in "
                                + Stream.of(values())
                                        .map(format -> format.ending + " (" + format.description + ")")
                                        .collect(Collectors.joining(", ")),
                        file));
    }

    static boolean endsIn(Path file, String ending) {
        return Optional.ofNullable(file.getFileName())
                .filter(name -> name.toString().toLowerCase(Locale.ROOT).endsWith(ending))
                .isPresent();
    }

    static boolean endsInOne(Path file, List<String> endings) {
        return endings.stream().anyMatch(ending -> endsIn(file, ending));
    }
}
