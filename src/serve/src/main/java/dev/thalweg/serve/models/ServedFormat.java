package dev.thalweg.serve.models;

import dev.thalweg.Model;
import dev.thalweg.interop.Onnx;
import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The formats of models that are served, known by how files' names end. */
enum ServedFormat {
    SAFETENSORS("thalweg_safetensors") {
        @Override
        Model open(Path file) throws IOException {
            return Model.load(file);
        }
    },
    ONNX("onnx") {
        @Override
        Model open(Path file) throws IOException {
            return Onnx.read(file);
        }
    };

    /** What the protocol calls a kind of model. */
    private final String platform;

    ServedFormat(String platform) {
        this.platform = platform;
    }

    abstract Model open(Path file) throws IOException;

    String platform() {
        return platform;
    }

    static boolean isModel(Path file) {
        return find(file).isPresent();
    }

    static ServedFormat of(Path file) throws BadFileException {
        return find(file)
                .orElseThrow(() -> new BadFileException(
                        file, "expected a model, a file whose name ends in .safetensors or .onnx"));
    }

    private static Optional<ServedFormat> find(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> name.endsWith("." + format.name().toLowerCase(Locale.ROOT)))
                .findFirst();
    }
}
