package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Parameters;
import dev.thalweg.loss.Loss;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.optim.Descent;
import dev.thalweg.tensor.Scope;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A network on a backend: its parameters, what the descent remembers of them, and what was compiled of it, once for
 * each purpose and batch size (the usual one and that of the last, incomplete batch).
 */
public final class CompiledNetwork implements AutoCloseable {
    private record Key(String purpose, int batchSize) {}

    private final Backend backend;
    private final Network network;
    private final Loss loss;
    private final Descent descent;
    private final Predicate<String> frozen;
    private final Computation computation;
    private final Map<Key, NetworkExecutable> passes = new HashMap<>();
    private Parameters parameters;
    /** Null where no parameter has a limit. */
    private NormLimit normLimit;

    private boolean laidOutForTraining;
    private boolean watched;

    /**
     * Takes weights to a backend.
     *
     * @param backend must stay open
     * @param network the architecture
     * @param weights row-major by name
     * @param loss null where only predictions are wanted
     * @param descent null where nothing is trained
     * @param frozen which parameters, by name, stay as they are
     * @param computation how it is computed
     */
    public CompiledNetwork(
            Backend backend,
            Network network,
            Map<String, float[]> weights,
            Loss loss,
            Descent descent,
            Predicate<String> frozen,
            Computation computation) {
        this.backend = backend;
        this.network = network;
        this.loss = loss;
        this.descent = descent;
        this.frozen = frozen;
        this.computation = computation;
        this.parameters = parametersWith(weights);
    }

    private Parameters parametersWith(Map<String, float[]> weights) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        network.parameters().forEach(p -> shapes.put(p.name(), p.shape()));
        try (Scope opening = new Scope()) {
            Parameters made = opening.own(backend.newParameters(shapes));
            weights.forEach((name, values) -> made.write(name, MemorySegment.ofArray(values)));
            opening.handOver();
            return made;
        }
    }

    public Backend backend() {
        return backend;
    }

    public Network network() {
        return network;
    }

    public Loss loss() {
        return loss;
    }

    public Descent descent() {
        return descent;
    }

    public Computation computation() {
        return computation;
    }

    public Parameters parameters() {
        return parameters;
    }

    /** The parameters that descent moves. */
    public List<ParameterSpec> trained() {
        return network.parameters().stream()
                .filter(p -> p.trained() && !frozen.test(p.name()))
                .toList();
    }

    /** The parameters that are to stay as they are. */
    public List<ParameterSpec> frozen() {
        return network.parameters().stream().filter(p -> frozen.test(p.name())).toList();
    }

    /** The pass that predicts. */
    public NetworkExecutable predictingPass(int batchSize) {
        return pass("predict", batchSize, null, null);
    }

    /** The pass that predicts and computes the loss. */
    public NetworkExecutable evaluatingPass(int batchSize) {
        return pass("evaluate", batchSize, loss, null);
    }

    /** The pass that trains. The first one brings the parameters into a layout for training. */
    public NetworkExecutable trainingPass(int batchSize) {
        if (!laidOutForTraining) {
            // The first graph compiled chooses the layout of the weights; that shall be one for training.
            if (!passes.isEmpty()) {
                rebuild();
            }
            normLimit = NormLimit.of(backend, parameters, trained(), descent);
            laidOutForTraining = true;
        }
        NetworkExecutable pass = pass("train", batchSize, loss, descent);
        pass.watch(watched);
        return pass;
    }

    private NetworkExecutable pass(String purpose, int batchSize, Loss withLoss, Descent withDescent) {
        return passes.computeIfAbsent(
                new Key(purpose, batchSize),
                key -> new NetworkExecutable(
                        backend, network, parameters, batchSize, withLoss, withDescent, frozen, computation));
    }

    private void rebuild() {
        Parameters before = parameters;
        parameters = parametersWith(weights());
        laidOutForTraining = false;
        try (Scope freed = new Scope()) {
            freed.own(before);
            closePasses(freed);
        }
    }

    /** Forgets gradients that wait for an update. */
    public void forgetGradients(int batchSize) {
        Map<String, List<float[]>> slots = slots();
        rebuild();
        trainingPass(batchSize);
        slots(slots);
    }

    /** What follows each update. */
    public void limitNorms() {
        if (normLimit != null) {
            normLimit.apply();
        }
    }

    /** Has training passes measure weights and movements. */
    public void watch(boolean on) {
        watched = on;
    }

    /** The weights as they stand, row-major by name. */
    public Map<String, float[]> weights() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (ParameterSpec spec : network.parameters()) {
            float[] values = new float[spec.shape().arrayLength()];
            parameters.read(spec.name(), MemorySegment.ofArray(values));
            weights.put(spec.name(), values);
        }
        return weights;
    }

    /** Sets the weights: all of them, or an IllegalArgumentException and none. */
    public void weights(Map<String, float[]> weights) {
        for (ParameterSpec spec : network.parameters()) {
            float[] values = weights.get(spec.name());
            if (values == null
                    || values.length != spec.shape().elements()
                    || weights.size() != network.parameters().size()) {
                throw new IllegalArgumentException("expected weights for " + spec.name() + " " + spec.shape() + " and "
                        + network.parameters().size() + " parameters in all, got "
                        + (values == null
                                ? "only " + weights.keySet()
                                : values.length + " numbers, " + weights.size() + " parameters"));
            }
        }
        weights.forEach((name, values) -> parameters.write(name, MemorySegment.ofArray(values)));
    }

    /** How many slots the descent has for a parameter. */
    public int slotCount(String parameter) {
        return descent.update(parameter).rule().slots();
    }

    /** What the descent remembers, a list for each parameter that is trained. */
    public Map<String, List<float[]>> slots() {
        Map<String, List<float[]>> slots = new LinkedHashMap<>();
        for (ParameterSpec spec : trained()) {
            List<float[]> numbers = new ArrayList<>();
            for (int slot = 0; slot < slotCount(spec.name()); slot++) {
                numbers.add(slot(spec, slot));
            }
            slots.put(spec.name(), numbers);
        }
        return slots;
    }

    public void slots(Map<String, List<float[]>> slots) {
        slots.forEach((name, numbers) -> {
            for (int slot = 0; slot < numbers.size(); slot++) {
                parameters.writeSlot(name, slot, MemorySegment.ofArray(numbers.get(slot)));
            }
        });
    }

    private float[] slot(ParameterSpec spec, int slot) {
        float[] values = new float[spec.shape().arrayLength()];
        parameters.readSlot(spec.name(), slot, MemorySegment.ofArray(values));
        return values;
    }

    /** The moving averages of the weights; what is not trained has none and counts as it stands. */
    public Map<String, float[]> averagedWeights() {
        Map<String, float[]> averages = weights();
        trained().forEach(spec -> averages.put(spec.name(), slot(spec, descent.averageSlot(spec.name()))));
        return averages;
    }

    /** Has everything compiled closed with a scope. */
    private void closePasses(Scope freed) {
        passes.values().forEach(freed::own);
        passes.clear();
        if (normLimit != null) {
            freed.own(normLimit);
            normLimit = null;
        }
    }

    @Override
    public void close() {
        try (Scope freed = new Scope()) {
            freed.own(parameters);
            closePasses(freed);
        }
    }
}
