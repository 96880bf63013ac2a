package dev.thalweg;

import dev.thalweg.backend.Backend;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.data.Normalization;
import dev.thalweg.data.Provenance;
import dev.thalweg.data.Resize;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.engine.BackendSpec;
import dev.thalweg.engine.Computation;
import dev.thalweg.engine.DataPorts;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.graph.Quantization;
import dev.thalweg.inference.Calibration;
import dev.thalweg.inference.Quantizer;
import dev.thalweg.io.BadFileException;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.Layer;
import dev.thalweg.model.Network;
import dev.thalweg.model.Port;
import dev.thalweg.optim.Optimizer;
import dev.thalweg.saving.ModelFile;
import dev.thalweg.tensor.Precision;
import dev.thalweg.tensor.Shape;
import dev.thalweg.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Model} has: its description, what it learnt from, and what was opened and compiled of it, which is
 * thrown away whenever the description changes. One thread at a time uses it, except for reading what does not live
 * off the heap.
 */
final class ModelState {
    /** What the keys begin with under which a file's metadata says what this library must know. */
    private static final String OWN_KEYS = "thalweg.";

    /** Its weights are those that the trainer began with, or ended with when it was freed. */
    private volatile ModelDescription description;

    /** By output; of those that are not named nothing is known. */
    private volatile Map<String, TargetSpec> targets;

    private volatile Provenance provenance;
    /** Whether nobody said how pictures are normalized, and no training was on such. */
    private volatile boolean normalizationAssumed;
    /** Null until it is needed. */
    private @Nullable Backend backend;
    /** Null until it is needed, and after each change of what it was made with. */
    private @Nullable Trainer trainer;

    private ModelState(
            ModelDescription description,
            boolean normalizationAssumed,
            Map<String, TargetSpec> targets,
            Provenance provenance) {
        this.description = description;
        this.normalizationAssumed = normalizationAssumed;
        this.targets = targets;
        this.provenance = provenance;
    }

    /** A network with first weights from seed 0. */
    static ModelState of(Network network) {
        return new ModelState(
                ModelDescription.of(
                        network,
                        network.initialWeights(0),
                        Normalization.unit(network.pictures().shape().dim(0))),
                true,
                Map.of(),
                Provenance.UNKNOWN);
    }

    static ModelState load(Path file) throws IOException {
        ModelFile content = ModelFile.read(file);
        ModelDescription floats = ModelDescription.of(content.network(), content.weights(), content.normalization())
                .withLosses(content.losses())
                .with(Computation.PLAIN.testTimeAugmentation(content.testTimeAugmentation()));
        return new ModelState(
                quantized(file, floats, content.quantized()),
                content.normalizationAssumed(),
                content.targets(),
                content.provenance());
    }

    private static ModelDescription quantized(Path file, ModelDescription floats, Map<String, Quantization> sources)
            throws BadFileException {
        if (sources.isEmpty()) {
            return floats;
        }
        try {
            return floats.quantized(sources);
        } catch (IllegalArgumentException e) {
            throw new BadFileException(file, Objects.requireNonNull(e.getMessage()), e);
        }
    }

    void save(Path file, Map<String, String> notes) throws IOException {
        for (String key : notes.keySet()) {
            if (key.startsWith(OWN_KEYS)) {
                throw new IllegalArgumentException(
                        "keys of notes do not begin with \"" + OWN_KEYS + "\", got \"" + key + "\"");
            }
        }
        new ModelFile(
                        network(),
                        description.normalization(),
                        normalizationAssumed,
                        targets,
                        description.losses(),
                        weights(),
                        description.computation().quantized(),
                        description.computation().testTimeAugmentation(),
                        provenance)
                .write(file, notes, Map.of());
    }

    Network network() {
        return description.network();
    }

    Normalization normalization() {
        return description.normalization();
    }

    boolean normalizationAssumed() {
        return normalizationAssumed;
    }

    void normalization(Normalization scaling, boolean assumed) {
        apply(description -> description.with(scaling));
        normalizationAssumed = assumed;
    }

    Map<String, Quantization> quantization() {
        return description.computation().quantized();
    }

    Precision precision() {
        return Compilation.precision(description);
    }

    TestTimeAugmentation testTimeAugmentation() {
        return description.computation().testTimeAugmentation();
    }

    void quantization(Map<String, Quantization> sources) {
        apply(description -> description.quantized(sources));
    }

    Map<String, TargetSpec> targets() {
        return targets;
    }

    Provenance provenance() {
        return provenance;
    }

    void resize(Resize how) {
        provenance = new Provenance(how, provenance.partition());
    }

    /** The weights as they stand, for the caller to keep. */
    Map<String, float[]> weights() {
        if (trainer != null) {
            return trainer.weights();
        }
        Map<String, float[]> copy = new LinkedHashMap<>();
        description.weights().forEach((name, values) -> copy.put(name, values.clone()));
        return copy;
    }

