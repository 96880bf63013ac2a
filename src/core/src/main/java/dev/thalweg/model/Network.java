package dev.thalweg.model;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Layers, in a row or with branches, checked to fit each other: an architecture without weights. Immutable.
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
    private final List<Step> steps;
    private final List<Placed> placed = new ArrayList<>();
    private final List<ParameterSpec> parameters;

    /**
     * Checks that layers in a row fit.
     *
     * @param input the shape of one example, {@code [C, H, W]}
     * @param layers from first to last, at least one
     * @return the network
     * @throws ShapeException if a layer does not fit its input; the message names the layer
     */
    public static Network sequential(Shape input, List<Layer> layers) {
        return new Network(
                input,
                IntStream.range(0, layers.size())
                        .mapToObj(i -> new Step(null, layers.get(i), List.of(i)))
                        .toList());
    }

    /**
     * Checks that layers with branches fit.
     *
     * @param output what comes out
     * @return the network of all that it depends on
     * @throws ShapeException if a layer does not fit its input; the message names the layer
     */
    public static Network of(Flow output) {
        return new Network(output.inputShape(), output.steps());
    }

    /**
     * Checks that steps fit.
     *
     * @param input the shape of one example, {@code [C, H, W]}
     * @param steps each after those it takes from, at least one; the last one's result comes out
     * @throws ShapeException if a layer does not fit its input or takes from none before it; the message names the
     *         layer
     */
    public Network(Shape input, List<Step> steps) {
        if (steps.isEmpty()) {
            throw new ShapeException("a network needs at least one layer");
        }
        Wiring.check(steps);
        this.input = input;
        this.steps = List.copyOf(steps);
        GraphBuilder builder = new GraphBuilder();
        LayerContext whole = LayerContext.of(builder, false, name -> false);
        Set<String> counted = new HashSet<>();
        Wiring.build(steps, whole, builder.input("pictures", input.batched(1)), (place, result) -> {
            // Parameters that a layer shares with one before it are counted there.
            List<ParameterSpec> own = place.parameters().stream()
                    .filter(p -> counted.add(p.name()))
                    .toList();
            placed.add(new Placed(
                    place.name(),
                    steps.get(placed.size()).layer(),
                    result.shape().withoutBatch(),
                    own));
        });
        this.parameters = whole.parameters();
    }

    /**
     * Puts other layers in place of the last one. They are named {@code head1}, {@code head2} and so on, as far as no
     * layer of this network, the last one included, has such a name; the others keep their names.
     *
     * @param layers in a row; none cut the last one off
     * @return the other network
     * @throws ShapeException if the layers do not fit, or the last one here joins several flows
     */
    public Network withHead(List<Layer> layers) {
        List<Step> headed = new ArrayList<>(steps);
        Step last = headed.removeLast();
        if (last.from().size() > 1) {
            throw new ShapeException("the last layer joins " + last.from().size()
                    + " flows, expected one that takes one flow: end the network in a"
                    + " layer after " + placed.getLast().name());
        }
        Set<String> taken = placed.stream().map(Placed::name).collect(Collectors.toSet());
        int from = last.from().getFirst();
        int number = 1;
        for (Layer layer : layers) {
            while (taken.contains("head" + number)) {
                number++;
            }
            headed.add(new Step("head" + number++, layer, List.of(from)));
            from = headed.size();
        }
        return new Network(input, headed);
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
     * {@return the layers with what flows into them}
     */
    public List<Step> steps() {
        return steps;
    }

    /**
     * {@return the layers with names and shapes}
     */
    public List<Placed> placed() {
        return List.copyOf(placed);
    }

    /**
     * {@return everything that is learnt or kept, in order}
     */
    public List<ParameterSpec> parameters() {
        return parameters;
    }

    /**
     * {@return how many numbers descent moves}
     */
    public long trainedCount() {
        return count(parameters.stream().filter(ParameterSpec::trained));
    }

    private static long count(Stream<ParameterSpec> specs) {
        return specs.mapToLong(p -> p.shape().elements()).sum();
    }

    /**
     * Adds the layers to a graph.
     *
     * @param builder the graph
     * @param pictures {@code [N, ...]} of this network's input shape
     * @param training whether layers that act otherwise in training do so
     * @param frozen which parameters, by name, are not to be trained; normalizations with such ones keep their
     *         statistics
     * @return the last layer's result, {@code [N, ...]}
     */
    public Value build(GraphBuilder builder, Value pictures, boolean training, Predicate<String> frozen) {
        return Wiring.build(steps, LayerContext.of(builder, training, frozen), pictures, (place, result) -> {});
    }

    /**
     * Adds the layers to a graph, as they act when they do not train.
     *
     * @param builder the graph
     * @param pictures {@code [N, ...]} of this network's input shape
     * @return the result of each step, in their order
     */
    public List<Value> buildAll(GraphBuilder builder, Value pictures) {
        List<Value> results = new ArrayList<>();
        Wiring.build(
                steps,
                LayerContext.of(builder, false, name -> false),
                pictures,
                (place, result) -> results.add(result));
        return results;
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
            float[] values = new float[spec.shape().arrayLength()];
            spec.initializer().fill(values, spec.shape(), random.split());
            weights.put(spec.name(), values);
        }
        return weights;
    }

    /**
     * {@return a table of layers, output shapes and parameter counts, as Keras prints it}
     */
    public String summary() {
        String row = "%-46s %-22s %12s%n";
        StringBuilder text = new StringBuilder(String.format(row, "Layer (type)", "Output shape", "Parameters"));
        text.append("-".repeat(82)).append(System.lineSeparator());
        text.append(String.format(row, "input", shapeText(input), 0));
        for (Placed p : placed) {
            text.append(String.format(
                    row,
                    p.name() + " (" + p.layer().getClass().getSimpleName() + ")",
                    shapeText(p.output()),
                    String.format("%,d", p.parameterCount())));
        }
        text.append("-".repeat(82)).append(System.lineSeparator());
        long total = count(parameters.stream());
        String kept = total == trainedCount() ? "" : String.format(", %,d of them trained", trainedCount());
        return text.append(String.format(
                        "Total: %,d parameters (%.1f KiB)%s%n", total, total * Float.BYTES / 1024.0, kept))
                .toString();
    }

    private static String shapeText(Shape example) {
        return example.toString().replace("[", "[N, ");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network that && input.equals(that.input) && steps.equals(that.steps);
    }

    @Override
    public int hashCode() {
        return input.hashCode() * 31 + steps.hashCode();
    }

    @Override
    public String toString() {
        return "network " + input + " " + steps.stream().map(Step::layer).toList();
    }
}
