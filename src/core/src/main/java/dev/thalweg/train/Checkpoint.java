package dev.thalweg.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.format.Safetensors.NamedTensor;
import dev.thalweg.format.SafetensorsReader;
import dev.thalweg.format.StrictJson;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.saving.ModelFile;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A training cut off between two steps, in a file: a model file with the optimizer's and the callbacks' numbers as more
 * tensors, and the rest as JSON.
 *
 * @param model the model as it stood
 * @param progress where the training stood
 * @param slots what the optimizer remembers: a list for each parameter, by slot
 * @param callbacks what the callbacks keep, by their place in the list
 */
record Checkpoint(
        ModelFile model, Progress progress, Map<String, List<float[]>> slots, List<Map<String, float[]>> callbacks) {
    /**
     * Of what is written. Before version 2, a recipe said nothing of the data, precision, frozen parameters or the
     * backend; before version 3, nothing of samplers, and all targets were classes; before version 4, there was one
     * output.
     */
    static final int VERSION = 4;

    private static final String KEY = "thalweg.training";
    private static final String CALLBACKS = "callback/";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Where a training stood.
     *
     * @param version of this description
     * @param recipe what must be the same for the training to go on with the same bits
     * @param step updates made
     * @param draws batches trained on, which random numbers are counted by
     * @param rateFactor of the learning rate
     * @param batch batches done of the epoch that was under way; all of them where its validation is still due
     * @param lossSum of those
     * @param sums of metrics, over those, by name
     * @param seen pictures in those
     * @param skipped steps in those
     * @param learningRate of the last of those
     * @param seconds that those took
     * @param epochs the history
     * @param warnings of the history
     * @param callbacks their kinds, in order
     */
    record Progress(
            int version,
            Recipe recipe,
            long step,
            long draws,
            double rateFactor,
            int batch,
            double lossSum,
            Map<String, Double> sums,
            int seen,
            int skipped,
            float learningRate,
            double seconds,
            List<Epoch> epochs,
            List<String> warnings,
            List<String> callbacks) {
        /** Copies the lists, and checks that everything is given, no count negative and the factor positive. */
        Progress {
            if (recipe == null || sums == null || epochs == null || warnings == null || callbacks == null) {
                throw new IllegalArgumentException("a training's progress has a recipe, sums, epochs, warnings and"
                        + " callbacks, got null for one of them");
            }
            sums = Collections.unmodifiableMap(new LinkedHashMap<>(sums));
            epochs = List.copyOf(epochs);
            warnings = List.copyOf(warnings);
            callbacks = List.copyOf(callbacks);
            if (step < 0 || draws < 0 || batch < 0 || seen < 0 || skipped < 0) {
                throw new IllegalArgumentException("a training's counts are at least 0, got step " + step + ", draws "
                        + draws + ", batch " + batch + ", seen " + seen + ", skipped " + skipped);
            }
            if (!(rateFactor > 0 && Double.isFinite(rateFactor))) {
                throw new IllegalArgumentException(
                        "a learning rate's factor is greater than 0 and finite, got " + rateFactor);
            }
        }
    }

    /** The part of the description that all versions have; absent in the first. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Version(Integer version) {}

    /** An epoch as JSON knows it. */
    record Epoch(
            int epoch,
            double loss,
            Map<String, Double> metrics,
            @Nullable Evaluation validation,
            double seconds,
            float learningRate,
            int skippedSteps,
            MemoryUse memory) {
        /** Checks that the metrics and the memory are given. */
        Epoch {
            if (metrics == null || memory == null) {
                throw new IllegalArgumentException(
                        "an epoch's metrics and memory must be given, got null for one of them");
            }
        }

        static Epoch of(EpochResult r) {
            return new Epoch(
                    r.epoch(),
                    r.loss(),
                    r.metrics(),
                    r.validation().orElse(null),
                    r.seconds(),
                    r.learningRate(),
                    r.skippedSteps(),
                    r.memory());
        }

        EpochResult result() {
            return new EpochResult(
                    epoch, loss, metrics, Optional.ofNullable(validation), seconds, learningRate, skippedSteps, memory);
        }
    }

    void write(Path file) throws IOException {
        Map<String, NamedTensor> more = new LinkedHashMap<>();
        model.network().parameters().forEach(spec -> {
            List<float[]> numbers = slots.getOrDefault(spec.name(), List.of());
            for (int i = 0; i < numbers.size(); i++) {
                more.put(slotName(spec.name(), i), new NamedTensor(spec.shape(), numbers.get(i)));
            }
        });
        for (int i = 0; i < callbacks.size(); i++) {
            String prefix = callbackPrefix(i);
            callbacks
                    .get(i)
                    .forEach((name, values) ->
                            more.put(prefix + name, new NamedTensor(Shape.of(values.length), values)));
        }
        model.write(file, Map.of(KEY, JSON.writeValueAsString(progress)), more);
    }

    static Checkpoint read(Path file) throws IOException {
        try (SafetensorsReader content = SafetensorsReader.open(file)) {
            Progress progress = progress(file, content);
            ModelFile model = ModelFile.read(content);
            return new Checkpoint(
                    model,
                    progress,
                    slots(content, model.network()),
                    callbacks(content, progress.callbacks().size()));
        }
    }

    /** Where the training of a checkpoint stood, without its numbers. */
    static Progress progress(Path file) throws IOException {
        try (SafetensorsReader content = SafetensorsReader.open(file)) {
            return progress(file, content);
        }
    }

    private static Progress progress(Path file, SafetensorsReader content) throws IOException {
        String json = content.metadata().get(KEY);
        if (json == null) {
            throw new BadFileException(
                    file, "its metadata has no \"" + KEY + "\": it is a model, but no checkpoint of a training");
        }
        Integer version =
                StrictJson.read(file, "its training", json, Version.class).version();
        if (version == null || version != VERSION) {
            throw new BadFileException(
                    file,
                    "its training is described in version " + (version == null ? 1 : version) + ", expected " + VERSION
                            + ": only the release of this library that wrote it can go on from it, but Model.load "
                            + "reads it as a model");
        }
        return StrictJson.read(file, "its training", json, Progress.class);
    }

    private static Map<String, List<float[]>> slots(SafetensorsReader content, Network network) throws IOException {
        Map<String, List<float[]>> slots = new LinkedHashMap<>();
        for (ParameterSpec spec : network.parameters()) {
            List<float[]> numbers = new ArrayList<>();
            for (String name = slotName(spec.name(), 0);
                    content.shape(name).isPresent();
                    name = slotName(spec.name(), numbers.size())) {
                content.check(name, spec.shape());
                numbers.add(content.values(name));
            }
            slots.put(spec.name(), numbers);
        }
        return slots;
    }

    private static List<Map<String, float[]>> callbacks(SafetensorsReader content, int count) throws IOException {
        List<Map<String, float[]>> states = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            states.add(new LinkedHashMap<>());
        }
        for (String name : content.names()) {
            // callback/INDEX/NAME
            String[] parts = name.split("/", 3);
            if (parts.length == 3
                    && name.startsWith(CALLBACKS)
                    && parts[1].matches("\\d{1,9}")
                    && Integer.parseInt(parts[1]) < count) {
                states.get(Integer.parseInt(parts[1])).put(parts[2], content.values(name));
            }
        }
        return states;
    }

    private static String slotName(String parameter, int slot) {
        return "optimizer/" + parameter + "/" + slot;
    }

    private static String callbackPrefix(int index) {
        return CALLBACKS + index + "/";
    }
}
