package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@link Convolution} in 8-bit integers, whose products are added up in 32 bits (Jacob et al., CVPR 2018, section 2.2).
 * Inputs: source {@code [N, C, H, W]} as quantized, weights {@code [O, C / groups, KH, KW]} as signed bytes of at most
 * {@link Quantization#GREATEST_WEIGHT}, the scale of each filter's weights {@code [O]}, optionally bias {@code [O]},
 * both in floats; what is added to the result if it says so. Padding stands for 0. Output: {@code [N, O, OH, OW]}.
 *
 * @param window kernel, stride, dilation and padding
 * @param groups how many independent groups the channels fall into
 * @param postOps what is done to the result, in floats
 * @param source how the source is quantized, to unsigned bytes
 * @param summand how the summand is quantized: of the result's type; where there is none, and where the result is
 *     floats, empty
 * @param result how the result is quantized; floats if empty
 */
public record QuantizedConvolution(
        Window window,
        int groups,
        PostOps postOps,
        Quantization source,
        Optional<Quantization> summand,
        Optional<Quantization> result)
        implements Op {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if the source is not unsigned, or the summand's quantization is missing,
     *         superfluous, or not of the result's type
     */
    public QuantizedConvolution {
        Objects.requireNonNull(window, "window");
        Quantization.checkSource(source);
        Optional<DataType> wanted = postOps.sum() ? result.map(Quantization::type) : Optional.empty();
        if (!summand.map(Quantization::type).equals(wanted)) {
            throw new IllegalArgumentException("a summand must be quantized to the result's type where there are both,"
                    + " got " + summand + " beside " + result + " and " + postOps);
        }
    }

    /**
     * {@return whether there is a bias among the inputs}
     *
     * @param inputs how many inputs there are
     */
    public boolean hasBias(int inputs) {
        return inputs > (postOps.sum() ? 4 : 3);
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        int sums = postOps.sum() ? 1 : 0;
        Checks.count("quantized convolution", inputs, 3 + sums, 4 + sums);
        Checks.type("quantized convolution's source", inputs.get(0), source.type());
        Checks.type("quantized convolution's weights", inputs.get(1), DataType.INT8);
        int numbers = hasBias(inputs.size()) ? 2 : 1;
        Checks.float32("quantized convolution's scales and bias", inputs.subList(2, 2 + numbers));
        DataType type = result.map(Quantization::type).orElse(DataType.FLOAT32);
        if (postOps.sum()) {
            Checks.type("quantized convolution's summand", inputs.getLast(), type);
        }
        Shape extents = Checks.convolution("quantized convolution", window, groups, numbers, inputs);
        return List.of(new TensorType(extents, type));
    }

    /** As for {@link Convolution}. */
    @Override
    public Aliasing aliasing(int inputs) {
        return postOps.sum() ? new Aliasing.Over(inputs - 1) : new Aliasing.Own();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.None();
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        return postOps.activation().isEmpty() && result.isEmpty()
                ? Optional.of(new QuantizedConvolution(window, groups, postOps.then(function), source, summand, result))
                : Optional.empty();
    }

    @Override
    public OutputKind yields() {
        return result.isEmpty() ? postOps.activation().map(Eltwise::yields).orElse(OutputKind.ANY) : OutputKind.UNKNOWN;
    }

    @Override
    public boolean servesGradients() {
        return false;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        throw at.noGradient();
    }
}
