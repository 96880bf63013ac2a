package dev.thalweg.engine;

import dev.thalweg.data.Normalization;
import dev.thalweg.data.Targets;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.Value;
import dev.thalweg.loss.Loss;
import dev.thalweg.loss.OutputLoss;
import dev.thalweg.loss.Outputs;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.model.Port;
import dev.thalweg.optim.Descent;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.optim.Schedule;
import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.PrintableText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that says what a model computes, and how: whatever runs is made of it. Immutable; nobody changes the
 * numbers in the arrays.
 *
 * @param network the architecture
 * @param weights row-major by name
 * @param normalization how bytes of pictures become floats
 * @param losses what to make small, by output in their order; empty where nothing but predictions is wanted
 * @param optimizer how; null where nothing is trained
 * @param frozen names of parameters that training leaves as they are
 * @param computation in which precision, and whether memory or time is dear
 * @param chosenBackend what computes; null for what {@link BackendSpec#automatic} chooses when it is asked
 */
public record ModelDescription(
        Network network,
        Map<String, float[]> weights,
        Normalization normalization,
        Map<String, OutputLoss> losses,
        @Nullable Optimizer optimizer,
        Set<String> frozen,
        Computation computation,
        @Nullable BackendSpec chosenBackend) {
    /** Checks that pictures can become floats. */
    public ModelDescription {
        Objects.requireNonNull(normalization, "normalization");
    }

    /**
     * {@return a description of a network that predicts, in 32-bit floats}
     *
     * @param network the architecture
     * @param weights row-major by name
     * @param normalization how bytes of pictures become floats
     */
    public static ModelDescription of(Network network, Map<String, float[]> weights, Normalization normalization) {
        return new ModelDescription(network, weights, normalization, Map.of(), null, Set.of(), Computation.PLAIN, null);
    }

    /**
     * {@return this with another architecture and its weights, not compiled and computed in floats; nothing else of
     * what is set is lost}
     */
    @CheckReturnValue
    public ModelDescription with(Network other, Map<String, float[]> itsWeights) {
        return new ModelDescription(
                other, itsWeights, normalization, Map.of(), null, frozen, computation.inFloats(), chosenBackend);
    }

    /** {@return this with other weights} */
    @CheckReturnValue
    public ModelDescription withWeights(Map<String, float[]> other) {
        return new ModelDescription(
                network, other, normalization, losses, optimizer, frozen, computation, chosenBackend);
    }

    /**
     * {@return the names of the parameters that another network has too, in the same shape}
     *
     * @param other the network
     */
    public List<String> fitting(Network other) {
        Set<Map.Entry<String, Shape>> theirs = other.parameters().stream()
                .map(p -> Map.entry(p.name(), p.shape()))
                .collect(Collectors.toSet());
        return network.parameters().stream()
                .filter(p -> theirs.contains(Map.entry(p.name(), p.shape())))
                .map(ParameterSpec::name)
                .toList();
    }

    /** {@return this with the weights of some names taken from others} */
    @CheckReturnValue
    public ModelDescription replaceWeights(List<String> names, Map<String, float[]> others) {
        Map<String, float[]> merged = new LinkedHashMap<>(weights);
        names.forEach(name -> merged.put(name, others.get(name)));
        return withWeights(merged);
    }

    /** {@return this with another scaling of pictures} */
    @CheckReturnValue
    public ModelDescription with(Normalization other) {
        return new ModelDescription(network, weights, other, losses, optimizer, frozen, computation, chosenBackend);
    }

    /**
     * {@return this with another loss}
     *
     * @param other of the only output
     * @throws IllegalArgumentException if there are several
     */
    @CheckReturnValue
    public ModelDescription with(Loss other) {
        if (network.outputs().size() > 1) {
            throw new IllegalArgumentException("the network has the outputs " + outputNames()
                    + ", expected a loss for each by its name, got " + other);
        }
        return withLosses(Map.of(outputNames().getFirst(), new OutputLoss(other, 1)));
    }

    /**
     * {@return this with other losses}
     *
     * @param others by output; empty for none
     * @throws IllegalArgumentException if an output has none, or there is one of no output
     */
    @CheckReturnValue
    public ModelDescription withLosses(Map<String, OutputLoss> others) {
        if (!others.isEmpty() && !others.keySet().equals(Set.copyOf(outputNames()))) {
            throw new IllegalArgumentException(
                    "expected a loss for each of the outputs " + outputNames() + ", got some for " + others.keySet());
        }
        Map<String, OutputLoss> ordered = new LinkedHashMap<>();
        outputNames().stream().filter(others::containsKey).forEach(name -> ordered.put(name, others.get(name)));
        return new ModelDescription(
                network, weights, normalization, ordered, optimizer, frozen, computation, chosenBackend);
    }

    /**
     * {@return this with other losses}
     *
     * @param others of all outputs, by name
     * @param weights by name; 1 where none is given
     * @throws IllegalArgumentException if an output has no loss, or there is a loss or a weight of no output
     */
    @CheckReturnValue
    public ModelDescription withLosses(Map<String, Loss> others, Map<String, Double> weights) {
        if (!others.keySet().containsAll(weights.keySet())) {
            throw new IllegalArgumentException(
                    "expected weights of some of the losses of " + others.keySet() + ", got " + weights.keySet());
        }
        Map<String, OutputLoss> weighted = new LinkedHashMap<>();
        others.forEach((output, loss) -> weighted.put(output, new OutputLoss(loss, weights.getOrDefault(output, 1.0))));
        return withLosses(weighted);
    }

    /** {@return this with the losses that such targets, one of each output by its name, have usually} */
    @CheckReturnValue
    public ModelDescription withUsualLosses(Map<String, Targets> targets) {
        Map<String, OutputLoss> usual = new LinkedHashMap<>();
        outputs()
                .forEach((output, yielded) -> Optional.ofNullable(targets.get(output))
                        .ifPresent(wanted -> usual.put(output, new OutputLoss(Loss.usual(wanted.kind(), yielded), 1))));
        return withLosses(usual);
    }

    /** {@return the names of the outputs in their order} */
    public List<String> outputNames() {
        return network.outputs().stream().map(Port::name).toList();
    }

    /** {@return this with another optimizer} */
    @CheckReturnValue
    public ModelDescription with(Optimizer other) {
        return new ModelDescription(network, weights, normalization, losses, other, frozen, computation, chosenBackend);
    }

    /** {@return this with other learning rates, in place of those that the optimizer has, whatever it is} */
    @CheckReturnValue
    public ModelDescription with(Schedule rates) {
        Descent now = descent();
        return with(new Descent(
                now.rule(),
                rates,
                now.clipping(),
                now.regularization(),
                now.groups(),
                now.emaMomentum(),
                now.gradientAccumulationSteps(),
                now.skipNonFinite()));
    }

    /**
     * {@return this computed otherwise}
     *
     * @throws dev.thalweg.tensor.ShapeException if its pictures cannot be looked at so
     */
    @CheckReturnValue
    public ModelDescription with(Computation other) {
        other.testTimeAugmentation().check(network.pictures().shape());
        return new ModelDescription(network, weights, normalization, losses, optimizer, frozen, other, chosenBackend);
    }

    /**
     * {@return this computed in 8-bit integers}
     *
     * @param activations how what flows is quantized, by the names of
     *         {@link dev.thalweg.graph.Passes#quantizableNames}
     * @throws IllegalArgumentException if there is no such name, or the precision is not that of 32-bit floats
     */
    @CheckReturnValue
    public ModelDescription quantized(Map<String, Quantization> activations) {
        Set<String> names = new NetworkGraph(this, 1).quantizableNames();
        if (!names.containsAll(activations.keySet())) {
            throw new IllegalArgumentException("quantizations were given for "
                    + PrintableText.list(activations.keySet().stream().toList()) + ", expected some of the kernels "
                    + PrintableText.list(names.stream().toList()));
        }
        return with(computation.quantized(activations));
    }

    /** {@return this computed elsewhere} */
    @CheckReturnValue
    public ModelDescription with(BackendSpec other) {
        return new ModelDescription(network, weights, normalization, losses, optimizer, frozen, computation, other);
    }

    /**
     * {@return this with the parameters frozen whose names match a regular expression; all others thaw}
     *
     * @param names {@code ""} freezes nothing
     * @throws IllegalArgumentException if it is no regular expression, or fits no parameter
     */
    @CheckReturnValue
    public ModelDescription freeze(String names) {
        List<String> all =
                network.parameters().stream().map(ParameterSpec::name).toList();
        Set<String> matching =
                all.stream().filter(Pattern.compile(names).asMatchPredicate()).collect(Collectors.toUnmodifiableSet());
        if (matching.isEmpty() && !names.isEmpty()) {
            throw new IllegalArgumentException(
                    "freeze(\"" + names + "\") fits no parameter: their names are " + PrintableText.list(all));
        }
        return new ModelDescription(
                network, weights, normalization, losses, optimizer, matching, computation, chosenBackend);
    }

    /**
     * Refuses a model that computes in 8-bit integers.
     *
     * @param use what for
     * @throws IllegalStateException if it does
     */
    public void checkFloats(String use) {
        if (!computation.quantized().isEmpty()) {
            throw new IllegalStateException("a quantized model predicts and is evaluated: expected the model in floats"
                    + " that it was made of for " + use
                    + ", or quantization(Map.of()), which has it compute in the floats that its integers stand for");
        }
    }

    /** {@return what computes, as it was chosen or else by itself} */
    public BackendSpec backend() {
        return chosenBackend == null ? BackendSpec.automatic() : chosenBackend;
    }

    /**
     * {@return the optimizer with all its settings}
     *
     * @throws IllegalStateException if nothing is trained
     */
    public Descent descent() {
        if (optimizer == null) {
            throw new IllegalStateException("the model has no optimizer yet: call compile before training");
        }
        return optimizer.descent();
    }

    /** {@return the parameters that descent moves} */
    public List<ParameterSpec> trainable() {
        return network.parameters().stream()
                .filter(p -> p.trainable() && !frozen.contains(p.name()))
                .toList();
    }

    /** {@return the names of the parameters that stay as they are, in the network's order} */
    public List<String> frozenNames() {
        return network.parameters().stream()
                .map(ParameterSpec::name)
                .filter(frozen::contains)
                .toList();
    }

    /** {@return what each output yields, as far as its last operations tell, in their order} */
    public Map<String, Outputs> outputs() {
        GraphBuilder builder = new GraphBuilder();
        List<Value> flowing = network.inputs().stream()
                .map(port -> builder.input(port.name(), port.shape().batched(1)))
                .toList();
        List<Value> results = network.build(builder, flowing, false, name -> false);
        Map<String, Outputs> kinds = new LinkedHashMap<>();
        for (int i = 0; i < results.size(); i++) {
            kinds.put(outputNames().get(i), Outputs.of(builder, results.get(i)));
        }
        return kinds;
    }

    /**
     * Looks whether network, optimizer and loss go together.
     *
     * @return a warning where they are unusual together but may be meant; else empty
     * @throws IllegalArgumentException if a parameter group has no parameters, or the loss expects other outputs than
     *             the network has
     */
    public Optional<String> check() {
        descent()
                .checkGroups(network.parameters().stream()
                        .filter(ParameterSpec::trainable)
                        .map(ParameterSpec::name)
                        .toList());
        Map<String, Outputs> yielded = outputs();
        List<String> warnings = new ArrayList<>();
        yielded.forEach((output, kind) -> Optional.ofNullable(losses.get(output))
                .flatMap(one -> one.loss().check(kind))
                .ifPresent(warnings::add));
        return warnings.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", warnings));
    }
}
