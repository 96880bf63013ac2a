package dev.thalweg.serve.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file with a model, as it was found: equal to what is found later as long as nobody wrote another in its place.
 *
 * @param version by which it is known
 * @param path of it
 * @param size in bytes
 * @param modified when it was written
 * @param key by which the file system knows it, where it does
 */
record ModelFile(
        String version,
        Path path,
        long size,
        FileTime modified,
        @Nullable Object key) {
    ModelFile {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(modified, "modified");
    }

    static ModelFile of(String version, Path path) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return new ModelFile(version, path, attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }
}
