package dev.thalweg.inference;

import dev.thalweg.backend.Backend;
import dev.thalweg.data.Batch;
import dev.thalweg.data.BatchLoader;
import dev.thalweg.data.ImageDataset;
import dev.thalweg.engine.CompiledNetwork;
import dev.thalweg.engine.Computation;
import dev.thalweg.engine.DataPorts;
import dev.thalweg.engine.ModelDescription;
import dev.thalweg.engine.QuantizationProbe;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.QuantizedWeights;
import dev.thalweg.memory.Scope;
import dev.thalweg.model.ParameterSpec;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Post-training quantization: looks at what flows through a network when it predicts, and chooses ranges. */
public final class Quantizer {
    /** So few that all activations of a large network's batch fit into memory side by side. */
    private static final int BATCH = 8;

    private Quantizer() {}

    /**
     * Quantizes a network; {@link dev.thalweg.Model#quantize} calls this.
     *
     * @param backend what computes
     * @param description of the network, with its weights
     * @param data the pictures to calibrate with
     * @param calibration which range of the numbers seen is held
     * @return the description of the network in integers, its weights rounded to what these hold
     * @throws dev.thalweg.tensor.ShapeException if the pictures do not fit the network
     * @throws IllegalStateException if the network has nothing that could compute in integers
     * @throws ArithmeticException if a number is not finite
     */
    @SuppressWarnings("exports")
    public static ModelDescription quantize(
            Backend backend, ModelDescription description, ImageDataset data, Calibration calibration) {
        DataPorts.checkInputs(description.network(), data);
        ModelDescription floats = description.with(Computation.PLAIN);
        Map<String, ActivationHistogram> seen = new LinkedHashMap<>();
        try (Scope compiled = new Scope();
                BatchLoader loader = new BatchLoader(data, BATCH, description.normalization())) {
            CompiledNetwork network = compiled.own(new CompiledNetwork(backend, floats));
            Map<Integer, QuantizationProbe> probes = new HashMap<>();
            loader.start();
            for (Batch batch = loader.next(); batch != null; batch = loader.next()) {
                probes.computeIfAbsent(batch.size(), size -> compiled.own(network.probe(size)))
                        .observe(
                                batch,
                                (parameter, numbers) -> seen.computeIfAbsent(parameter, _ -> new ActivationHistogram())
                                        .add(numbers));
            }
        }
        if (seen.isEmpty()) {
            throw new IllegalStateException(
                    "the network has nothing to quantize: expected a convolution or a dense layer");
        }
        Map<String, Quantization> sources = new LinkedHashMap<>();
        seen.forEach((parameter, histogram) -> sources.put(parameter, range(calibration, histogram)));
        return rounded(floats, sources).quantized(sources);
    }

    private static ModelDescription rounded(ModelDescription description, Map<String, Quantization> sources) {
        Map<String, float[]> weights = new LinkedHashMap<>(description.weights());
        for (ParameterSpec spec : description.network().parameters()) {
            if (sources.containsKey(spec.name())) {
                weights.computeIfPresent(
                        spec.name(),
                        (_, values) ->
                                QuantizedWeights.of(values, spec.shape().dim(0)).dequantized());
            }
        }
        return description.withWeights(weights);
    }

    /** The range that a calibration chooses of at least one number. */
    static Quantization range(Calibration calibration, ActivationHistogram seen) {
        return switch (calibration) {
            case Calibration.MinMax() -> unsigned(seen.least(), seen.greatest());
            case Calibration.Percentile(double percent) -> {
                double cut = (100 - percent) / 200;
                yield unsigned(seen.quantile(cut), seen.quantile(1 - cut));
            }
            case Calibration.Entropy() -> {
                boolean signed = seen.least() < 0;
                int bins = InformationLoss.leastAt(seen.sizes(), signed ? 128 : 256, Calibration.Entropy.LEFT_OUT);
                double end = bins * seen.width();
                yield unsigned(Math.max(seen.least(), -end), Math.min(seen.greatest(), end));
            }
        };
    }

    private static Quantization unsigned(double low, double high) {
        return Quantization.unsigned((float) low, (float) high);
    }
}
