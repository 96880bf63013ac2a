package dev.thalweg.backend.java;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.QuantizedConvolution;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the sums of a convolution's filters: of floats they begin with the bias; of integers they begin with
 * 0, are scaled, and the bias is added. A summand is read just before the result of the same place is written, so it
 * may lie there.
 */
final class FilterResults {
    private final @Nullable Floats bias;
    /** Null for sums of floats. */
    private final @Nullable Floats scales;

    private final float sourceScale;
    private final @Nullable Numbers summand;
    private final EltwiseFunctions.Function activation;
    private final Numbers output;
    private final float[] biases;
    private final float[] factors;
    private final float[][] summands;

    private FilterResults(
            int filters,
            @Nullable Floats bias,
            @Nullable Floats scales,
            float sourceScale,
            @Nullable Numbers summand,
            EltwiseFunctions.Function activation,
            Numbers output,
            int columns,
            int threads) {
        this.bias = bias;
        this.scales = scales;
        this.sourceScale = sourceScale;
        this.summand = summand;
        this.activation = activation;
        this.output = output;
        this.biases = new float[filters];
        this.factors = new float[filters];
        this.summands = new float[threads][summand == null ? 0 : columns];
    }

    /** Without the activation, which follows as a kernel of its own. */
    static FilterResults of(Convolution op, Operands at, int columns) {
        return new FilterResults(
                at.result().dim(1),
                op.hasBias(at.count()) ? at.in(2) : null,
                null,
                1,
                op.postOps().sum() ? at.in(at.count() - 1) : null,
                (x, g, n) -> {},
                at.out(0),
                columns,
                at.threads());
    }

    static FilterResults quantized(QuantizedConvolution op, Operands at, int columns) {
        return new FilterResults(
                at.result().dim(1),
                op.hasBias(at.count()) ? at.in(3) : null,
                at.in(2),
                op.source().scale(),
                op.postOps().sum() ? at.real(at.count() - 1, op.summand()) : null,
                op.postOps().activation().map(EltwiseFunctions::forward).orElse((x, g, n) -> {}),
                at.realResult(op.result()),
                columns,
                at.threads());
    }

    /** Loads the numbers of each filter. */
    void load() {
        if (bias != null) {
            bias.load(0, biases, biases.length);
        }
        if (scales != null) {
            scales.load(0, factors, factors.length);
            for (int i = 0; i < factors.length; i++) {
                factors[i] *= sourceScale;
            }
        }
    }

    /** What a filter's sums begin with. */
    float start(int filter) {
        return scales == null ? biases[filter] : 0;
    }

    /** Finishes a filter's sums and stores them from a place on. */
    void store(int filter, float[] sums, long place, int columns, int member) {
        if (scales != null) {
            scale(sums, factors[filter], biases[filter], columns);
        }
        if (summand != null) {
            summand.load(place, summands[member], columns);
            Gemm.add(summands[member], sums, columns);
        }
        activation.apply(sums, sums, columns);
        output.store(sums, place, columns);
    }

    private static void scale(float[] sums, float factor, float bias, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = sums[i] * factor + bias;
        }
    }
}
