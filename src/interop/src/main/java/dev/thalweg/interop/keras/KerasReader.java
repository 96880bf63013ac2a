package dev.thalweg.interop.keras;

import com.fasterxml.jackson.databind.JsonNode;
import dev.thalweg.Model;
import dev.thalweg.interop.keras.Assembly.Origin;
import dev.thalweg.interop.keras.LayerConfig.Tensor;
import dev.thalweg.interop.keras.Source.Constant;
import dev.thalweg.interop.keras.Source.GruBias;
import dev.thalweg.interop.keras.Source.Joined;
import dev.thalweg.interop.keras.Source.Weight;
import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes a model of ours of a description of Keras' and of its weights. */
final class KerasReader {
    /** Parameters that the file leaves out are small. */
    private static final long MOST_CONSTANTS = 1 << 22;

    private final Path file;
    private final WeightStore store;
    private final Assembly assembly;
    private final boolean channelsFirst;
    private final Set<LayerConfig> read = new LinkedHashSet<>();

    private KerasReader(Path file, WeightStore store, boolean channelsFirst) {
        this.file = file;
        this.store = store;
        this.assembly = new Assembly(file);
        this.channelsFirst = channelsFirst;
    }

    /** {@return the model; close it} */
    static Model read(Path file, ModelConfig config, boolean channelsFirst, WeightStore store) throws BadFileException {
        KerasReader reader = new KerasReader(file, store, channelsFirst);
        try {
            return reader.model(config);
        } catch (ShapeException | IllegalArgumentException | ArithmeticException e) {
            throw new BadFileException(file, "describes a model that cannot be built: " + e.getMessage(), e);
        }
    }

    private Model model(ModelConfig config) throws BadFileException {
        List<Flowing> inputs = new ArrayList<>();
        for (ModelConfig.Input input : config.inputs()) {
            inputs.add(assembly.input(input.name(), shape(input.settings())));
        }
        List<Flowing> outputs = expand(config, inputs);
        Network network = assembly.network(outputs, config.layers().getLast());
        Map<String, float[]> weights = weights(network);
        for (LayerConfig layer : read) {
            store.checkAllTaken(layer);
        }
        try (Scope making = new Scope()) {
            Model model = making.own(Model.of(network));
            model.weights(weights);
            PixelScaling pixels = assembly.pixels();
            if (pixels != null) {
                if (pixels.isNone()) {
                    model.assumeNormalization(pixels.normalization());
                } else {
                    model.normalization(pixels.normalization());
                }
            }
            making.handOver();
            return model;
        }
    }

    /** The extents of an example, of which Keras 3 and Keras 2 tell by other names, and models by their own. */
    private Shape shape(Settings input) throws BadFileException {
        for (String key : List.of("batch_shape", "batch_input_shape", "build_input_shape")) {
            if (input.has(key)) {
                String text = input.config().get(key).toString();
                List<Integer> extents = new ArrayList<>();
                for (int axis = 1; axis < input.config().get(key).size(); axis++) {
                    JsonNode extent = input.config().get(key).get(axis);
                    if (!extent.canConvertToInt() || extent.intValue() < 1) {
                        throw input.problem("its shape is " + text
                                + ", expected whole numbers behind the batch: give the input of the model a fixed"
                                + " size in Keras, and save it again");
                    }
                    extents.add(extent.intValue());
                }
                if (extents.size() == 3 && !channelsFirst) {
                    extents.addFirst(extents.removeLast());
                }
                return Shape.of(extents.stream().mapToInt(Integer::intValue).toArray());
            }
        }
        throw input.problem("has no shape: build the model in Keras before it is saved");
    }