    /** The description with the weights as they stand. */
    ModelDescription standing() {
        return description.withWeights(weights());
    }

    Backend backend() {
        if (backend == null) {
            backend = description.backend().open();
        }
        return backend;
    }

    Trainer trainer() {
        if (trainer == null) {
            trainer = new Trainer(backend(), description);
        }
        return trainer;
    }

    /** Opens another backend; where that fails, everything stays as it was. */
    void backend(BackendSpec chosen) {
        try (Scope before = new Scope();
                Scope opening = new Scope()) {
            Backend opened = opening.own(chosen.open());
            apply(description -> description.with(chosen));
            if (backend != null) {
                before.own(backend);
            }
            backend = opened;
            opening.handOver();
        }
    }

    /** Begins anew with first weights. */
    void draw(long seed) {
        begin(description.withWeights(network().initialWeights(seed)));
    }

    /**
     * Computes otherwise from the next use on, with the weights as they stand. Where the change is refused, everything
     * stays as it was.
     */
    void apply(UnaryOperator<ModelDescription> change) {
        ModelDescription changed = change.apply(description);
        begin(changed.withWeights(trainer == null ? description.weights() : trainer.weights()));
    }

    /** Trains from the next use on by an optimizer and losses that go together. */
    void compile(UnaryOperator<ModelDescription> withLosses, Optimizer optimizer) {
        apply(description -> {
            ModelDescription compiled = withLosses.apply(description).with(optimizer);
            compiled.check();
            return compiled;
        });
    }

    Compilation compilation() {
        return Compilation.of(description);
    }

    /** Frees everything compiled. */
    private void begin(ModelDescription changed) {
        if (trainer != null) {
            trainer.close();
            trainer = null;
        }
        description = changed;
    }

    /** Takes over weights of a saved model that fit; their names. */
    List<String> loadWeights(Path file) throws IOException {
        ModelFile other = ModelFile.read(file);
        ModelDescription standing = standing();
        List<String> taken = standing.fitting(other.network());
        if (taken.isEmpty()) {
            throw new IllegalArgumentException(file
                    + ": no weight has the name and shape of one of this model's; it has "
                    + other.weights().keySet() + ", expected some of "
                    + standing.weights().keySet());
        }
        begin(standing.replaceWeights(taken, other.weights()));
        return taken;
    }

    /** Another model with other last layers, which knows nothing of targets yet. */
    ModelState withHead(long seed, List<Layer> layers) {
        description.checkFloats("replaceHead");
        Network headed = network().withHead(layers);
        Map<String, float[]> all = headed.initialWeights(seed);
        weights().forEach(all::replace);
        return new ModelState(
                description.with(headed, all),
                normalizationAssumed,
                Map.of(),
                new Provenance(provenance.resize(), null));
    }

    /** Another model that computes in 8-bit integers. */
    ModelState quantized(ImageDataset data, Calibration calibration) {
        description.checkFloats("quantize");
        return new ModelState(
                Quantizer.quantize(backend(), standing(), data, calibration),
                normalizationAssumed,
                targets,
                provenance);
    }

    /** Takes over what an output stands for. */
    void targets(String output, TargetSpec what) {
        Shape outputs = network().outputs().stream()
                .filter(port -> port.name().equals(output))
                .map(Port::shape)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the network has no output \"" + output
                        + "\", expected one of " + network().outputs()));
        if (!what.names().isEmpty() && what.names().size() != outputs.dim(0)) {
            throw new IllegalArgumentException("output " + output + " is " + outputs + ", expected as many names, got "
                    + what.names().size());
        }
        Map<String, TargetSpec> changed = new LinkedHashMap<>(targets);
        changed.put(output, what);
        targets = Map.copyOf(changed);
    }

    /** Takes over what the outputs stand for. */
    void learnt(ImageDataset data) {
        Map<String, TargetSpec> learnt = new LinkedHashMap<>();
        DataPorts.targets(network(), data).forEach((output, wanted) -> learnt.put(output, wanted.spec()));
        targets = Map.copyOf(learnt);
        provenance = data.provenance();
        normalizationAssumed = false;
    }

    /** The data with the targets that the model knows; a model without losses gets those usual for them. */
    ImageDataset toEvaluate(ImageDataset data) {
        ImageDataset labelled = DataPorts.relabelled(network(), data, targets);
        if (description.losses().isEmpty()) {
            apply(description -> description.withUsualLosses(DataPorts.targets(network(), labelled)));
        }
        return labelled;
    }

    void free() {
        try (Scope all = new Scope()) {
            if (backend != null) {
                all.own(backend);
            }
            if (trainer != null) {
                all.own(trainer);
            }
        }
    }
}
