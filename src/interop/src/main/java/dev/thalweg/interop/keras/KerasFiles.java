package dev.thalweg.interop.keras;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thalweg.Model;
import dev.thalweg.io.BadFileException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The two kinds of files that hold a whole model of Keras. */
public final class KerasFiles {
    private static final byte[] ZIP = {'P', 'K', 3, 4};
    private static final ObjectMapper JSON = new ObjectMapper();

    private KerasFiles() {}

    /**
     * Reads a model.
     *
     * @param file of either kind, told apart by its first bytes
     * @return the model; close it
     * @throws IOException if the file cannot be read
     * @throws BadFileException if it holds no model of Keras, or one with parts that are not read
     */
    public static Model read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new BadFileException(file, "is a folder, expected a .h5 or .keras file: save the model as one");
        }
        byte[] begin;
        try (InputStream in = Files.newInputStream(file)) {
            begin = in.readNBytes(ZIP.length);
        }
        return Arrays.equals(begin, ZIP) ? archive(file) : legacy(file);
    }

    private static Model legacy(Path file) throws IOException {
        try (Hdf5File hdf5 = Hdf5File.open(file)) {
            String config = hdf5.text("/", "model_config")
                    .orElseThrow(() -> new BadFileException(
                            file,
                            "is HDF5 without an attribute model_config, expected a whole model: weights alone do not"
                                    + " say what they are of, so save the model by model.save(file)"));
            return model(file, config, new LegacyWeights(hdf5));
        }
    }

    private static Model archive(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            String config = new String(entry(file, zip, "config.json"), StandardCharsets.UTF_8);
            try (Hdf5File hdf5 = Hdf5File.open(file, entry(file, zip, "model.weights.h5"))) {
                return model(file, config, new ArchiveWeights(hdf5));
            }
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            throw new BadFileException(file, "is a damaged zip archive: " + e.getMessage(), e);
        }
    }

    /** Keras compresses nothing, so that no entry is larger than the file. */
    private static byte[] entry(Path file, ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new BadFileException(file, "is a zip archive without " + name + ", expected one that Keras saved");
        }
        if (entry.getMethod() != ZipEntry.STORED || entry.getSize() != entry.getCompressedSize()) {
            throw new BadFileException(file, name + " is compressed, expected it as Keras writes it, uncompressed");
        }
        Hdf5File.checkSize(file, entry.getSize());
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readNBytes((int) entry.getSize());
        }
    }

    private static Model model(Path file, String config, WeightStore store) throws IOException {
        JsonNode model;
        try {
            model = JSON.readTree(config);
        } catch (JsonProcessingException e) {
            throw new BadFileException(file, "its model_config is no JSON: " + e.getOriginalMessage(), e);
        }
        Set<String> formats = new TreeSet<>();
        dataFormats(model, formats);
        if (formats.size() > 1) {
            throw new BadFileException(
                    file, "mixes layers of data_format " + formats + ", expected one of them throughout");
        }
        return KerasReader.read(
                file, ModelConfig.of(file, model, List.of(), ""), formats.contains("channels_first"), store);
    }

    /** The orders of axes that layers work in; Flatten alone says it of what flows out. */
    private static void dataFormats(JsonNode node, Set<String> formats) {
        if (node.path("class_name").asText().equals("Flatten")) {
            return;
        }
        if (node.path("data_format").isTextual()) {
            formats.add(node.get("data_format").textValue());
        }
        node.forEach(each -> dataFormats(each, formats));
    }
}
