package dev.thalweg.backend;

import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Reduction;
import dev.thalweg.graph.Value;
import dev.thalweg.optim.SGD;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A graph drawn at random, to predict, to evaluate or to train, as the product would build it of a
 * {@link RandomNetwork}: once with all passes, once as plainly as can be, which is the truth.
 */
final class RandomGraph {
    private final long seed;
    private final GraphBuilder builder = new GraphBuilder();
    private final boolean training;
    private final boolean checkpointing;
    private final Value predictions;
    /** What somebody asks for after a run. */
    private final List<Value> outputs = new ArrayList<>();

    private final Value targets;
    private final double frozen;
    private final float lossScale;

    private RandomGraph(long seed) {
        this.seed = seed;
        Random random = new Random(seed);
        training = random.nextDouble() < 0.4;
        checkpointing = training && random.nextDouble() < 0.2;
        lossScale = random.nextDouble() < 0.3 ? 16 : 1;
        frozen = random.nextDouble() < 0.3 ? 0.5 : 0;
        Shape shape = Shape.of(
                1 + random.nextInt(3), random.nextBoolean() ? 3 : 8, 4 + random.nextInt(2) * 2, 4 + random.nextInt(3));
        RandomNetwork network = new RandomNetwork(builder, random, training);
        predictions = network.draw(builder.input("pictures", shape));
        outputs.add(predictions);
        if (random.nextDouble() < 0.2) {
            outputs.add(network.intermediate());
        }
        targets = training || random.nextDouble() < 0.4 ? builder.input("targets", predictions.shape()) : null;
    }

    /** As the product compiles it. */
    static Graph passed(long seed, DataType precision) {
        RandomGraph drawn = new RandomGraph(seed);
        Passes.beforeGradients(drawn.builder, drawn.outputs, drawn.training);
        drawn.finish();
        return Passes.afterGradients(drawn.builder.build("passed " + seed, drawn.outputs), precision);
    }

    /**
     * Without passes, and with every value asked for, so that nothing may overwrite anything. Its outputs begin with
     * those of the other.
     */
    static Graph plain(long seed) {
        RandomGraph drawn = new RandomGraph(seed);
        drawn.finish();
        Set<Value> all = new HashSet<>(drawn.outputs);
        for (Node node : drawn.builder.build("all", drawn.outputs).nodes()) {
            node.outputs().stream().filter(all::add).forEach(drawn.outputs::add);
        }
        return drawn.builder.build("plain " + seed, drawn.outputs);
    }

    private void finish() {
        if (targets == null) {
            return;
        }
        boolean entropy = predictions.shape().rank() == 2 && seed % 2 == 0;
        Value loss = entropy
                ? builder.softmaxCrossEntropy(predictions, targets)
                : builder.reduce(Reduction.Kind.MEAN, builder.multiply(predictions, targets));
        outputs.add(loss);
        List<Value> trained = training ? trained(loss) : List.of();
        List<Value> gradients = Gradients.of(builder, builder.linear(loss, lossScale, 0), trained, checkpointing);
        for (int i = 0; i < trained.size(); i++) {
            // The first velocity is the gradient, negated.
            Value gradient = builder.linear(gradients.get(i), 1 / lossScale, 0);
            builder.update(new SGD(1).momentum(0.9), trained.get(i), gradient);
        }
    }

    /** The parameters that the loss depends on, but for statistics and those that are frozen. */
    private List<Value> trained(Value loss) {
        Set<Value> needed = new HashSet<>(Set.of(loss));
        Graph graph = builder.build("needed", List.of(loss));
        for (Node node : graph.nodes().reversed()) {
            if (node.outputs().stream().anyMatch(needed::contains)) {
                needed.addAll(node.inputs());
            }
        }
        Random random = new Random(seed);
        return graph.parameters().stream()
                .filter(needed::contains)
                .filter(p -> !p.name().startsWith("mean") && !p.name().startsWith("variance"))
                .filter(p -> random.nextDouble() >= frozen)
                .toList();
    }

    /** What inputs and parameters hold, by name; moderate, so that results stay around 1. */
    static Map<String, double[]> given(Graph graph, long seed) {
        Map<String, double[]> given = new LinkedHashMap<>();
        List<Value> values = new ArrayList<>(graph.inputs());
        values.addAll(graph.parameters());
        for (Value value : values) {
            Random random = new Random(seed * 31 + value.name().hashCode());
            double[] uniform = random.doubles(value.shape().elements(), -1, 1).toArray();
            given.put(
                    value.name(),
                    Arrays.stream(uniform).map(u -> (float) spread(value, u)).toArray());
        }
        return given;
    }

    private static double spread(Value value, double u) {
        String kind = value.name().replaceAll("_.*", "");
        return switch (kind) {
            // Uniform numbers from -1 to 1 have a variance of 1/3.
            case "weights" ->
                u
                        * 2
                        / Math.sqrt((double) value.shape().elements()
                                / value.shape().dim(0));
            case "scale", "variance" -> 1 + u / 2;
            case "pictures" -> 2 * u;
            case "targets" -> (1 + u) / 2;
            default -> u / 2;
        };
    }
}
