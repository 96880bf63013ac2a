package dev.thalweg.saving;

import dev.thalweg.format.DType;
import dev.thalweg.format.Safetensors;
import dev.thalweg.format.SafetensorsReader;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.QuantizedWeights;
import dev.thalweg.io.BadFileException;
import dev.thalweg.model.Network;
import dev.thalweg.model.ParameterSpec;
import dev.thalweg.tensor.Shape;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Quantized weights in a file: the bytes under the parameter's name, and the filters' scales beside them. */
final class QuantizedTensors {
    private static final String SCALES = ".scales";

    private QuantizedTensors() {}

    /** Refuses weights without filters, or with another parameter of the name of their scales. */
    static void check(Network network, Map<String, Quantization> quantized) {
        Set<String> names =
                network.parameters().stream().map(ParameterSpec::name).collect(Collectors.toSet());
        for (ParameterSpec spec : network.parameters()) {
            if (quantized.containsKey(spec.name())
                    && (spec.shape().rank() < 2 || names.contains(spec.name() + SCALES))) {
                throw new IllegalArgumentException("parameter " + PrintableText.excerpt(spec.name()) + " "
                        + spec.shape() + " cannot be quantized: expected filters, and none named "
                        + PrintableText.excerpt(spec.name() + SCALES));
            }
        }
    }

    static void put(ParameterSpec spec, float[] values, Map<String, Safetensors.NamedTensor> tensors) {
        QuantizedWeights weights = QuantizedWeights.of(values, spec.shape().dim(0));
        float[] integers = new float[values.length];
        for (int i = 0; i < integers.length; i++) {
            integers[i] = weights.integers()[i];
        }
        tensors.put(spec.name(), new Safetensors.NamedTensor(spec.shape(), DType.I8, integers));
        tensors.put(spec.name() + SCALES, new Safetensors.NamedTensor(scales(spec), weights.scales()));
    }

    static void check(ParameterSpec spec, SafetensorsReader content) throws BadFileException {
        content.checkSignedBytes(spec.name(), spec.shape());
        content.check(spec.name() + SCALES, scales(spec));
    }

    /** The weights as floats. */
    static float[] read(ParameterSpec spec, SafetensorsReader content) throws IOException {
        byte[] integers = content.signedBytes(spec.name());
        float[] scales = content.values(spec.name() + SCALES);
        try {
            return new QuantizedWeights(integers, scales).dequantized();
        } catch (IllegalArgumentException e) {
            throw new BadFileException(content.file(), spec.name() + ": " + e.getMessage(), e);
        }
    }

    private static Shape scales(ParameterSpec spec) {
        return Shape.of(spec.shape().dim(0));
    }
}
