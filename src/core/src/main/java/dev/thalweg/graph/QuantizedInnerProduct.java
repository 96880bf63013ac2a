package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@link InnerProduct} in 8-bit integers, whose products are added up in 32 bits. Inputs: source {@code [N, I]} as
 * quantized, weights {@code [O, I]} as signed bytes of at most {@link Quantization#GREATEST_WEIGHT}, the scale of each
 * output's weights {@code [O]}, optionally bias {@code [O]}, both in floats. Output: {@code [N, O]}.
 *
 * @param activation a function of each element of the result, in floats, if any
 * @param source how the source is quantized, to unsigned bytes
 * @param result how the result is quantized; floats if empty
 */
public record QuantizedInnerProduct(Optional<Eltwise> activation, Quantization source, Optional<Quantization> result)
        implements Op {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if the source is not unsigned
     */
    public QuantizedInnerProduct {
        Objects.requireNonNull(activation, "activation");
        Quantization.checkSource(source);
        Objects.requireNonNull(result, "result");
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("quantized inner product", inputs, 3, 4);
        Checks.type("quantized inner product's source", inputs.get(0), source.type());
        Checks.type("quantized inner product's weights", inputs.get(1), DataType.INT8);
        Shape extents = inputs.get(0).shape();
        Shape weights = inputs.get(1).shape();
        Checks.rank("quantized inner product", "a source [N, I]", extents, 2);
        Checks.rank("quantized inner product", "weights [O, I]", weights, 2);
        Checks.same("quantized inner product", "weights [O, I]", weights, Shape.of(weights.dim(0), extents.dim(1)));
        List<Value> perOutput = inputs.subList(2, inputs.size());
        Checks.float32("quantized inner product's scales and bias", perOutput);
        for (Value numbers : perOutput) {
            Checks.same(
                    "quantized inner product", "a number for each output", numbers.shape(), Shape.of(weights.dim(0)));
        }
        return List.of(new TensorType(
                Shape.of(extents.dim(0), weights.dim(0)),
                result.map(Quantization::type).orElse(DataType.FLOAT32)));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Own();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.None();
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        return activation.isEmpty() && result.isEmpty()
                ? Optional.of(new QuantizedInnerProduct(Optional.of(function), source, result))
                : Optional.empty();
    }

    @Override
    public OutputKind yields() {
        return result.isEmpty() ? activation.map(Eltwise::yields).orElse(OutputKind.ANY) : OutputKind.UNKNOWN;
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
