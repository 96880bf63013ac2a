package dev.thalweg.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.thalweg.format.BadFileException;
import dev.thalweg.format.ModelFile;
import dev.thalweg.format.Safetensors;
import dev.thalweg.format.Safetensors.NamedTensor;
import dev.thalweg.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A training cut off between two steps, in a file: a model file with the optimizer's and the callbacks' numbers as more
 * tensors, and the rest as JSON.
 *
 * @param model the model as it stood
 * @param progress where the training stood
 * @param slots what the optimizer remembers: a list for each parameter, by slot
 * @param callbacks what the callbacks keep, by their place in the list
 */
record Checkpoint(ModelFile model, Progress progress, Map<String, List<float[]>> slots, List<Map<String, float[]>> callbacks) {
    private static final String KEY = "thalweg.training";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /**
     * Where a training stood.
     *
     * @param recipe what must be the same for the training to go on with the same bits
     * @param step updates made
     * @param draws batches trained on, which random numbers are counted by
     * @param rateFactor of the learning rate
     * @param batch batches done of the epoch that was under way
     * @param lossSum of those
     * @param correct pictures in those
     * @param seen pictures in those
     * @param skipped steps in those
     * @param epochs the history
     * @param callbacks their kinds, in order
     */
    record Progress(Recipe recipe, long step, long draws, double rateFactor, int batch, double lossSum, int correct, int seen, int skipped,
            List<Epoch> epochs, List<String> callbacks) {
    }

    /**
     * What makes a training what it is.
     *
     * @param optimizer with all settings
     * @param loss which
     * @param pictures how many there are to learn from
     * @param batchSize pictures in a batch
     * @param shuffle whether they are shuffled
     * @param seed of what is random
     * @param augmentations random changes to the pictures
     * @param classWeights weights of the classes' losses
     */
    record Recipe(String optimizer, String loss, int pictures, int batchSize, boolean shuffle, long seed, String augmentations,
            List<Double> classWeights) {
    }

    /** An epoch as JSON knows it. */
    record Epoch(int epoch, double loss, double accuracy, Evaluation validation, double seconds, float learningRate, int skippedSteps,
            MemoryUse memory) {
        static Epoch of(EpochResult r) {
            return new Epoch(r.epoch(), r.loss(), r.accuracy(), r.validation().orElse(null), r.seconds(), r.learningRate(), r.skippedSteps(),
                    r.memory());
        }

        EpochResult result() {
            return new EpochResult(epoch, loss, accuracy, Optional.ofNullable(validation), seconds, learningRate, skippedSteps, memory);
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
            callbacks.get(i).forEach((name, values) -> more.put(prefix + name, new NamedTensor(Shape.of(values.length), values)));
        }
        model.write(file, Map.of(KEY, JSON.writeValueAsString(progress)), more);
    }

    static Checkpoint read(Path file) throws IOException {
        ModelFile model = ModelFile.read(file);
        Safetensors content = Safetensors.read(file);
        String json = content.metadata().get(KEY);
        if (json == null) {
            throw new BadFileException(file, "its metadata has no \"" + KEY + "\": it is a model, but no checkpoint of a training");
        }
        Progress progress;
        try {
            progress = JSON.readValue(json, Progress.class);
        } catch (JsonProcessingException e) {
            throw new BadFileException(file, "its training cannot be understood: " + e.getOriginalMessage(), e);
        }
        Map<String, List<float[]>> slots = new LinkedHashMap<>();
        model.network().parameters().forEach(spec -> {
            List<float[]> numbers = new ArrayList<>();
            for (NamedTensor t = content.tensors().get(slotName(spec.name(), 0)); t != null;
                    t = content.tensors().get(slotName(spec.name(), numbers.size()))) {
                if (!t.shape().equals(spec.shape())) {
                    throw new BadFileException(file, "expected " + slotName(spec.name(), numbers.size()) + " " + spec.shape() + ", got " + t.shape());
                }
                numbers.add(t.values());
            }
            slots.put(spec.name(), numbers);
        });
        List<Map<String, float[]>> callbacks = new ArrayList<>();
        for (int i = 0; i < progress.callbacks().size(); i++) {
            String prefix = callbackPrefix(i);
            Map<String, float[]> state = new LinkedHashMap<>();
            content.tensors().forEach((name, tensor) -> {
                if (name.startsWith(prefix)) {
                    state.put(name.substring(prefix.length()), tensor.values());
                }
            });
            callbacks.add(state);
        }
        return new Checkpoint(model, progress, slots, callbacks);
    }

    private static String slotName(String parameter, int slot) {
        return "optimizer/" + parameter + "/" + slot;
    }

    private static String callbackPrefix(int index) {
        return "callback/" + index + "/";
    }
}
