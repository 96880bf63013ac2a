package dev.thalweg.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.thalweg.data.archive.ContainedFile;
import dev.thalweg.io.BadFileException;
import dev.thalweg.picture.FileRanges;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The pictures of tables, which lie in folders of their classes, and the samples of WebDataset shards: files whose
 * names are alike to the first dot of their last element. A picture among those belongs to the class that {@code .cls}
 * tells, or {@code .json} as {@code label}. What comes out are the files of a folder with a sub-folder for each class,
 * and such sub-folders in those for the parts, where the shards' or tables' names begin with {@code train} and others.
 */
final class Shards {
    private static final int LONGEST_LABEL = 1 << 16;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The key of a sample, and what kind of file of it this is. */
    private record Field(String key, String suffix, ContainedFile file) {
        static Field of(ContainedFile file) {
            int name = file.name().lastIndexOf('/') + 1;
            int dot = file.name().indexOf('.', name);
            return dot < 0
                    ? new Field(file.name(), "", file)
                    : new Field(file.name().substring(0, dot), file.name().substring(dot + 1), file);
        }
    }

    private Shards() {}

    /** {@return whether an archive holds samples rather than a folder} */
    static boolean isOne(List<ContainedFile> files) {
        boolean flat = files.stream().noneMatch(file -> file.name().contains("/"));
        return files.stream()
                .map(ContainedFile::name)
                .anyMatch(name -> name.endsWith(".cls") || flat && name.endsWith(".json"));
    }

    /**
     * Puts the pictures of shards or tables into folders.
     *
     * @param shards each with what it holds
     * @param classNames that numbers stand for; empty where they are names themselves
     */
    static List<ContainedFile> folders(Map<Path, Containers.Listed> shards, List<String> classNames)
            throws IOException {
        Set<String> parts = shards.keySet().stream().map(Shards::part).collect(Collectors.toSet());
        boolean parted = parts.size() > 1 && parts.contains("train/") && !parts.contains("");
        List<ContainedFile> placed = new ArrayList<>();
        for (Map.Entry<Path, Containers.Listed> shard : shards.entrySet()) {
            Path path = shard.getKey();
            String before = parted ? part(path) : "";
            List<ContainedFile> files = shard.getValue().files();
            if (shard.getValue().table()) {
                files.forEach(file -> placed.add(placed(path, before, file)));
            } else {
                placed.addAll(samples(path, before, files, classNames));
            }
        }
        return placed;
    }

    /** Puts a table's picture, {@code class/picture}, where no other table has one. */
    private static ContainedFile placed(Path table, String before, ContainedFile file) {
        int slash = file.name().lastIndexOf('/');
        String name = before + file.name().substring(0, slash) + "/" + table.getFileName()
                + file.name().substring(slash);
        return new ContainedFile(name, file.size(), file.plain(), file.bytes());
    }

    private static List<ContainedFile> samples(
            Path shard, String before, List<ContainedFile> files, List<String> classNames) throws IOException {
        List<Field> fields =
                files.stream().filter(ContainedFile::plain).map(Field::of).toList();
        Map<String, String> labels = new HashMap<>();
        for (Field field : fields) {
            Optional<String> label = label(field, classNames);
            if (label.isPresent()) {
                labels.put(field.key(), label.get());
            }
        }
        List<ContainedFile> pictures = new ArrayList<>();
        for (Field field : fields) {
            if (HeaderCheck.claimsPicture(field.file().name())) {
                pictures.add(placed(shard, field, before, labels));
            }
        }
        return pictures;
    }

    private static ContainedFile placed(Path shard, Field field, String before, Map<String, String> labels)
            throws BadFileException {
        String label = labels.get(field.key());
        if (label == null) {
            throw new BadFileException(
                    shard,
                    "expected a file " + field.key() + ".cls, or .json with a label, beside "
                            + field.file().name() + ", found none");
        }
        return new ContainedFile(
                before + label + "/" + shard.getFileName() + "/" + field.file().name(),
                field.file().size(),
                true,
                field.file().bytes());
    }

    /** {@return the folder for what a shard is, with a slash; empty if its name does not say it} */
    private static String part(Path shard) {
        String word = String.valueOf(shard.getFileName()).replaceFirst("[^A-Za-z].*", "");
        return Part.of(word + "/").isPresent() ? word + "/" : "";
    }

    private static Optional<String> label(Field field, List<String> classNames) throws IOException {
        Optional<String> told = switch (field.suffix()) {
            case "cls" -> Optional.of(text(field).strip());
            case "json" -> ofJson(field);
            default -> Optional.empty();
        };
        if (told.isEmpty()) {
            return told;
        }
        String label = told.get();
        if (!classNames.isEmpty() && label.matches("\\d{1,9}")) {
            int index = Integer.parseInt(label);
            if (index >= classNames.size()) {
                throw bad(field, "a class from 0 to " + (classNames.size() - 1) + ", as there are names", label);
            }
            label = classNames.get(index);
        }
        if (label.isEmpty() || label.contains("/") || FileWalk.passed(label).isPresent()) {
            throw bad(field, "the number or name of a class", label);
        }
        return Optional.of(label);
    }

    private static Optional<String> ofJson(Field field) throws IOException {
        try {
            JsonNode label = JSON.readTree(text(field)).path("label");
            return label.isTextual() || label.isIntegralNumber() ? Optional.of(label.asText()) : Optional.empty();
        } catch (JsonProcessingException e) {
            throw bad(field, "JSON", e.getOriginalMessage());
        }
    }

    private static String text(Field field) throws IOException {
        if (field.file().size() > LONGEST_LABEL) {
            throw bad(field, "at most " + LONGEST_LABEL + " bytes", field.file().size() + " bytes");
        }
        try (FileRanges file = field.file().bytes().open()) {
            byte[] bytes = new byte[(int) file.length()];
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static BadFileException bad(Field field, String expected, String got) {
        return new BadFileException(field.file().bytes().path(), "expected " + expected + ", got " + got);
    }
}
