package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Convolution;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolution forward: weights times patches, for blocks of output rows of each image and group. A summand is read just
 * before the result of the same place is written, so it may lie there.
 */
final class ConvolutionKernel implements Kernel, ThreadTeam.Task {
    private final ConvolutionShape shape;
    private final Floats source;
    private final Floats weights;
    /** Null where there is none. */
    private final @Nullable Floats bias;
    /** Null where nothing is added. */
    private final @Nullable Floats summand;

    private final Floats output;
    private final float[][][] groupWeights;
    private final float[] biases;
    private final float[][] slabs;
    private final float[][][] matrices;
    private final float[][][] results;
    private final float[][] summands;

    ConvolutionKernel(
            ConvolutionShape shape,
            Floats source,
            Floats weights,
            @Nullable Floats bias,
            @Nullable Floats summand,
            Floats output,
            int threads) {
        this.shape = shape;
        this.source = source;
        this.weights = weights;
        this.bias = bias;
        this.summand = summand;
        this.output = output;
        this.groupWeights = new float[shape.groups][shape.filters][shape.patches.rows];
        this.biases = new float[shape.groups * shape.filters];
        this.slabs = new float[threads][shape.patches.slabSize(shape.blockRows)];
        this.matrices = new float[threads][shape.patches.rows][shape.blockColumns()];
        this.results = new float[threads][shape.filters][shape.blockColumns()];
        this.summands = new float[threads][summand == null ? 0 : shape.blockColumns()];
    }

    static ConvolutionKernel of(Convolution op, Operands at) {
        return new ConvolutionKernel(
                new ConvolutionShape(at.shape(0), at.shape(1), op.window(), op.groups(), at.threads()),
                at.in(0),
                at.in(1),
                op.hasBias(at.count()) ? at.in(2) : null,
                op.postOps().sum() ? at.in(at.count() - 1) : null,
                at.out(0),
                at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        for (int group = 0; group < shape.groups; group++) {
            shape.loadWeights(weights, group, groupWeights[group]);
        }
        if (bias != null) {
            bias.load(0, biases, biases.length);
        }
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
            Arrays.fill(result[filter], 0, columns, biases[group * shape.filters + filter]);
        }
        Gemm.multiply(groupWeights[group], matrix, result, shape.filters, columns, shape.patches.rows);
        for (int filter = 0; filter < shape.filters; filter++) {
            long place = shape.output(image, group, filter) + (long) from * shape.patches.outputWidth;
            if (summand != null) {
                summand.load(place, summands[member], columns);
                add(result[filter], summands[member], columns);
            }
            output.store(result[filter], place, columns);
        }
    }

    private static void add(float[] sum, float[] values, int length) {
        for (int i = 0; i < length; i++) {
            sum[i] += values[i];
        }
    }
}
