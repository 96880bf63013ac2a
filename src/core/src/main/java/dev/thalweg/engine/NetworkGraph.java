package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.collective.Replication;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.graph.AllReduce;
import dev.thalweg.graph.ForwardPass;
import dev.thalweg.graph.Gradients;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Perturbation;
import dev.thalweg.graph.Update;
import dev.thalweg.graph.Value;
import dev.thalweg.model.Network;
import dev.thalweg.model.Port;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The graph of a network for batches of one size, on the one way that all of them go: built, rewritten, differentiated,
 * brought to its precision, compiled.
 */
final class NetworkGraph {
    private final ModelDescription description;
    private final int batchSize;
    private final GraphBuilder builder = new GraphBuilder();
    private final List<Value> inputs;
    /** With pictures as the layers see them in training. */
    private final Network trained;

    private final Replication replication;
    /** Of the batch, that this replica computes; empty where it computes all of it. */
    private final Optional<Value> share;

    private final Map<Value, Value> sums = new HashMap<>();

    NetworkGraph(ModelDescription description, int batchSize) {
        this(description, batchSize, description.network().pictures().shape(), Replication.NONE);
    }

    /** The third argument says how large the layers see pictures in training. */
    NetworkGraph(ModelDescription description, int batchSize, Shape trainedOn, Replication replication) {
        Network network = description.network();
        this.description = description;
        this.batchSize = batchSize;
        this.trained = trainedOn.equals(network.pictures().shape()) ? network : network.withPictures(trainedOn);
        this.inputs = description.network().inputs().stream()
                .map(port -> builder.input("input " + port.name(), port.shape().batched(batchSize)))
                .toList();
        this.replication = replication;
        this.share = replication.isAlone()
                ? Optional.empty()
                : Optional.of(builder.input("share of the batch", Shape.of(1)));
    }

    GraphBuilder builder() {
        return builder;
    }

    /** What flows in, in the order of the network's inputs. */
    List<Value> inputs() {
        return inputs;
    }

    /** Which part of the batch this replica computes, one number; empty where there is no other. */
    Optional<Value> share() {
        return share;
    }

    /** A mean over the pictures of this replica as its summand of the mean over the whole batch. */
    Value summand(Value mean) {
        return share.map(of -> builder.multiply(mean, of)).orElse(mean);
    }

    /** The sum over all replicas. */
    Value sum(Value summand) {
        return share.isEmpty()
                ? summand
                : sums.computeIfAbsent(summand, own -> builder.apply(new AllReduce(replication.collective()), own));
    }

    private Value sum(Value gradient, String parameter) {
        if (share.isEmpty() || !replication.laidOutAlike()) {
            return sum(gradient);
        }
        return builder.apply(new AllReduce(replication.collective(), Optional.of(parameter)), gradient);
    }

    /** Adds the layers and rewrites them; what comes out, in the order of the network's outputs. */
    List<Value> predictions(boolean training) {
        List<Value> predictions = training ? trained() : seen();
        if (training) {
            share.ifPresent(of -> Passes.replicate(builder, replication, of));
        }
        rewrite(predictions, training);
        if (!training) {
            Passes.quantize(builder, predictions, description.computation().quantized());
        }
        return predictions;
    }

    private List<Value> build(Network network, List<Value> flowing, boolean training) {
        return network.build(builder, flowing, training, description.frozen()::contains);
    }

    /** What comes out of the layers as they train, of pictures as large as they then are. */
    private List<Value> trained() {
        List<Value> flowing = new ArrayList<>(inputs);
        int pictures = trained.inputs().indexOf(trained.pictures());
        Shape shape = trained.pictures().shape();
        if (shape.rank() == 3) {
            flowing.set(pictures, PictureScaling.scaled(builder, inputs.get(pictures), shape.dim(1), shape.dim(2)));
        }
        return build(trained, flowing, true);
    }

    /** What comes out of the layers as they predict, of one view of each picture or the mean of several. */
    private List<Value> seen() {
        List<TestTimeAugmentation.View> views =
                description.computation().testTimeAugmentation().views();
        if (views.size() == 1) {
            return build(description.network(), inputs, false);
        }
        PictureViews pictures = new PictureViews(builder, views);
        List<Port> ports = description.network().inputs();
        List<Value> flowing = new ArrayList<>();
        for (int i = 0; i < ports.size(); i++) {
            boolean isPicture = ports.get(i).equals(description.network().pictures());
            flowing.add(isPicture ? pictures.of(inputs.get(i)) : pictures.repeated(inputs.get(i)));
        }
        return build(description.network(), flowing, false).stream()
                .map(pictures::mean)
                .toList();
    }

