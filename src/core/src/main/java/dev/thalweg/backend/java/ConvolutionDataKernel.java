package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.ConvolutionBackwardData;
import java.util.Arrays;

/**
 * Convolution backward to its source: transposed weights times output gradient gives patches, which are added up in
 * place.
 */
final class ConvolutionDataKernel implements Kernel, ThreadTeam.Task {
    private final ConvolutionShape shape;
    private final Floats gradient;
    private final Floats weights;
    private final Floats sourceGradient;
    private final float[][] loaded;
    private final float[][][] transposed;
    private final float[][] slabs;
    private final float[][][] matrices;
    private final float[][][] gradients;

    ConvolutionDataKernel(ConvolutionShape shape, Floats gradient, Floats weights, Floats sourceGradient, int threads) {
        this.shape = shape;
        this.gradient = gradient;
        this.weights = weights;
        this.sourceGradient = sourceGradient;
        this.loaded = new float[shape.filters][shape.patches.rows];
        this.transposed = new float[shape.groups][shape.patches.rows][shape.filters];
        this.slabs = new float[threads][shape.patches.slabSize(shape.patches.outputHeight)];
        this.matrices = new float[threads][shape.patches.rows][shape.blockColumns()];
        this.gradients = new float[threads][shape.filters][shape.blockColumns()];
    }

    static ConvolutionDataKernel of(ConvolutionBackwardData op, Operands at) {
        return new ConvolutionDataKernel(
                new ConvolutionShape(op.source(), at.shape(1), op.window(), op.groups(), at.threads()),
                at.in(0),
                at.in(1),
                at.out(0),
                at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        for (int group = 0; group < shape.groups; group++) {
            shape.loadWeights(weights, group, loaded);
            for (int row = 0; row < shape.patches.rows; row++) {
                for (int filter = 0; filter < shape.filters; filter++) {
                    transposed[group][row][filter] = loaded[filter][row];
                }
            }
        }
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        int units = shape.batch * shape.groups;
        for (int unit = ThreadTeam.share(units, member, members);
                unit < ThreadTeam.share(units, member + 1, members);
                unit++) {
            compute(unit / shape.groups, unit % shape.groups, slabs[member], matrices[member], gradients[member]);
        }
    }

    private void compute(int image, int group, float[] slab, float[][] matrix, float[][] blockGradient) {
        Arrays.fill(slab, 0);
        for (int block = 0; block < shape.blocks; block++) {
            int from = shape.firstRow(block);
            int to = shape.lastRow(block);
            int columns = (to - from) * shape.patches.outputWidth;
            for (int filter = 0; filter < shape.filters; filter++) {
                gradient.load(
                        shape.output(image, group, filter) + (long) from * shape.patches.outputWidth,
                        blockGradient[filter],
                        columns);
            }
            for (float[] row : matrix) {
                Arrays.fill(row, 0, columns, 0);
            }
            Gemm.multiply(transposed[group], blockGradient, matrix, shape.patches.rows, columns, shape.filters);
            shape.patches.scatter(matrix, from, to, slab);
        }
        shape.patches.store(slab, sourceGradient, shape.source(image, group));
    }
}
