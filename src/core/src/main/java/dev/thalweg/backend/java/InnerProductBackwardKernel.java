package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.InnerProductBackwardWeights;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Fully connected backward. Both directions are {@code C = A B} with wide rows in B (the weights, or the source), which
 * are computed a block of columns at a time.
 */
final class InnerProductBackwardKernel implements Kernel, ThreadTeam.Task {
    private static final int COLUMNS = 512;

    private final int rows;
    private final int inner;
    private final int columns;
    private final boolean transpose;
    private final Floats left;
    private final Floats right;
    private final Floats product;
    /** Null where there is no bias, or it is not asked for. */
    private final @Nullable Floats biasGradient;

    private final float[] loaded;
    private final float[][] coefficients;
    private final float[][][] blocks;
    private final float[][] sums;

    private InnerProductBackwardKernel(
            int rows,
            int inner,
            int columns,
            boolean transpose,
            Floats left,
            Floats right,
            Floats product,
            @Nullable Floats biasGradient,
            int threads) {
        this.rows = rows;
        this.inner = inner;
        this.columns = columns;
        this.transpose = transpose;
        this.left = left;
        this.right = right;
        this.product = product;
        this.biasGradient = biasGradient;
        this.loaded = new float[rows * inner];
        this.coefficients = new float[rows][inner];
        this.blocks = new float[threads][inner][COLUMNS];
        this.sums = new float[threads][COLUMNS];
    }

    /** Source gradient [N, I] = output gradient [N, O] · weights [O, I]. */
    static InnerProductBackwardKernel data(Operands at) {
        return new InnerProductBackwardKernel(
                at.shape(0).dim(0),
                at.shape(1).dim(0),
                at.shape(1).dim(1),
                false,
                at.in(0),
                at.in(1),
                at.out(0),
                null,
                at.threads());
    }

    /**
     * Weights gradient [O, I] = transposed output gradient [O, N] · source [N, I]; bias gradient [O] = its row sums.
     */
    static InnerProductBackwardKernel weights(InnerProductBackwardWeights op, Operands at) {
        return new InnerProductBackwardKernel(
                at.shape(1).dim(1),
                at.shape(0).dim(0),
                at.shape(0).dim(1),
                true,
                at.in(1),
                at.in(0),
                at.out(0),
                op.bias() ? at.out(1) : null,
                at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        left.load(0, loaded, loaded.length);
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int i = 0; i < inner; i++) {
                coefficients[row][i] = transpose ? loaded[i * rows + row] : loaded[row * inner + i];
                sum += coefficients[row][i];
            }
            if (biasGradient != null) {
                biasGradient.set(row, (float) sum);
            }
        }
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        int count = (columns + COLUMNS - 1) / COLUMNS;
        float[][] block = blocks[member];
        float[] sum = sums[member];
        for (int b = ThreadTeam.share(count, member, members); b < ThreadTeam.share(count, member + 1, members); b++) {
            int from = b * COLUMNS;
            int length = Math.min(COLUMNS, columns - from);
            for (int i = 0; i < inner; i++) {
                right.load((long) i * columns + from, block[i], length);
            }
            for (int row = 0; row < rows; row++) {
                Arrays.fill(sum, 0, length, 0);
                Gemm.accumulate(coefficients[row], block, 0, inner, sum, length);
                product.store(sum, (long) row * columns + from, length);
            }
        }
    }
}