    /**
     * Adds the layers as they predict in floats; what flows into operations that could compute in integers, and what
     * comes out of convolutions.
     */
    Map<String, Value> quantizable() {
        predictInFloats();
        Map<String, Value> quantizable = new LinkedHashMap<>(Passes.quantizable(builder));
        quantizable.putAll(Passes.results(builder));
        return quantizable;
    }

    /** Adds the layers as they predict in floats; by which names they can be quantized. */
    Set<String> quantizableNames() {
        predictInFloats();
        return Passes.quantizableNames(builder);
    }

    private void predictInFloats() {
        rewrite(description.network().build(builder, inputs, false, _ -> false), false);
    }

    /** Adds the layers as they act when they do not train; what comes out of each. */
    List<Value> results() {
        return description.network().buildAll(builder, inputs);
    }

    /** Rewrites what was built, up to the values that somebody will ask for. */
    void rewrite(List<Value> kept, boolean differentiated) {
        Passes.beforeGradients(builder, kept, differentiated);
    }

    /** Adds the gradients of a number. What is computed in half precision on the way is scaled, and scaled back. */
    List<Value> differentiate(Value number, List<Value> at) {
        Value scaled = scaled(number);
        return gradients(ForwardPass.of(builder), scaled, at);
    }

    private Value scaled(Value number) {
        return builder.linear(number, description.computation().lossScale(), 0);
    }

    private List<Value> gradients(ForwardPass pass, Value scaled, List<Value> at) {
        Computation computation = description.computation();
        return Gradients.of(builder, pass, scaled, at, computation.gradientCheckpointing()).stream()
                .map(gradient -> builder.linear(gradient, 1 / computation.lossScale(), 0))
                .toList();
    }

    /** The gradients of a loss of which each replica has its summand. */
    private List<Value> gradientsOfAll(ForwardPass pass, Value scaled, List<Value> at, List<Value> parameters) {
        List<Value> own = gradients(pass, scaled, at);
        return IntStream.range(0, own.size())
                .mapToObj(i -> sum(own.get(i), parameters.get(i).name()))
                .toList();
    }

    /** Adds what moves parameters by the gradients of a loss, each taken where the parameter's rule wants it. */
    void descend(Value loss, List<Value> parameters) {
        List<Update> updates = parameters.stream()
                .map(p -> description.descent().update(p.name()))
                .toList();
        Value scaled = scaled(loss);
        ForwardPass pass = ForwardPass.of(builder);
        List<Value> gradients = gradientsOfAll(pass, scaled, parameters, parameters);
        Map<Value, Value> perturbed = perturbed(updates, parameters, gradients);
        if (!perturbed.isEmpty()) {
            ForwardPass second = pass.at(builder, perturbed);
            gradients = gradientsOfAll(
                    second,
                    second.value(scaled),
                    parameters.stream().map(second::value).toList(),
                    parameters);
        }
        for (int i = 0; i < parameters.size(); i++) {
            builder.update(updates.get(i), parameters.get(i), gradients.get(i));
        }
    }

    /** Where rules want gradients that do not want them where parameters stand. */
    private Map<Value, Value> perturbed(List<Update> updates, List<Value> parameters, List<Value> gradients) {
        Map<Perturbation, List<Integer>> together = new LinkedHashMap<>();
        for (int i = 0; i < parameters.size(); i++) {
            int index = i;
            updates.get(i)
                    .rule()
                    .perturbation()
                    .ifPresent(how -> together.computeIfAbsent(how, _ -> new ArrayList<>())
                            .add(index));
        }
        Map<Value, Value> perturbed = new LinkedHashMap<>();
        together.forEach((how, indices) -> {
            List<Value> standing = indices.stream().map(parameters::get).toList();
            List<Value> others = how.at(
                    builder, standing, indices.stream().map(gradients::get).toList());
            for (int i = 0; i < standing.size(); i++) {
                perturbed.put(standing.get(i), others.get(i));
            }
        });
        return perturbed;
    }

    /** Compiles it, with updates and moving averages. */
    Executable compile(String purpose, Collection<Value> outputs, Backend backend, Parameters parameters) {
        return compile(built(purpose, outputs), description.computation().precision(), backend, parameters);
    }

    /** Compiles it so that running leaves all parameters as they are. */
    Executable compilePure(String purpose, Collection<Value> outputs, Backend backend, Parameters parameters) {
        return compile(
                built(purpose, outputs).withoutUpdates(),
                description.computation().precision(),
                backend,
                parameters);
    }

    private Graph built(String purpose, Collection<Value> outputs) {
        return builder.build(purpose + " batch " + batchSize, outputs);
    }

    /** The one door to a backend, for every graph of this room. */
    static Executable compile(Graph graph, DataType precision, Backend backend, Parameters parameters) {
        return backend.compile(Passes.afterGradients(graph, precision), parameters);
    }
}
