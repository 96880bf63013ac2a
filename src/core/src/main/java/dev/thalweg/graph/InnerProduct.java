package dev.thalweg.graph;

import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected layer, {@code y = x Wᵀ + b}. Inputs: source {@code [N, I]}, weights {@code [O, I]}, optionally bias
 * {@code [O]}. Output: {@code [N, O]}.
 *
 * @param activation a function of each element of the result, if any
 * @param result the output's type, whatever the source's is: wide where nothing but a loss reads it
 */
public record InnerProduct(Optional<Eltwise> activation, DataType result) implements Op {
    /** Refuses null. */
    public InnerProduct {
        Objects.requireNonNull(activation, "activation");
        Objects.requireNonNull(result, "result");
    }

    /**
     * Yields 32-bit floats.
     *
     * @param activation a function of each element of the result, if any
     */
    public InnerProduct(Optional<Eltwise> activation) {
        this(activation, DataType.FLOAT32);
    }

    /** Without an activation. */
    public InnerProduct() {
        this(Optional.empty());
    }

    @Override
    public List<TensorType> infer(List<Value> inputs) {
        Checks.count("inner product", inputs, 2, 3);
        Checks.floats("inner product", inputs.subList(0, 2));
        Shape source = inputs.get(0).shape();
        Shape weights = inputs.get(1).shape();
        Checks.rank("inner product", "a source [N, I]", source, 2);
        Checks.rank("inner product", "weights [O, I]", weights, 2);
        Checks.same("inner product", "weights [O, I]", weights, Shape.of(weights.dim(0), source.dim(1)));
        if (inputs.size() == 3) {
            Checks.float32("inner product's bias", inputs.subList(2, 3));
            Checks.same("inner product", "a bias", inputs.get(2).shape(), Shape.of(weights.dim(0)));
        }
        return List.of(new TensorType(Shape.of(source.dim(0), weights.dim(0)), result));
    }

    @Override
    public Aliasing aliasing(int inputs) {
        return new Aliasing.Own();
    }

    @Override
    public ShortInputs shortInputs(int inputs) {
        return new ShortInputs.Always(Set.of(0, 1));
    }

    @Override
    public Optional<Op> fused(Eltwise function) {
        return activation.isEmpty() ? Optional.of(new InnerProduct(Optional.of(function), result)) : Optional.empty();
    }

    @Override
    public OutputKind yields() {
        return activation.map(Eltwise::yields).orElse(OutputKind.ANY);
    }

    @Override
    public boolean servesGradients() {
        return false;
    }

    @Override
    public List<@Nullable Value> gradient(Differential at) {
        boolean bias = at.wants(2);
        Value gradient = at.gradientBefore(activation);
        List<@Nullable Value> gradients = new ArrayList<@Nullable Value>(Arrays.asList(null, null, null));
        if (at.wants(0)) {
            gradients.set(0, at.builder().apply(new InnerProductBackwardData(), gradient, at.input(1)));
        }
        if (at.wants(1) || bias) {
            List<Value> both = at.builder().applyAll(new InnerProductBackwardWeights(bias), at.input(0), gradient);
            gradients.set(1, both.get(0));
            gradients.set(2, bias ? both.get(1) : null);
        }
        return gradients.subList(0, at.node().inputs().size());
    }
}
