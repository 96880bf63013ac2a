package dev.thalweg.interop.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads ONNX files, whose messages and field numbers <a href="https://onnx.ai/onnx/repo-docs/IR.html">ONNX's
 * specification</a> gives.
 */
public final class OnnxParser {
    private final Path file;
    private final Map<String, Long> opsets = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private @Nullable OnnxGraph graph;

    private OnnxParser(Path file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @param file which
     * @return the model
     * @throws IOException if it cannot be read
     * @throws BadFileException if it is no ONNX model, or one with parts that are not read
     */
    public static OnnxModel read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new BadFileException(file, "is a folder, expected an ONNX model");
        }
        OnnxParser parser = new OnnxParser(file);
        try (InputStream bytes = Files.newInputStream(file)) {
            CodedInputStream in = CodedInputStream.newInstance(bytes);
            in.setSizeLimit(Integer.MAX_VALUE);
            ProtoMessage.read(in, parser::takeOfModel);
        } catch (InvalidProtocolBufferException e) {
            throw new BadFileException(file, "is no ONNX model, or cut off: " + e.getMessage(), e);
        }
        if (parser.graph == null || parser.opsets.isEmpty()) {
            throw new BadFileException(file, "has no graph or names no operator set, expected an ONNX model");
        }
        return new OnnxModel(Map.copyOf(parser.opsets), parser.graph, Map.copyOf(parser.metadata));
    }

    private boolean takeOfModel(ProtoMessage message, int field) throws IOException {
        switch (field) {
            case 7 -> graph = new GraphParser(file).read(message);
            case 8 -> readOpset(message);
            case 14 -> readEntry(message, metadata);
            case 25 -> throw new BadFileException(file, "has functions of its own, which are not read");
            default -> {
                return false;
            }
        }
        return true;
    }

    private void readOpset(ProtoMessage message) throws IOException {
        String[] domain = {""};
        long[] version = {0};
        message.message((inner, field) -> {
            switch (field) {
                case 1 -> domain[0] = inner.text();
                case 2 -> version[0] = inner.whole();
                default -> {
                    return false;
                }
            }
            return true;
        });
        opsets.put(domain[0].equals("ai.onnx") ? "" : domain[0], version[0]);
    }

    /** A {@code StringStringEntryProto}. */
    static void readEntry(ProtoMessage message, Map<String, String> entries) throws IOException {
        String[] pair = {"", ""};
        message.message((inner, field) -> {
            if (field != 1 && field != 2) {
                return false;
            }
            pair[field - 1] = inner.text();
            return true;
        });
        entries.put(pair[0], pair[1]);
    }
}
