package dev.thalweg.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A model's file on this machine for as long as it is read or written.
 *
 * @param path where it lies
 */
record TemporaryFile(Path path) implements AutoCloseable {
    TemporaryFile() throws IOException {
        this(Files.createTempFile("thalweg-model", ".safetensors"));
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}
