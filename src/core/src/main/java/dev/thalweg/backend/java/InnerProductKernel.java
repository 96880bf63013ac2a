package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.QuantizedInnerProduct;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Fully connected forward: a dot product for each example and output. Rows are cut into pieces so that they can be
 * vectorized. Integers are multiplied as floats, as in {@link ConvolutionKernel}.
 */
final class InnerProductKernel implements Kernel {
    private static final int PIECE = 128;

    private final int batch;
    private final int inputs;
    private final int outputs;
    private final Numbers source;
    private final Numbers weights;
    /** Null where there is none. */
    private final @Nullable Floats bias;
    /** Of each output's weights; null where they are floats. */
    private final @Nullable Floats scales;

    private final float sourceScale;
    private final EltwiseFunctions.Function activation;
    private final Numbers output;
    private final float[][][] sourcePieces;
    private final float[][][] weightPieces;
    private final float[] biases;
    private final float[] factors;
    private final float[][] sums;
    private final float[][] rows;
    private final ThreadTeam.Task load = this::load;
    private final ThreadTeam.Task multiply = this::multiply;

    private InnerProductKernel(
            int batch,
            int inputs,
            int outputs,
            Numbers source,
            Numbers weights,
            @Nullable Floats bias,
            @Nullable Floats scales,
            float sourceScale,
            EltwiseFunctions.Function activation,
            Numbers output,
            int threads) {
        this.batch = batch;
        this.inputs = inputs;
        this.outputs = outputs;
        this.source = source;
        this.weights = weights;
        this.bias = bias;
        this.scales = scales;
        this.sourceScale = sourceScale;
        this.activation = activation;
        this.output = output;
        int pieces = (inputs + PIECE - 1) / PIECE;
        this.sourcePieces = new float[batch][pieces][PIECE];
        this.weightPieces = new float[outputs][pieces][PIECE];
        this.biases = new float[outputs];
        this.factors = new float[outputs];
        Arrays.fill(factors, 1);
        this.sums = new float[threads][PIECE];
        this.rows = new float[threads][outputs];
    }

    /** Without the activation, which follows as a kernel of its own. */
    static InnerProductKernel of(Operands at) {
        return new InnerProductKernel(
                at.shape(0).dim(0),
                at.shape(0).dim(1),
                at.shape(1).dim(0),
                at.in(0),
                at.in(1),
                at.count() > 2 ? at.in(2) : null,
                null,
                1,
                (x, g, n) -> {},
                at.out(0),
                at.threads());
    }

    static InnerProductKernel quantized(QuantizedInnerProduct op, Operands at) {
        return new InnerProductKernel(
                at.shape(0).dim(0),
                at.shape(0).dim(1),
                at.shape(1).dim(0),
                at.centred(0, op.source()),
                at.numbers(1),
                at.count() > 3 ? at.in(3) : null,
                at.in(2),
                op.source().scale(),
                op.activation().map(EltwiseFunctions::forward).orElse((x, g, n) -> {}),
                at.realResult(op.result()),
                at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        if (bias != null) {
            bias.load(0, biases, outputs);
        }
        if (scales != null) {
            scales.load(0, factors, outputs);
            for (int i = 0; i < outputs; i++) {
                factors[i] *= sourceScale;
            }
        }
        team.run(load);
        team.run(multiply);
    }

    private void load(int member, int members) {
        cut(
                source,
                sourcePieces,
                ThreadTeam.share(batch, member, members),
                ThreadTeam.share(batch, member + 1, members));
        cut(
                weights,
                weightPieces,
                ThreadTeam.share(outputs, member, members),
                ThreadTeam.share(outputs, member + 1, members));
    }

    private void cut(Numbers matrix, float[][][] rows, int from, int to) {
        for (int row = from; row < to; row++) {
            for (int piece = 0; piece < rows[row].length; piece++) {
                int start = piece * PIECE;
                matrix.load((long) row * inputs + start, rows[row][piece], Math.min(PIECE, inputs - start));
            }
        }
    }

    private void multiply(int member, int members) {
        float[] sum = sums[member];
        float[] row = rows[member];
        int products = batch * outputs;
        int end = ThreadTeam.share(products, member + 1, members);
        int from = ThreadTeam.share(products, member, members);
        while (from < end) {
            int first = from % outputs;
            int length = Math.min(outputs - first, end - from);
            for (int i = 0; i < length; i++) {
                Arrays.fill(sum, 0);
                Gemm.dot(sourcePieces[from / outputs], weightPieces[first + i], sum);
                float total = 0;
                for (float part : sum) {
                    total += part;
                }
                row[i] = total * factors[first + i] + biases[first + i];
            }
            activation.apply(row, row, length);
            output.store(row, from, length);
            from += length;
        }
    }
}