    /** Converts the calls of a model, of one within another too, as soon as what flows into them is there. */
    private List<Flowing> expand(ModelConfig config, List<Flowing> inputs) throws BadFileException {
        assembly.count();
        Map<String, Integer> firsts = firstCalls(config);
        Map<Tensor, Flowing> known = new HashMap<>();
        for (int i = 0; i < inputs.size(); i++) {
            known.put(new Tensor(config.inputs().get(i).name(), 0, 0), inputs.get(i));
        }
        record Call(LayerConfig layer, int index, List<Tensor> from) {}
        List<Call> waiting = new ArrayList<>();
        for (LayerConfig layer : config.layers()) {
            int first = firsts.getOrDefault(layer.name(), 0);
            for (int i = 0; i < layer.calls().size(); i++) {
                waiting.add(new Call(layer, first + i, layer.calls().get(i)));
            }
        }
        while (!waiting.isEmpty()) {
            List<Call> later = new ArrayList<>();
            for (Call call : waiting) {
                if (!known.keySet().containsAll(call.from())) {
                    later.add(call);
                    continue;
                }
                List<Flowing> results = convert(
                        call.layer(), call.from().stream().map(known::get).toList());
                for (int k = 0; k < results.size(); k++) {
                    known.put(new Tensor(call.layer().name(), call.index(), k), results.get(k));
                }
            }
            if (later.size() == waiting.size()) {
                Call stuck = later.getFirst();
                throw stuck.layer().settings().problem("takes from " + stuck.from() + ", of which some are never made");
            }
            waiting = later;
        }
        List<Flowing> outputs = new ArrayList<>();
        for (Tensor tensor : config.outputs()) {
            Flowing output = known.get(tensor);
            if (output == null) {
                throw new BadFileException(file, "has an output " + tensor + " that no layer makes");
            }
            outputs.add(output);
        }
        return outputs;
    }

    /**
     * Keras counts the calls of a model within another from 1 on where that model is Functional: its own call, when it
     * was made, is the first.
     */
    private static Map<String, Integer> firstCalls(ModelConfig config) {
        Map<String, Integer> firsts = new HashMap<>();
        config.layers().stream()
                .flatMap(layer -> layer.calls().stream())
                .flatMap(List::stream)
                .forEach(tensor -> firsts.merge(tensor.layer(), tensor.call(), Math::min));
        config.outputs().forEach(tensor -> firsts.merge(tensor.layer(), tensor.call(), Math::min));
        return firsts;
    }

    private List<Flowing> convert(LayerConfig layer, List<Flowing> inputs) throws BadFileException {
        Settings settings = layer.settings();
        assembly.count();
        if (ModelConfig.isModel(settings.type())) {
            ModelConfig inner = ModelConfig.of(file, settings.config(), layer.names(), layer.place() + "/");
            if (inner.inputs().size() != inputs.size()) {
                throw settings.problem("takes " + inner.inputs().size() + " inputs, got " + inputs.size());
            }
            return expand(inner, inputs);
        }
        try {
            Flowing result = Conversions.of(settings).convert(new Site(layer, inputs, channelsFirst, assembly, store));
            read.add(layer);
            return List.of(result);
        } catch (ShapeException | IllegalArgumentException | ArithmeticException e) {
            throw settings.problem(String.valueOf(e.getMessage()), e);
        }
    }

    private Map<String, float[]> weights(Network network) throws BadFileException {
        long constants = network.parameters().stream()
                .map(spec -> assembly.origin(spec.name()).source())
                .filter(Constant.class::isInstance)
                .mapToLong(Source::elements)
                .sum();
        if (constants > MOST_CONSTANTS) {
            throw new BadFileException(
                    file, "leaves out " + constants + " scales and biases, expected at most " + MOST_CONSTANTS);
        }
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (ParameterSpec spec : network.parameters()) {
            weights.put(spec.name(), values(assembly.origin(spec.name())));
        }
        return weights;
    }

    private float[] values(Origin origin) throws BadFileException {
        LayerConfig layer = origin.layer();
        return switch (origin.source()) {
            case Constant(float value, long elements) -> {
                float[] values = new float[(int) elements];
                Arrays.fill(values, value);
                yield values;
            }
            case Joined(List<Weight> weights) -> {
                List<float[]> parts = new ArrayList<>();
                for (Weight weight : weights) {
                    parts.add(weight.arranged(store.values(layer, weight)));
                }
                yield parts.size() == 1 ? parts.getFirst() : joined(parts);
            }
            case GruBias(Weight bias) -> added(store.values(layer, bias));
        };
    }

    private static float[] joined(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    /** Of {@code [2, 3U]}, the biases of inputs and of states, {@code [4U]}: those of two gates are added. */
    private static float[] added(float[] both) {
        int units = both.length / 6;
        float[] four = new float[4 * units];
        for (int i = 0; i < 3 * units; i++) {
            four[i] = both[i] + (i < 2 * units ? both[3 * units + i] : 0);
        }
        System.arraycopy(both, 5 * units, four, 3 * units, units);
        return four;
    }
}
