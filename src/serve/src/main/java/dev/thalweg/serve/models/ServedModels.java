package dev.thalweg.serve.models;

import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * All models that are served. {@link #refresh} looks for new ones, new versions and those that are gone; a version that
 * cannot be opened or fails its check is told of once, and the one before goes on; at the start too, where the next
 * lower one is opened in its place.
 */
public final class ServedModels implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ServedModels.class.getName());

    private final ModelPlace place;
    private final Serving serving;
    private final Changes changes;
    private final Map<String, ServedModel> models = new ConcurrentSkipListMap<>();
    /** What was last tried of each model, whether it could be opened or not. */
    private final Map<String, ModelFile> tried = new HashMap<>();
    /** What was last told of models of which it is not clear which file is meant. */
    private final Map<String, String> unclear = new HashMap<>();

    private boolean closed;

    private ServedModels(ModelPlace place, Serving serving, Changes changes) {
        this.place = place;
        this.serving = serving;
        this.changes = changes;
    }

    /** Is told of models that come, or could not. */
    public interface Changes {
        /**
         * A version answers from now on.
         *
         * @param model by name
         */
        void loaded(String model);

        /**
         * A version cannot answer.
         *
         * @param model by name
         */
        void failed(String model);
    }

    /**
     * Opens all models of a place.
     *
     * @param path a file, or a directory of models
     * @param serving how they answer
     * @param changes is told of them
     * @return the models, to be closed
     * @throws IOException if none can be opened
     */
    public static ServedModels open(Path path, Serving serving, Changes changes) throws IOException {
        ModelPlace place = ModelPlace.of(path);
        try (Scope opening = new Scope()) {
            ServedModels all = opening.own(new ServedModels(place, serving, changes));
            Optional<Exception> problem = all.update(place.find());
            if (all.models.isEmpty()) {
                throw problem.map(e -> e instanceof IOException unreadable
                                ? unreadable
                                : new BadFileException(path, "cannot be served: " + e.getMessage(), e))
                        .orElseGet(() -> new BadFileException(
                                path, "expected models as NAME/VERSION/model.safetensors or .onnx, got none"));
            }
            opening.handOver();
            return all;
        }
    }

    /** {@return all, in the order of their names} */
    public Collection<ServedModel> all() {
        return models.values();
    }

    /**
     * {@return a model; none if there is no such}
     *
     * @param name of it
     */
    public Optional<ServedModel> find(String name) {
        return Optional.ofNullable(models.get(name));
    }

    /** Looks at the files, and does what they ask for. One thread at a time may do so; requests never wait for it. */
    public synchronized void refresh() {
        if (closed) {
            return;
        }
        Map<String, ModelPlace.Versions> found;
        try {
            found = place.find();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "models cannot be looked for: " + e.getMessage());
            return;
        }
        var _ = update(found);
        tried.keySet().retainAll(found.keySet());
        unclear.keySet().retainAll(found.keySet());
        List<ServedModel> gone = models.values().stream()
                .filter(model -> !found.containsKey(model.name()))
                .toList();
        for (ServedModel model : gone) {
            models.remove(model.name());
            LOG.log(System.Logger.Level.INFO, "the model " + model.name() + " is gone");
            model.close();
        }
    }

    /** {@return the last reason for which a version is not served, if there is one} */
    private Optional<Exception> update(Map<String, ModelPlace.Versions> found) {
        Optional<Exception> problem = Optional.empty();
        for (Map.Entry<String, ModelPlace.Versions> model : found.entrySet()) {
            Optional<Exception> one = update(model.getKey(), model.getValue());
            problem = one.isPresent() ? one : problem;
        }
        return problem;
    }

    /** Has the latest version answer; where there is none that answers yet, the latest that can be opened. */
    private Optional<Exception> update(String name, ModelPlace.Versions versions) {
        if (versions.unclear().isPresent()) {
            BadFileException why = versions.unclear().get();
            String told = String.valueOf(why.getMessage());
            if (!told.equals(unclear.put(name, told))) {
                failed(name, "the model " + name + " stays as it is", why);
            }
            return Optional.of(why);
        }
        unclear.remove(name);
        ModelFile latest = versions.latestFirst().getFirst();
        if (latest.equals(tried.put(name, latest))) {
            return Optional.empty();
        }
        Optional<Exception> problem = Optional.empty();
        for (ModelFile version : versions.latestFirst()) {
            try {
                open(name, version);
                return problem;
            } catch (IOException | RuntimeException e) {
                failed(name, "version " + version.version() + " of the model " + name + " is not served", e);
                problem = Optional.of(e);
            }
            if (models.containsKey(name)) {
                return problem;
            }
        }
        return problem;
    }

    private void failed(String name, String what, Exception why) {
        changes.failed(name);
        LOG.log(System.Logger.Level.WARNING, what + ": " + why.getMessage());
    }

    private void open(String name, ModelFile file) throws IOException {
        ModelVersion version = ModelVersion.open(name, file, serving);
        ServedModel served = models.get(name);
        if (served == null) {
            models.put(name, new ServedModel(name, version));
        } else {
            served.replace(version);
        }
        changes.loaded(name);
        LOG.log(System.Logger.Level.INFO, "version " + file.version() + " of the model " + name + " answers");
    }

    @Override
    public synchronized void close() {
        closed = true;
        try (Scope closing = new Scope()) {
            models.values().forEach(closing::own);
        }
    }
}
