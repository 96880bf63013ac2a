package dev.thalweg.backend.java;

import dev.thalweg.backend.host.ThreadTeam;
import java.util.Arrays;

/**
 * Convolution backward to its weights: patches times transposed output gradient, summed over images. Each member sums its
 * own images; the members' sums are added in their order, so that the result is the same every time.
 */
final class ConvolutionWeightsKernel implements Kernel, ThreadTeam.Task {
    private final ConvolutionShape shape;
    private final Floats source;
    private final Floats gradient;
    private final Floats weightsGradient;
    private final Floats biasGradient;
    private final float[][] slabs;
    private final float[][][] matrices;
    private final float[][] filterRow;
    private final float[][][] transposed;
    /** For each member and group the sums, [row of the patches' matrix][filter]. */
    private final float[][][][] sums;
    private final double[][] biasSums;
    private final float[] out;

    ConvolutionWeightsKernel(ConvolutionShape shape, Floats source, Floats gradient, Floats weightsGradient, Floats biasGradient,
            int threads) {
        this.shape = shape;
        this.source = source;
        this.gradient = gradient;
        this.weightsGradient = weightsGradient;
        this.biasGradient = biasGradient;
        this.slabs = new float[threads][shape.patches.slabSize(shape.blockRows)];
        this.matrices = new float[threads][shape.patches.rows][shape.blockColumns()];
        this.filterRow = new float[threads][shape.blockColumns()];
        this.transposed = new float[threads][shape.blockColumns()][shape.filters];
        this.sums = new float[threads][shape.groups][shape.patches.rows][shape.filters];
        this.biasSums = new double[threads][shape.groups * shape.filters];
        this.out = new float[shape.patches.rows];
    }

    @Override
    public void run(ThreadTeam team) {
        team.run(this);
        for (int group = 0; group < shape.groups; group++) {
            for (int filter = 0; filter < shape.filters; filter++) {
                for (int row = 0; row < shape.patches.rows; row++) {
                    float sum = 0;
                    for (float[][][] member : sums) {
                        sum += member[group][row][filter];
                    }
                    out[row] = sum;
                }
                int index = group * shape.filters + filter;
                weightsGradient.store(out, (long) index * shape.patches.rows, shape.patches.rows);
                if (biasGradient != null) {
                    double sum = 0;
                    for (double[] member : biasSums) {
                        sum += member[index];
                    }
                    biasGradient.set(index, (float) sum);
                }
            }
        }
    }

    @Override
    public void run(int member, int members) {
        for (float[][] group : sums[member]) {
            for (float[] row : group) {
                Arrays.fill(row, 0);
            }
        }
        Arrays.fill(biasSums[member], 0);
        int images = shape.batch * shape.blocks;
        for (int unit = ThreadTeam.share(images, member, members); unit < ThreadTeam.share(images, member + 1, members); unit++) {
            for (int group = 0; group < shape.groups; group++) {
                add(unit / shape.blocks, group, unit % shape.blocks, member);
            }
        }
    }

    private void add(int image, int group, int block, int member) {
        int from = shape.firstRow(block);
        int to = shape.lastRow(block);
        int columns = (to - from) * shape.patches.outputWidth;
        shape.patches.load(source, shape.source(image, group), from, to, slabs[member]);
        shape.patches.gather(slabs[member], from, to, matrices[member]);
        float[] row = filterRow[member];
        float[][] across = transposed[member];
        for (int filter = 0; filter < shape.filters; filter++) {
            gradient.load(shape.output(image, group, filter) + (long) from * shape.patches.outputWidth, row, columns);
            float biasSum = 0;
            for (int column = 0; column < columns; column++) {
                across[column][filter] = row[column];
                biasSum += row[column];
            }
            biasSums[member][group * shape.filters + filter] += biasSum;
        }
        Gemm.multiply(matrices[member], across, sums[member][group], shape.patches.rows, shape.filters, columns);
    }
}
