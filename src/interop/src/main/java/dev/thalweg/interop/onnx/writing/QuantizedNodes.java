package dev.thalweg.interop.onnx.writing;

import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Passes;
import dev.thalweg.graph.Quantization;
import dev.thalweg.graph.QuantizedWeights;
import dev.thalweg.graph.Value;
import dev.thalweg.interop.onnx.ElementType;
import dev.thalweg.interop.onnx.OnnxAttribute;
import dev.thalweg.interop.onnx.OnnxTensor;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What computes in 8-bit integers, as pairs of QuantizeLinear and DequantizeLinear around operators on floats: whoever
 * runs the file computes what stands between such pairs in integers if it can. Normalizations are folded into the
 * convolutions before them, biases are integers of 32 bits where they fit.
 */
final class QuantizedNodes {
    /** Of an accumulator, with room for what is added up. */
    private static final double GREATEST_BIAS = 1 << 30;

    private final OnnxGraphBuilder builder;
    private final Map<String, Quantization> activations;
    private final Map<Value, Quantization> values;
    /** What was quantized and brought back. */
    private final IdentityHashMap<WrittenValue, Quantization> rounded = new IdentityHashMap<>();
    /** By what they yield. */
    private final IdentityHashMap<WrittenValue, Product> products = new IdentityHashMap<>();

    /**
     * A convolution or a product of matrices.
     *
     * @param opType its operator
     * @param attributes what else it is told
     * @param extents of what it yields
     * @param source quantized and brought back
     * @param sourceScale the distance of neighbours there
     * @param kernel what its weights are called, and their extents
     * @param weights in bytes
     * @param bias one for each filter
     */
    private record Product(
            String opType,
            Map<String, OnnxAttribute> attributes,
            BatchExtents extents,
            WrittenValue source,
            float sourceScale,
            WrittenValue.Known kernel,
            QuantizedWeights weights,
            Optional<float[]> bias) {}

    /**
     * Begins.
     *
     * @param builder to which nodes are added
     * @param traced the network
     * @param activations how what flows is quantized, by the names of {@link Passes#quantizableNames}
     */
    QuantizedNodes(OnnxGraphBuilder builder, TracedNetwork traced, Map<String, Quantization> activations) {
        this.builder = builder;
        this.activations = activations;
        this.values = QuantizedValues.of(traced, activations);
    }

    /**
     * {@return what all that follows reads for a value: itself, or what is left of it on its way through bytes}
     *
     * @param value of the network
     * @param written what it was translated to
     */
    WrittenValue read(Value value, WrittenValue written) {
        Quantization quantization = values.get(value);
        return quantization == null ? written : pair(written, quantization);
    }

    private WrittenValue pair(WrittenValue source, Quantization quantization) {
        WrittenValue scale = builder.scalar("scale", quantization.scale());
        WrittenValue zero =
                builder.bytes("zero_point", ElementType.UINT8, new byte[] {(byte) quantization.zeroPoint()});
        WrittenValue integers = builder.node("QuantizeLinear", source.extents(), source, scale, zero);
        WrittenValue back = builder.node("DequantizeLinear", source.extents(), integers, scale, zero);
        rounded.put(back, quantization);
        return back;
    }

    /** How the source of a product is quantized that computes in integers. */
    private Optional<Quantization> source(List<WrittenValue> inputs) {
        return inputs.get(1) instanceof WrittenValue.Known kernel && activations.containsKey(kernel.name())
                ? Optional.ofNullable(rounded.get(inputs.getFirst()))
                : Optional.empty();
    }

    /**
     * {@return a product, in integers if it is to be}
     *
     * @param opType its operator, Conv or Gemm
     * @param attributes what else it is told
     * @param extents of what it yields
     * @param inputs source, weights with the filters first, and a bias if it has one
     */
    WrittenValue product(
            String opType, Map<String, OnnxAttribute> attributes, BatchExtents extents, List<WrittenValue> inputs) {
        Optional<Quantization> quantization = source(inputs);
        boolean biased = inputs.size() > 2;
        if (quantization.isEmpty() || biased && !(inputs.get(2) instanceof WrittenValue.Known)) {
            return builder.node(opType, extents, attributes, inputs.toArray(WrittenValue[]::new));
        }
        WrittenValue.Known kernel = (WrittenValue.Known) inputs.get(1);
        int filters = Math.toIntExact(kernel.tensor().dims().getFirst());
        return product(new Product(
                opType,
                attributes,
                extents,
                inputs.getFirst(),
                quantization.get().scale(),
                kernel,
                QuantizedWeights.of(floats(kernel), filters),
                biased ? Optional.of(floats(inputs.get(2))) : Optional.empty()));
    }

