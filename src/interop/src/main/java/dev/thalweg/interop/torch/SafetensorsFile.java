package dev.thalweg.interop.torch;

import dev.thalweg.format.DType;
import dev.thalweg.format.SafetensorsReader;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * An open safetensors file of a state dict.
 *
 * @param reader who reads it
 */
public record SafetensorsFile(SafetensorsReader reader) implements NamedTensors {
    @Override
    public Path file() {
        return reader.file();
    }

    @Override
    public Set<String> names() {
        return reader.names();
    }

    @Override
    public Optional<DType> dtype(String name) {
        return reader.dtype(name);
    }

    @Override
    public Optional<Shape> shape(String name) {
        return reader.shape(name);
    }

    @Override
    public float[] values(String name) throws IOException {
        return reader.values(name);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
