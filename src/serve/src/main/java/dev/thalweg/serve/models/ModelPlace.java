package dev.thalweg.serve.models;

import dev.thalweg.io.BadFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where models lie: a file, or a directory {@code NAME/VERSION/} of many. */
public sealed interface ModelPlace {
    /**
     * What there is of a model.
     *
     * @param latestFirst its versions, as far as it is clear which file is meant
     * @param unclear why it is not clear of the latest: then there is none
     */
    record Versions(List<ModelFile> latestFirst, Optional<BadFileException> unclear) {}

    /**
     * {@return the versions of each model, by name}
     *
     * @throws IOException if they cannot be looked for
     */
    Map<String, Versions> find() throws IOException;

    /**
     * {@return the place that a path is}
     *
     * @param path a file, the directory of a training with its {@code model.safetensors}, or a directory of models
     * @throws BadFileException if it is none of them
     */
    static ModelPlace of(Path path) throws BadFileException {
        if (Files.isDirectory(path)) {
            // What a training leaves.
            Path trained = path.resolve("model.safetensors");
            return Files.isRegularFile(trained) ? new Single(trained) : new Repository(path);
        }
        if (!Files.isRegularFile(path)) {
            throw new BadFileException(path, "expected a file with a model, or a directory NAME/VERSION/ of models");
        }
        return new Single(path);
    }

    /**
     * One model.
     *
     * @param file the name of which, without its ending, is the model's; its version is 1
     */
    record Single(Path file) implements ModelPlace {
        @Override
        public Map<String, Versions> find() throws IOException {
            String name = String.valueOf(file.getFileName());
            return Map.of(
                    name.replaceFirst("(?<=.)\\.[^.]*$", ""),
                    new Versions(List.of(ModelFile.of("1", file)), Optional.empty()));
        }
    }

    /**
     * Many models, as Triton and KServe lay them out: {@code NAME/VERSION/}, where a version is a whole number, and in
     * it one model file. What is called otherwise is none of them.
     *
     * @param directory of all
     */
    record Repository(Path directory) implements ModelPlace {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
        private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,17}");

        @Override
        public Map<String, Versions> find() throws IOException {
            Map<String, Versions> found = new TreeMap<>();
            for (Path model : children(directory, NAME)) {
                Versions versions = versions(model);
                if (!versions.latestFirst().isEmpty() || versions.unclear().isPresent()) {
                    found.put(name(model), versions);
                }
            }
            return found;
        }

        private static Versions versions(Path model) throws IOException {
            List<Path> versions = children(model, VERSION);
            versions.sort(Comparator.comparingLong(version -> -Long.parseLong(name(version))));
            List<ModelFile> files = new ArrayList<>();
            try {
                for (Path version : versions) {
                    Optional<Path> file = modelFile(version);
                    if (file.isPresent()) {
                        files.add(ModelFile.of(name(version), file.get()));
                    }
                }
            } catch (BadFileException e) {
                // What is unclear below a version that is clear is not asked for.
                return new Versions(files, files.isEmpty() ? Optional.of(e) : Optional.empty());
            }
            return new Versions(files, Optional.empty());
        }

        /** The one model file of a version; none if it is still to come. */
        private static Optional<Path> modelFile(Path version) throws IOException {
            try (Stream<Path> files = Files.list(version)) {
                List<Path> models = files.filter(ServedFormat::isModel).toList();
                if (models.size() > 1) {
                    // Perhaps one takes the other's place: what is served stays until it is clear which is meant.
                    throw new BadFileException(version, "expected one model file, got " + models);
                }
                return models.stream().findFirst();
            }
        }

        private static List<Path> children(Path directory, Pattern names) throws IOException {
            try (Stream<Path> entries = Files.list(directory)) {
                return entries.filter(entry -> names.matcher(name(entry)).matches() && Files.isDirectory(entry))
                        .collect(Collectors.toCollection(ArrayList::new));
            }
        }

        private static String name(Path path) {
            return String.valueOf(path.getFileName());
        }
    }
}
