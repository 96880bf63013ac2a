package dev.thalweg.interop.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.thalweg.interop.keras.LayerConfig.Tensor;
import dev.thalweg.io.BadFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What Keras' file says of a model: a {@code Sequential} or a {@code Functional} one, as Keras 2 or Keras 3 writes it.
 *
 * @param layers those that are called, the inputs not included
 * @param inputs what flows in, by the names of the input layers
 * @param outputs what comes out
 */
record ModelConfig(List<LayerConfig> layers, List<Input> inputs, List<Tensor> outputs) {
    private static final Set<String> MODELS = Set.of("Sequential", "Functional", "Model");
    private static final String INPUT = "InputLayer";

    /**
     * An input.
     *
     * @param settings its name and, under {@code batch_shape} or {@code batch_input_shape}, its extents; without them
     *     in a model within another
     */
    record Input(Settings settings) {
        String name() {
            return settings.layer();
        }
    }

    /** {@return whether a class is a model of layers} */
    static boolean isModel(String type) {
        return MODELS.contains(type);
    }

    /**
     * Reads the description of a model.
     *
     * @param file for messages
     * @param model with {@code class_name} and {@code config}
     * @param outer the names of the models that it lies in, itself the last one; none for the outermost
     * @param place where its weights lie in a {@code .keras} file, {@code ""} for the outermost
     */
    static ModelConfig of(Path file, JsonNode model, List<String> outer, String place) throws BadFileException {
        String type = model.path("class_name").asText();
        JsonNode config = model.path("config");
        // Before Keras 2.2.3 a Sequential model's settings were the list of its layers.
        JsonNode layers = config.isArray() ? config : config.path("layers");
        if (!isModel(type) || !layers.isArray()) {
            throw new BadFileException(
                    file,
                    "describes a model of class " + new Settings(file, type, type, model).layer()
                            + ", expected Sequential or Functional: a model of a class of one's own cannot be read");
        }
        Places places = new Places(place);
        List<LayerConfig> all = new ArrayList<>();
        for (JsonNode layer : layers) {
            Settings settings = settings(file, layer);
            List<String> names = new ArrayList<>(outer);
            names.add(settings.layer());
            boolean counted = !type.equals("Sequential") || !settings.type().equals(INPUT);
            all.add(new LayerConfig(
                    settings,
                    List.copyOf(names),
                    counted ? places.next(settings.type()) : "",
                    type.equals("Sequential") ? List.of() : Calls.read(settings, layer.path("inbound_nodes"))));
        }
        return type.equals("Sequential") ? sequential(file, config, all) : functional(file, config, all);
    }

    private static Settings settings(Path file, JsonNode layer) throws BadFileException {
        JsonNode config = layer.path("config");
        String type = layer.path("class_name").asText();
        String name = layer.path("name").asText(config.path("name").asText());
        Settings settings = new Settings(file, name, type, isModel(type) ? layer : config);
        String module = layer.path("module").asText("keras");
        if (!module.startsWith("keras") && !module.startsWith("tf_keras")) {
            throw settings.problem("is of module " + module + ", expected a layer of Keras itself");
        }
        if (name.isEmpty()) {
            throw settings.problem("has no name");
        }
        return settings;
    }

    private static ModelConfig sequential(Path file, JsonNode config, List<LayerConfig> all) throws BadFileException {
        if (all.isEmpty()) {
            throw new BadFileException(file, "describes a Sequential model without layers");
        }
        Settings first = all.getFirst().settings();
        boolean given = first.type().equals(INPUT);
        Settings input = first;
        if (!given) {
            // The first layer may tell the shape, or the model.
            boolean told = first.has("batch_input_shape") || first.has("batch_shape");
            input = new Settings(file, first.layer() + "_input", INPUT, told ? first.config() : config);
        }
        List<LayerConfig> called = new ArrayList<>();
        Tensor flow = new Tensor(input.layer(), 0, 0);
        for (LayerConfig layer : given ? all.subList(1, all.size()) : all) {
            called.add(new LayerConfig(layer.settings(), layer.names(), layer.place(), List.of(List.of(flow))));
            flow = new Tensor(layer.name(), 0, 0);
        }
        return new ModelConfig(called, List.of(new Input(input)), List.of(flow));
    }

    private static ModelConfig functional(Path file, JsonNode config, List<LayerConfig> all) throws BadFileException {
        Map<String, LayerConfig> byName = new HashMap<>();
        for (LayerConfig layer : all) {
            if (byName.put(layer.name(), layer) != null) {
                throw layer.settings().problem("shares its name with another layer");
            }
        }
        List<Input> inputs = new ArrayList<>();
        for (Tensor tensor : Calls.tensors(config.path("input_layers"))) {
            LayerConfig layer = byName.get(tensor.layer());
            if (layer == null || !layer.settings().type().equals(INPUT)) {
                throw new BadFileException(file, "has an input " + tensor.layer() + " that is no InputLayer");
            }
            inputs.add(new Input(layer.settings()));
        }
        List<Tensor> outputs = Calls.tensors(config.path("output_layers"));
        if (inputs.isEmpty() || outputs.isEmpty()) {
            throw new BadFileException(file, "describes a model without inputs or outputs");
        }
        return new ModelConfig(
                all.stream()
                        .filter(layer -> !layer.settings().type().equals(INPUT))
                        .toList(),
                inputs,
                outputs);
    }

    /** Numbers the layers of each class, as {@code .keras} files name them. */
    private static final class Places {
        private final String model;
        private final Map<String, Integer> seen = new HashMap<>();

        Places(String model) {
            this.model = model;
        }

        String next(String type) {
            String name = snakeCase(type);
            int before = seen.merge(name, 1, Integer::sum) - 1;
            return model + "layers/" + (before == 0 ? name : name + "_" + before);
        }

        private static String snakeCase(String type) {
            return type.replaceAll("\\W+", "")
                    .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                    .replaceAll("([a-z])([A-Z])", "$1_$2")
                    .toLowerCase(Locale.ROOT);
        }
    }
}