    private WrittenValue product(Product product) {
        List<WrittenValue> inputs = new ArrayList<>();
        inputs.add(product.source());
        long[] dims = product.kernel().tensor().dims().stream()
                .mapToLong(Long::longValue)
                .toArray();
        QuantizedWeights weights = product.weights();
        inputs.add(builder.node(
                "DequantizeLinear",
                product.kernel().extents(),
                new Attributes().whole("axis", 0).all(),
                new WrittenValue.Known(
                        product.kernel().name(), OnnxGraphBuilder.tensor(ElementType.INT8, weights.integers(), dims)),
                builder.floats("kernel_scale", weights.scales(), weights.scales().length),
                builder.bytes(
                        "kernel_zero_point",
                        ElementType.INT8,
                        new byte[weights.scales().length],
                        weights.scales().length)));
        product.bias().ifPresent(bias -> inputs.add(bias(bias, product)));
        WrittenValue result = builder.node(
                product.opType(), product.extents(), product.attributes(), inputs.toArray(WrittenValue[]::new));
        products.put(result, product);
        return result;
    }

    private WrittenValue bias(float[] bias, Product product) {
        float[] scales = new float[bias.length];
        int[] integers = new int[bias.length];
        for (int i = 0; i < bias.length; i++) {
            scales[i] = product.sourceScale() * product.weights().scales()[i];
            double exact = Math.rint((double) bias[i] / scales[i]);
            if (!(Math.abs(exact) <= GREATEST_BIAS)) {
                return builder.floats("bias", bias, bias.length);
            }
            integers[i] = (int) exact;
        }
        return builder.node(
                "DequantizeLinear",
                BatchExtents.of(bias.length),
                new Attributes().whole("axis", 0).all(),
                builder.integers("bias", integers),
                builder.floats("bias_scale", scales, scales.length));
    }

    /** {@return a product with the normalization behind it folded into it, if it is one in integers} */
    Optional<WrittenValue> folded(BatchNormalizationInference op, List<WrittenValue> inputs) {
        Product product = products.get(inputs.getFirst());
        if (product == null || !inputs.stream().skip(1).allMatch(WrittenValue.Known.class::isInstance)) {
            return Optional.empty();
        }
        float[] gamma = floats(inputs.get(1));
        float[] beta = floats(inputs.get(2));
        float[] mean = floats(inputs.get(3));
        float[] variance = floats(inputs.get(4));
        byte[] integers = product.weights().integers().clone();
        float[] scales = product.weights().scales().clone();
        float[] bias = product.bias().map(float[]::clone).orElseGet(() -> new float[gamma.length]);
        int length = integers.length / scales.length;
        for (int filter = 0; filter < scales.length; filter++) {
            double factor = gamma[filter] / Math.sqrt((double) variance[filter] + op.epsilon());
            bias[filter] = (float) ((bias[filter] - mean[filter]) * factor + beta[filter]);
            scales[filter] = Math.max((float) (scales[filter] * Math.abs(factor)), Float.MIN_NORMAL);
            for (int i = filter * length; i < (filter + 1) * length; i++) {
                integers[i] *= (byte) Math.signum(factor);
            }
        }
        return Optional.of(product(new Product(
                product.opType(),
                product.attributes(),
                product.extents(),
                product.source(),
                product.sourceScale(),
                product.kernel(),
                new QuantizedWeights(integers, scales),
                Optional.of(bias))));
    }

    private static float[] floats(WrittenValue known) {
        OnnxTensor tensor = ((WrittenValue.Known) known).tensor();
        float[] numbers = new float[tensor.data().remaining() / Float.BYTES];
        tensor.data().duplicate().order(tensor.data().order()).asFloatBuffer().get(numbers);
        return numbers;
    }
}
