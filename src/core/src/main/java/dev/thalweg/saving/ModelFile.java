package dev.thalweg.saving;

import dev.thalweg.data.Normalization;
import dev.thalweg.data.Provenance;
import dev.thalweg.data.TargetSpec;
import dev.thalweg.data.TestTimeAugmentation;
import dev.thalweg.format.Safetensors;
import dev.thalweg.format.SafetensorsReader;
import dev.thalweg.graph.Quantization;
import dev.thalweg.io.BadFileException;
import dev.thalweg.loss.Loss;
import dev.thalweg.loss.OutputLoss;
import dev.thalweg.model.Layer;
import dev.thalweg.model.LayerCall;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.model.Submodule;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.text.Counted;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A whole model in one safetensors file: the weights as tensors, everything else as JSON under the metadata key
 * {@value #KEY}.
 *
 * @param network the architecture
 * @param normalization how its pictures are scaled
 * @param normalizationAssumed whether that is only assumed: neither a training nor anybody said it
 * @param targets what its outputs stand for, by their names; of those that are not named nothing is known
 * @param losses what it was trained to make small, by output; empty if it was not trained
 * @param weights row-major by name
 * @param quantized how 8-bit integers stand for what flows, by the names of
 *     {@link dev.thalweg.graph.Passes#quantizableNames}; parameters of these names are saved as integers too; empty if
 *     all computes in floats
 * @param testTimeAugmentation how it looks at pictures when it predicts
 * @param provenance where the pictures come from that it was trained on
 */
public record ModelFile(
        Network network,
        Normalization normalization,
        boolean normalizationAssumed,
        Map<String, TargetSpec> targets,
        Map<String, OutputLoss> losses,
        Map<String, float[]> weights,
        Map<String, Quantization> quantized,
        TestTimeAugmentation testTimeAugmentation,
        Provenance provenance) {
    /** Where the architecture stands. */
    public static final String KEY = "thalweg.model";

    /**
     * Copies the names, and checks that everything is given and printable, and that the normalization is one of such
     * pictures.
     */
    public ModelFile {
        Objects.requireNonNull(network, "network");
        Objects.requireNonNull(normalization, "normalization");
        Objects.requireNonNull(weights, "weights");
        Objects.requireNonNull(testTimeAugmentation, "testTimeAugmentation");
        Objects.requireNonNull(provenance, "provenance");
        targets = Collections.unmodifiableMap(new LinkedHashMap<>(targets));
        losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
        quantized = Collections.unmodifiableMap(new LinkedHashMap<>(quantized));
        QuantizedTensors.check(network, quantized);
        testTimeAugmentation.check(network.pictures().shape());
        Set<String> unknown = new LinkedHashSet<>(targets.keySet());
        unknown.addAll(losses.keySet());
        network.outputs().forEach(port -> unknown.remove(port.name()));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("expected something of the outputs " + network.outputs() + ", got "
                    + PrintableText.excerpt(unknown));
        }
        if (!losses.isEmpty() && losses.size() != network.outputs().size()) {
            throw new IllegalArgumentException("expected a loss for each of the outputs " + network.outputs()
                    + ", got some for " + losses.keySet());
        }
        for (TargetSpec spec : targets.values()) {
            for (String name : spec.names()) {
                if (!PrintableText.isPrintable(name)) {
                    throw new IllegalArgumentException(
                            "names of outputs must be printable, got \"" + PrintableText.excerpt(name) + "\"");
                }
            }
        }
        if (normalization.mean().size() != network.pictures().shape().dim(0)) {
            throw new ShapeException("the normalization is of "
                    + Counted.of(normalization.mean().size(), "channel") + ", expected those of the pictures "
                    + network.pictures().shape());
        }
    }

    /**
     * {@return what an output stands for; {@link TargetSpec#UNKNOWN} where nothing is known}
     *
     * @param output its name
     */
    public TargetSpec targets(String output) {
        return targets.getOrDefault(output, TargetSpec.UNKNOWN);
    }

    /**
     * Writes the model; a file that stood there is replaced in one move.
     *
     * @param file where
     * @throws IOException if it cannot be written
     * @throws IllegalStateException if a weight is not a number, after a training that diverged, or a layer has no
     *             registered name, or components that could not be read again
     */
    public void write(Path file) throws IOException {
        write(file, Map.of(), Map.of());
    }

    /**
     * Writes the model and what else belongs to it; a file that stood there is replaced in one move.
     *
     * @param file where
     * @param moreMetadata free text by key
     * @param moreTensors by names that no parameter has
     * @throws IOException if it cannot be written
     * @throws IllegalStateException if a weight is not a number, after a training that diverged, or a layer has no
     *             registered name, or components that could not be read again
     */
    public void write(Path file, Map<String, String> moreMetadata, Map<String, Safetensors.NamedTensor> moreTensors)
            throws IOException {
        weights.forEach(ModelFile::checkFinite);
        checkNames(network.calls());
        List<ModelJson.Output> told =
                network.outputs().stream().map(port -> told(port.name())).toList();
        // One output with a loss that is not weighed is told as it was before there could be several.
        boolean several = told.size() > 1 || told.stream().anyMatch(ModelJson.Output::isWeighed);
        ModelJson description = new ModelJson(
                ModelText.VERSION,
                null,
                network.inputs().stream().map(ModelJson.Input::of).toList(),
                network.calls(),
                network.ends(),
                normalization,
                normalizationAssumed ? true : null,
                several ? null : told.getFirst().outputNames(),
                several ? null : told.getFirst().targets(),
                several ? null : told.getFirst().loss(),
                several ? told : null,
                quantized.isEmpty() ? null : quantized,
                testTimeAugmentation.equals(TestTimeAugmentation.NONE) ? null : testTimeAugmentation,
                provenance);
        Map<String, Safetensors.NamedTensor> tensors = new LinkedHashMap<>();
        for (ParameterSpec spec : network.parameters()) {
            float[] values = weightsOf(spec.name());
            if (quantized.containsKey(spec.name())) {
                QuantizedTensors.put(spec, values, tensors);
            } else {
                tensors.put(spec.name(), new Safetensors.NamedTensor(spec.shape(), values));
            }
        }
        tensors.putAll(moreTensors);
        Map<String, String> metadata = new LinkedHashMap<>(moreMetadata);
        metadata.put(KEY, ModelText.write(description));
        new Safetensors(metadata, tensors).write(file);
    }

    private float[] weightsOf(String parameter) {
        float[] values = weights.get(parameter);
        if (values == null) {
            throw new IllegalStateException("the model is not saved: it has no weights for " + parameter);
        }
        return values;
    }

    private ModelJson.Output told(String output) {
        OutputLoss one = losses.get(output);
        return new ModelJson.Output(
                output,
                targets(output).kind(),
                targets(output).names(),
                one == null ? null : LossJson.write(ModelText.JSON, one.loss()),
                one == null ? null : one.weight());
    }

    private static void checkFinite(String name, float[] values) {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new IllegalStateException(
                        "the model is not saved: " + name + " holds " + value + ", its training diverged");
            }
        }
    }

    /** Before anything is written: a layer that no file could name. */
    private static void checkNames(List<LayerCall> calls) {
        for (LayerCall call : calls) {
            if (TypeNames.of(Layer.class, call.layer()).isEmpty()) {
                throw new IllegalStateException(
                        "the model is not saved: " + TypeNames.unnamed(Layer.class, call.layer()));
            }
            if (call.layer() instanceof Submodule inner) {
                checkNames(inner.calls());
            }
        }
    }

    /**
     * Reads a model.
     *
     * @param file which
     * @return the model
     * @throws IOException if it cannot be read
     * @throws BadFileException if it holds no model that this library can build, or weights that do not fit it
     */
    public static ModelFile read(Path file) throws IOException {
        try (SafetensorsReader content = SafetensorsReader.open(file)) {
            return read(content);
        }
    }

    /**
     * Reads a model from an open file, which may hold more.
     *
     * @param content the file
     * @return the model
     * @throws IOException if it cannot be read
     * @throws BadFileException if it holds no model that this library can build, or weights that do not fit it
     */
    public static ModelFile read(SafetensorsReader content) throws IOException {
        Path file = content.file();
        ModelJson description = ModelText.read(file, content.metadata());
        ModelFile model;
        try {
            Network network = description.network();
            Provenance provenance = description.provenance() == null ? Provenance.STRETCHED : description.provenance();
            Map<String, TargetSpec> targets = new LinkedHashMap<>();
            Map<String, OutputLoss> losses = new LinkedHashMap<>();
            for (ModelJson.Output output : description.outputsOf(network)) {
                targets.put(output.name(), new TargetSpec(output.targets(), output.outputNames()));
                Loss loss = LossJson.read(file, ModelText.JSON, output.loss());
                if (loss != null) {
                    losses.put(output.name(), new OutputLoss(loss, output.weight() == null ? 1 : output.weight()));
                }
            }
            model = new ModelFile(
                    network,
                    description.normalization(),
                    Boolean.TRUE.equals(description.normalizationAssumed()),
                    targets,
                    losses,
                    new LinkedHashMap<>(),
                    description.quantized() == null ? Map.of() : description.quantized(),
                    description.testTimeAugmentation() == null
                            ? TestTimeAugmentation.NONE
                            : description.testTimeAugmentation(),
                    provenance);
        } catch (IllegalArgumentException | ShapeException e) {
            throw new BadFileException(file, "its architecture does not fit together: " + e.getMessage(), e);
        }
        // All before any is read: what a file says takes no more memory than the file.
        for (ParameterSpec spec : model.network().parameters()) {
            if (model.quantized().containsKey(spec.name())) {
                QuantizedTensors.check(spec, content);
            } else {
                content.check(spec.name(), spec.shape());
            }
        }
        for (ParameterSpec spec : model.network().parameters()) {
            model.weights()
                    .put(
                            spec.name(),
                            model.quantized().containsKey(spec.name())
                                    ? QuantizedTensors.read(spec, content)
                                    : content.values(spec.name()));
        }
        return model;
    }
}
