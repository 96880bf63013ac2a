package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Fully connected forward: a dot product for each example and output. Rows are cut into pieces so that they can be
 * vectorized.
 */
final class InnerProductKernel implements Kernel {
    private static final int PIECE = 128;

    private final int batch;
    private final int inputs;
    private final int outputs;
    private final Floats source;
    private final Floats weights;
    /** Null where there is none. */
    private final @Nullable Floats bias;

    private final Floats output;
    private final float[][][] sourcePieces;
    private final float[][][] weightPieces;
    private final float[] biases;
    private final float[][] sums;
    private final ThreadTeam.Task load = this::load;
    private final ThreadTeam.Task multiply = this::multiply;

    InnerProductKernel(
            int batch,
            int inputs,
            int outputs,
            Floats source,
            Floats weights,
            @Nullable Floats bias,
            Floats output,
            int threads) {
        this.batch = batch;
        this.inputs = inputs;
        this.outputs = outputs;
        this.source = source;
        this.weights = weights;
        this.bias = bias;
        this.output = output;
        int pieces = (inputs + PIECE - 1) / PIECE;
        this.sourcePieces = new float[batch][pieces][PIECE];
        this.weightPieces = new float[outputs][pieces][PIECE];
        this.biases = new float[outputs];
        this.sums = new float[threads][PIECE];
    }

    static InnerProductKernel of(Operands at) {
        return new InnerProductKernel(
                at.shape(0).dim(0),
                at.shape(0).dim(1),
                at.shape(1).dim(0),
                at.in(0),
                at.in(1),
                at.count() > 2 ? at.in(2) : null,
                at.out(0),
                at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        if (bias != null) {
            bias.load(0, biases, outputs);
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

    private void cut(Floats matrix, float[][][] rows, int from, int to) {
        for (int row = from; row < to; row++) {
            for (int piece = 0; piece < rows[row].length; piece++) {
                int start = piece * PIECE;
                matrix.load((long) row * inputs + start, rows[row][piece], Math.min(PIECE, inputs - start));
            }
        }
    }

    private void multiply(int member, int members) {
        float[] sum = sums[member];
        int products = batch * outputs;
        for (int p = ThreadTeam.share(products, member, members);
                p < ThreadTeam.share(products, member + 1, members);
                p++) {
            Arrays.fill(sum, 0);
            Gemm.dot(sourcePieces[p / outputs], weightPieces[p % outputs], sum);
            float total = 0;
            for (float part : sum) {
                total += part;
            }
            output.set(p, total + biases[p % outputs]);
        }
    }
}
