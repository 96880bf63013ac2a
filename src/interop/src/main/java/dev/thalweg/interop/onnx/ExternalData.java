package dev.thalweg.interop.onnx;

import dev.thalweg.io.BadFileException;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tensors whose bytes stand in a file beside the model, and nowhere else. */
final class ExternalData {
    private ExternalData() {}

    /**
     * Reads the bytes of a tensor.
     *
     * @param model the file that speaks of it
     * @param entries {@code location}, a path from the model's folder, {@code offset} and {@code length} in bytes
     * @param bytes how many it must have
     * @throws BadFileException if the location is outside of the model's folder, or the file too short
     */
    static ByteBuffer read(Path model, Map<String, String> entries, long bytes) throws IOException {
        String location = entries.getOrDefault("location", "");
        Path folder = model.toAbsolutePath().resolveSibling("").toRealPath();
        Path file;
        try {
            file = folder.resolve(location).toRealPath();
        } catch (InvalidPathException e) {
            throw bad(model, location, "is no path", e);
        }
        if (location.isEmpty() || !file.startsWith(folder)) {
            throw bad(model, location, "is not in the model's folder", null);
        }
        long offset = number(model, entries, "offset", 0);
        long length = number(model, entries, "length", bytes);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (length != bytes || offset > channel.size() || bytes > channel.size() - offset) {
                throw bad(
                        model,
                        location,
                        "has " + channel.size() + " bytes, expected " + bytes + " from byte " + offset + " on, got "
                                + length,
                        null);
            }
            ByteBuffer data = ByteBuffer.allocate(Math.toIntExact(bytes));
            while (data.hasRemaining()) {
                if (channel.read(data, offset + data.position()) < 0) {
                    throw bad(model, location, "ends in the middle of a tensor", null);
                }
            }
            return data.flip();
        }
    }

    private static long number(Path model, Map<String, String> entries, String key, long otherwise)
            throws BadFileException {
        String text = entries.get(key);
        if (text == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, as of negative ones.
        }
        throw new BadFileException(
                model,
                "external data: " + key + " is " + PrintableText.excerpt(text) + ", expected a number from 0 on");
    }

    private static BadFileException bad(Path model, String location, String problem, @Nullable Throwable cause) {
        return new BadFileException(model, "external data: " + PrintableText.excerpt(location) + " " + problem, cause);
    }
}
