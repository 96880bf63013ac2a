package dev.thalweg.model;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Layers in a row, checked to fit each other: an architecture without weights. Immutable.
 */
public final class Network {
    /**
     * A layer at its place.
     *
     * @param name unique in the network: the kind, from the second of a kind on with a number, as in Keras
     * @param layer what it does
     * @param output the shape of what it yields for one example
     * @param parameters what it learns
     */
    public record Placed(String name, Layer layer, Shape output, List<ParameterSpec> parameters) {
        /**
         * {@return how many numbers the layer learns}
         */
        public long parameterCount() {
            return parameters.stream().mapToLong(p -> p.shape().elements()).sum();
        }
    }

    private final Shape input;
    private final List<Layer> layers;
    private final List<Placed> placed = new ArrayList<>();

    /**
     * Checks that the layers fit.
     *
     * @param input the shape of one example, {@code [C, H, W]}
     * @param layers from first to last, at least one
     * @throws ShapeException if a layer does not fit its input; the message names the layer
     */
    public Network(Shape input, List<Layer> layers) {
        if (layers.isEmpty()) {
            throw new ShapeException("a network needs at least one layer");
        }
        this.input = input;
        this.layers = List.copyOf(layers);
        GraphBuilder builder = new GraphBuilder();
        Value value = builder.input("pictures", input.batched(1));
        Map<String, Integer> seen = new HashMap<>();
        for (Layer layer : layers) {
            int before = seen.merge(layer.kind(), 1, Integer::sum) - 1;
            String name = before == 0 ? layer.kind() : layer.kind() + "_" + before;
            List<ParameterSpec> parameters = new ArrayList<>();
            try {
                value = layer.build(new LayerContext(builder, name, placed.size(), parameters, false), value);
            } catch (ShapeException e) {
                throw new ShapeException("layer " + (placed.size() + 1) + " (" + name + "): " + e.getMessage());
            }
            placed.add(new Placed(name, layer, value.shape().withoutBatch(), List.copyOf(parameters)));
        }
    }

    /**
     * {@return the shape of one example}
     */
    public Shape input() {
        return input;
    }

    /**
     * {@return the shape of what comes out for one example}
     */
    public Shape output() {
        return placed.getLast().output();
    }

    /**
     * {@return the layers, from first to last}
     */
    public List<Layer> layers() {
        return layers;
    }

    /**
     * {@return the layers with names and shapes}
     */
    public List<Placed> placed() {
        return List.copyOf(placed);
    }

    /**
     * {@return everything that is learnt, in order}
     */
    public List<ParameterSpec> parameters() {
        return placed.stream().flatMap(p -> p.parameters().stream()).toList();
    }

    /**
     * Adds the layers to a graph.
     *
     * @param builder the graph
     * @param pictures {@code [N, ...]} of this network's input shape
     * @param training whether layers that act otherwise in training do so
     * @return the last layer's result, {@code [N, ...]}
     */
    public Value build(GraphBuilder builder, Value pictures, boolean training) {
        Value value = pictures;
        for (int i = 0; i < placed.size(); i++) {
            Placed p = placed.get(i);
            value = p.layer().build(new LayerContext(builder, p.name(), i, new ArrayList<>(), training), value);
        }
        return value;
    }

    /**
     * Draws first weights.
     *
     * @param seed the same seed gives the same weights
     * @return row-major, by name, in order
     */
    public Map<String, float[]> initialWeights(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (ParameterSpec spec : parameters()) {
            float[] values = new float[Math.toIntExact(spec.shape().elements())];
            spec.initializer().fill(values, spec.shape(), random.split());
            weights.put(spec.name(), values);
        }
        return weights;
    }

    /**
     * {@return a table of layers, output shapes and parameter counts, as Keras prints it}
     */
    public String summary() {
        String row = "%-28s %-22s %12s%n";
        StringBuilder text = new StringBuilder(String.format(row, "Layer (type)", "Output shape", "Parameters"));
        text.append("-".repeat(64)).append(System.lineSeparator());
        text.append(String.format(row, "input", shapeText(input), 0));
        for (Placed p : placed) {
            text.append(String.format(row, p.name() + " (" + p.layer().getClass().getSimpleName() + ")", shapeText(p.output()),
                    String.format("%,d", p.parameterCount())));
        }
        text.append("-".repeat(64)).append(System.lineSeparator());
        long total = parameters().stream().mapToLong(p -> p.shape().elements()).sum();
        return text.append(String.format("Total: %,d parameters (%.1f KiB)%n", total, total * Float.BYTES / 1024.0)).toString();
    }

    private static String shapeText(Shape example) {
        return example.toString().replace("[", "[N, ");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network that && input.equals(that.input) && layers.equals(that.layers);
    }

    @Override
    public int hashCode() {
        return input.hashCode() * 31 + layers.hashCode();
    }

    @Override
    public String toString() {
        return "network " + input + " " + layers;
    }
}
