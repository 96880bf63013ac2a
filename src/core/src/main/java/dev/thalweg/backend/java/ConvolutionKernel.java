package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.QuantizedConvolution;
import java.util.Arrays;

/**
 * Convolution forward: weights times patches, for blocks of output rows of each image and group. Integers are
 * multiplied as floats, which vectors do faster: all that fits 24 bits is exact, so at least the sums of 1,024
 * products, and longer ones are rounded as little as floats are.
 */
final class ConvolutionKernel implements Kernel, ThreadTeam.Task {
    private final ConvolutionShape shape;
    private final Numbers source;
    private final Numbers weights;
    private final FilterResults output;
    private final float[][][] groupWeights;
    private final float[][] slabs;
    private final float[][][] matrices;
    private final float[][][] results;

    private ConvolutionKernel(
            ConvolutionShape shape, Numbers source, Numbers weights, FilterResults output, int threads) {
        this.shape = shape;
        this.source = source;
        this.weights = weights;
        this.output = output;
        this.groupWeights = new float[shape.groups][shape.filters][shape.patches.rows];
        this.slabs = new float[threads][shape.patches.slabSize(shape.blockRows)];
        this.matrices = new float[threads][shape.patches.rows][shape.blockColumns()];
        this.results = new float[threads][shape.filters][shape.blockColumns()];
    }

    static ConvolutionKernel of(Convolution op, Operands at) {
        ConvolutionShape shape = new ConvolutionShape(at.shape(0), at.shape(1), op.window(), op.groups(), at.threads());
        return new ConvolutionKernel(
                shape, at.in(0), at.in(1), FilterResults.of(op, at, shape.blockColumns()), at.threads());
    }

    static ConvolutionKernel quantized(QuantizedConvolution op, Operands at) {
        ConvolutionShape shape = new ConvolutionShape(at.shape(0), at.shape(1), op.window(), op.groups(), at.threads());
        return new ConvolutionKernel(
                shape,
                at.centred(0, op.source()),
                at.numbers(1),
                FilterResults.quantized(op, at, shape.blockColumns()),
                at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        for (int group = 0; group < shape.groups; group++) {
            shape.loadWeights(weights, group, groupWeights[group]);
        }
        output.load();
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        int units = shape.batch * shape.groups * shape.blocks;
        for (int unit = ThreadTeam.share(units, member, members);
                unit < ThreadTeam.share(units, member + 1, members);
                unit++) {
            int block = unit % shape.blocks;
            int group = unit / shape.blocks % shape.groups;
            int image = unit / shape.blocks / shape.groups;
            compute(image, group, shape.firstRow(block), shape.lastRow(block), member);
        }
    }

    private void compute(int image, int group, int from, int to, int member) {
        float[] slab = slabs[member];
        float[][] matrix = matrices[member];
        float[][] result = results[member];
        int columns = (to - from) * shape.patches.outputWidth;
        shape.patches.load(source, shape.source(image, group), from, to, slab);
        shape.patches.gather(slab, from, to, matrix);
        for (int filter = 0; filter < shape.filters; filter++) {
            Arrays.fill(result[filter], 0, columns, output.start(group * shape.filters + filter));
        }
        Gemm.multiply(groupWeights[group], matrix, result, shape.filters, columns, shape.patches.rows);
        for (int filter = 0; filter < shape.filters; filter++) {
            long place = shape.output(image, group, filter) + (long) from * shape.patches.outputWidth;
            output.store(group * shape.filters + filter, result[filter], place, columns, member);
        }
    }
}
