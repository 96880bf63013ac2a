package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Executable;
import dev.thalweg.backend.Parameters;
import dev.thalweg.collective.Replication;
import dev.thalweg.data.Batch;
import dev.thalweg.graph.UpdateRule;
import dev.thalweg.loss.Outputs;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.Counted;
import dev.thalweg.text.PrintableText;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A network on a backend: its parameters, what the descent remembers of them, and what was compiled of it, once for
 * each purpose and batch size (the usual one and that of the last, incomplete batch).
 */
public final class CompiledNetwork implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CompiledNetwork.class.getName());

    private record Key(NetworkExecutable.Purpose purpose, int batchSize) {}

    private final Backend backend;
    private final ModelDescription description;
    private final Map<String, Outputs> outputs;
    private final Map<Key, NetworkExecutable> executables = new HashMap<>();
    private Parameters parameters;
    /** Null where no parameter has a limit. */
    private @Nullable Executable normLimit;

    /** How large the layers see pictures in training. */
    private Shape trainedOn;

    private Replication replication = Replication.NONE;

    private boolean laidOutForTraining;
    private boolean watched;

    /**
     * Takes the weights to a backend.
     *
     * @param backend must stay open
     * @param description what is computed, and how
     * @throws dev.thalweg.tensor.UnavailableException if the backend cannot compute in that precision here
     */
    public CompiledNetwork(Backend backend, ModelDescription description) {
        description.computation().check(backend);
        description.computation().warning(backend).ifPresent(warning -> LOG.log(System.Logger.Level.WARNING, warning));
        this.backend = backend;
        this.outputs = description.outputs();
        this.trainedOn = description.network().pictures().shape();
        this.parameters = parametersWith(backend, description, description.weights());
        // The weights are in the parameters now: the heap need not hold them too.
        this.description = description.withWeights(Map.of());
    }

    private static Parameters parametersWith(
            Backend backend, ModelDescription description, Map<String, float[]> weights) {
        try (Scope opening = new Scope()) {
            Parameters made = opening.own(backend.newParameters(allShapes(description)));
            weights.forEach((name, values) -> made.write(name, MemorySegment.ofArray(values)));
            opening.handOver();
            return made;
        }
    }

    private static Map<String, Shape> shapes(Network network) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        network.parameters().forEach(p -> shapes.put(p.name(), p.shape()));
        return shapes;
    }

    /** Those of the network's parameters, and of the averages that rules keep beside those that are trained. */
    private static Map<String, Shape> allShapes(ModelDescription description) {
        Map<String, Shape> shapes = shapes(description.network());
        if (description.optimizer() != null) {
            for (ParameterSpec spec : description.trainable()) {
                for (int i = 0; i < rule(description, spec.name()).averages(); i++) {
                    shapes.put(UpdateRule.averageName(spec.name(), i), spec.shape());
                }
            }
        }
        return shapes;
    }

    private static UpdateRule rule(ModelDescription description, String parameter) {
        return description.descent().update(parameter).rule();
    }

    /** {@return what computes} */
    public Backend backend() {
        return backend;
    }

    /** {@return what is computed, and how, without weights: they are here} */
    public ModelDescription description() {
        return description;
    }

    /** {@return what each output yields, see {@link ModelDescription#outputs}} */
    public Map<String, Outputs> outputs() {
        return outputs;
    }

    private Network network() {
        return description.network();
    }

    /** {@return what predicts} */
    public NetworkExecutable predicting(int batchSize) {
        return executable(NetworkExecutable.Purpose.PREDICT, batchSize);
    }

    /** {@return what predicts and computes the loss} */
    public NetworkExecutable evaluating(int batchSize) {
        return executable(NetworkExecutable.Purpose.EVALUATE, batchSize);
    }

    /** {@return what trains} */
    public NetworkExecutable training(int batchSize) {
        layOutForTraining();
        NetworkExecutable executable = executable(NetworkExecutable.Purpose.TRAIN, batchSize);
        executable.watch(watched);
        return executable;
    }

    /**
     * Has the layers see pictures of another size in training from now on. What trained them before is freed: no
     * gradients may wait there.
     *
     * @param shape {@code [C, H, W]}
     * @throws dev.thalweg.tensor.ShapeException if the network does not take them
     */
    public void trainOn(Shape shape) {
        if (shape.equals(trainedOn)) {
            return;
        }
        trainedOn = shape;
        freeTraining();
    }

    /**
     * Has training compute one replica's part of batches from now on. What trained before is freed: no gradients may
     * wait there.
     *
     * @param among the other replicas; {@link Replication#NONE} for whole batches
     */
    public void replicate(Replication among) {
        if (!among.equals(replication)) {
            replication = among;
            freeTraining();
        }
    }

    /** {@return in which layouts the parameters lie, see {@link Parameters#layouts}} */
    public String parameterLayouts() {
        return parameters.layouts();
    }

    /** Has gradients added up as parameters lie, which is so in all replicas; what trained before is freed. */
    public void addUpAsParametersLie() {
        replication = replication.withLaidOutAlike(true);
        freeTraining();
    }

    private void freeTraining() {
        try (Scope freed = new Scope()) {
            executables.entrySet().removeIf(entry -> {
                boolean training = entry.getKey().purpose() == NetworkExecutable.Purpose.TRAIN;
                if (training) {
                    freed.own(entry.getValue());
                }
                return training;
            });
        }
    }

    /** {@return what computes the gradients of the loss as training does, and moves nothing} */
    public NetworkExecutable differentiating(int batchSize) {
        return executable(NetworkExecutable.Purpose.GRADIENTS, batchSize);
    }

    /** The first graph compiled chooses the layout of the weights; that shall be one for training. */
    private void layOutForTraining() {
        if (!laidOutForTraining) {
            if (!executables.isEmpty()) {
                rebuild();
            }
            normLimit = NormLimit.of(description)
                    .map(graph -> NetworkGraph.compile(graph, DataType.FLOAT32, backend, parameters))
                    .orElse(null);
            laidOutForTraining = true;
        }
    }

    private NetworkExecutable executable(NetworkExecutable.Purpose purpose, int batchSize) {
        return executables.computeIfAbsent(
                new Key(purpose, batchSize),
                key -> NetworkExecutable.compile(
                        description,
                        purpose,
                        batchSize,
                        purpose == NetworkExecutable.Purpose.TRAIN
                                ? trainedOn
                                : network().pictures().shape(),
                        purpose == NetworkExecutable.Purpose.TRAIN ? replication : Replication.NONE,
                        backend,
                        parameters));
    }

    private void rebuild() {
        Parameters before = parameters;
        parameters = parametersWith(backend, description, weights());
        laidOutForTraining = false;
        // They are laid out anew.
        replication = replication.withLaidOutAlike(false);
        try (Scope freed = new Scope()) {
            freed.own(before);
            closeExecutables(freed);
        }
    }

    /** {@return what shows the numbers to be quantized, to be closed before this} */
    public QuantizationProbe probe(int batchSize) {
        return QuantizationProbe.compile(description, batchSize, backend, parameters);
    }

    /** Finds where in pictures an output of the network sees a class, see {@link GradCam}. */
    public List<float[][]> classActivations(Batch batch, String output, int... classes) {
        return GradCam.of(backend, description, parameters, batch, output, classes);
    }

    /** Forgets gradients that wait for an update. */
    public void forgetGradients(int batchSize) {
        Map<String, List<float[]>> slots = slots();
        rebuild();
        training(batchSize);
        slots(slots);
    }

    /** What follows each update. */
    public void limitNorms() {
        if (normLimit != null) {
            normLimit.run(1, 0);
        }
    }

    /** Has training measure weights and movements. */
    public void watch(boolean on) {
        watched = on;
    }

    /** The weights as they stand, row-major by name. */
    public Map<String, float[]> weights() {
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (ParameterSpec spec : network().parameters()) {
            float[] values = new float[spec.shape().arrayLength()];
            parameters.read(spec.name(), MemorySegment.ofArray(values));
            weights.put(spec.name(), values);
        }
        return weights;
    }

    /** Sets the weights: all of them, or an IllegalArgumentException and none. */
    public void weights(Map<String, float[]> weights) {
        Map<String, Shape> shapes = shapes(network());
        List<String> wrong = new ArrayList<>();
        shapes.forEach((name, shape) -> {
            if (!weights.containsKey(name)) {
                wrong.add("none for " + name);
            }
        });
        weights.forEach((name, values) -> {
            Shape shape = shapes.get(name);
            if (shape == null) {
                wrong.add("some for " + PrintableText.excerpt(name) + ", which is no parameter");
            } else if (values.length != shape.elements()) {
                wrong.add(Counted.of(values.length, "number") + " for " + name + " " + shape);
            }
        });
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("expected weights of the network's "
                    + Counted.of(shapes.size(), "parameter") + ", got " + PrintableText.list(wrong));
        }
        weights.forEach((name, values) -> parameters.write(name, MemorySegment.ofArray(values)));
    }

    /** How many numbers the descent remembers for each element of a parameter: in slots, then in averages. */
    public int slotCount(String parameter) {
        UpdateRule rule = rule(description, parameter);
        return rule.slots() + rule.averages();
    }

    /** What the descent remembers, a list for each parameter that is trained: its slots, then its averages. */
    public Map<String, List<float[]>> slots() {
        Map<String, List<float[]>> slots = new LinkedHashMap<>();
        for (ParameterSpec spec : description.trainable()) {
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
            int own = rule(description, name).slots();
            for (int slot = 0; slot < numbers.size(); slot++) {
                MemorySegment values = MemorySegment.ofArray(numbers.get(slot));
                if (slot < own) {
                    parameters.writeSlot(name, slot, values);
                } else {
                    parameters.write(UpdateRule.averageName(name, slot - own), values);
                }
            }
        });
    }

    private float[] slot(ParameterSpec spec, int slot) {
        float[] values = new float[spec.shape().arrayLength()];
        int own = rule(description, spec.name()).slots();
        if (slot < own) {
            parameters.readSlot(spec.name(), slot, MemorySegment.ofArray(values));
        } else {
            parameters.read(UpdateRule.averageName(spec.name(), slot - own), MemorySegment.ofArray(values));
        }
        return values;
    }

    /** The averages of the weights; what has none counts as it stands, as what is not trained. */
    public Map<String, float[]> averagedWeights() {
        Map<String, float[]> averages = weights();
        for (ParameterSpec spec : description.trainable()) {
            int slot = description.descent().averageSlot(spec.name());
            if (slot >= 0) {
                averages.put(spec.name(), slot(spec, slot));
            }
        }
        return averages;
    }

    /** Has everything compiled closed with a scope. */
    private void closeExecutables(Scope freed) {
        executables.values().forEach(freed::own);
        executables.clear();
        if (normLimit != null) {
            freed.own(normLimit);
            normLimit = null;
        }
    }

    @Override
    public void close() {
        try (Scope freed = new Scope()) {
            freed.own(parameters);
            closeExecutables(freed);
        }
    }
}
