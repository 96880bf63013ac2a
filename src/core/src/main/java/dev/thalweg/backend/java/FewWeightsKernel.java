package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Convolution backward to its weights where a filter has few: patches times output gradient, summed over places and
 * images. A sum for each weight and each column of a small block of output rows is kept while all images pass by,
 * because loops over columns become vector instructions; the columns are added up at the end. A few filters are done at
 * a time, so that their sums stay in a cache. Each member sums its own images; the members' sums are added in their
 * order, so that the result is the same every time.
 */
final class FewWeightsKernel implements Kernel, ThreadTeam.Task {
    /** Columns of a block: several vectors. */
    private static final int COLUMNS = 128;
    /** Blocks that are added to the sums in one go; a multiple of four. */
    private static final int BLOCKS = 8;
    /** Sums of the filters that are done at a time: 4 MiB. */
    private static final int SUMS = 1 << 20;

    /** A member's arrays. */
    private final class Desk {
        final float[][] slabs = new float[BLOCKS][shape.patches.slabSize(blockRows)];
        /** For each block a row for each pixel of the kernel. */
        final float[][][] pixels = new float[BLOCKS][shape.patches.rows][columns];
        /** For each block a row for each filter. */
        final float[][][] gradients = new float[BLOCKS][filtersAtATime][columns];

        final float[][] sums = new float[filtersAtATime * shape.patches.rows][columns];
        final float[][] biasSums = new float[filtersAtATime][columns];
        final double[] totals = new double[filtersAtATime * shape.patches.rows];
        final double[] biasTotals = new double[filtersAtATime];
    }

    private final ConvolutionShape shape;
    private final Floats source;
    private final Floats gradient;
    private final Floats weightsGradient;
    /** Null where there is no bias, or it is not asked for. */
    private final @Nullable Floats biasGradient;

    private final int blockRows;
    private final int columns;
    private final int filtersAtATime;
    private final Desk[] desks;
    private final float[] out;
    private int group;
    private int firstFilter;
    private int filters;

    FewWeightsKernel(
            ConvolutionShape shape,
            Floats source,
            Floats gradient,
            Floats weightsGradient,
            @Nullable Floats biasGradient,
            int threads) {
        this.shape = shape;
        this.source = source;
        this.gradient = gradient;
        this.weightsGradient = weightsGradient;
        this.biasGradient = biasGradient;
        this.blockRows = Math.clamp(COLUMNS / shape.patches.outputWidth, 1, shape.patches.outputHeight);
        this.columns = blockRows * shape.patches.outputWidth;
        this.filtersAtATime = Math.clamp(SUMS / ((long) shape.patches.rows * columns), 1, shape.filters);
        this.desks = new Desk[threads];
        for (int i = 0; i < threads; i++) {
            desks[i] = new Desk();
        }
        this.out = new float[shape.patches.rows];
    }

    static FewWeightsKernel of(ConvolutionBackwardWeights op, Operands at) {
        return new FewWeightsKernel(
                new ConvolutionShape(at.shape(0), op.weights(), op.window(), op.groups(), at.threads()),
                at.in(0),
                at.in(1),
                at.out(0),
                op.bias() ? at.out(1) : null,
                at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        for (group = 0; group < shape.groups; group++) {
            for (firstFilter = 0; firstFilter < shape.filters; firstFilter += filtersAtATime) {
                filters = Math.min(filtersAtATime, shape.filters - firstFilter);
                team.run(this);
                store();
            }
        }
    }

    private void store() {
        int rows = shape.patches.rows;
        for (int filter = 0; filter < filters; filter++) {
            int index = group * shape.filters + firstFilter + filter;
            for (int row = 0; row < rows; row++) {
                double sum = 0;
                for (Desk desk : desks) {
                    sum += desk.totals[filter * rows + row];
                }
                out[row] = (float) sum;
            }
            weightsGradient.store(out, (long) index * rows, rows);
            if (biasGradient != null) {
                double sum = 0;
                for (Desk desk : desks) {
                    sum += desk.biasTotals[filter];
                }
                biasGradient.set(index, (float) sum);
            }
        }
    }

    @Override
    public void run(int member, int members) {
        Desk desk = desks[member];
        for (float[] sums : desk.sums) {
            Arrays.fill(sums, 0);
        }
        for (float[] sums : desk.biasSums) {
            Arrays.fill(sums, 0);
        }
        int blocks = (shape.patches.outputHeight + blockRows - 1) / blockRows;
        int units = shape.batch * blocks;
        int end = ThreadTeam.share(units, member + 1, members);
        int loaded = 0;
        for (int unit = ThreadTeam.share(units, member, members); unit < end; unit++) {
            load(desk, loaded++, unit / blocks, unit % blocks);
            if (loaded == BLOCKS || unit == end - 1) {
                for (; loaded < BLOCKS; loaded++) {
                    clear(desk, loaded);
                }
                add(desk);
                loaded = 0;
            }
        }
        for (int i = 0; i < filters * shape.patches.rows; i++) {
            desk.totals[i] = total(desk.sums[i]);
        }
        for (int i = 0; i < filters; i++) {
            desk.biasTotals[i] = total(desk.biasSums[i]);
        }
    }

    private void load(Desk desk, int place, int image, int block) {
        int from = block * blockRows;
        int to = Math.min(shape.patches.outputHeight, from + blockRows);
        int length = (to - from) * shape.patches.outputWidth;
        shape.patches.load(source, shape.source(image, group), from, to, desk.slabs[place]);
        shape.patches.gather(desk.slabs[place], from, to, desk.pixels[place]);
        for (float[] row : desk.pixels[place]) {
            // A block with fewer rows than others adds nothing in the columns it lacks.
            Arrays.fill(row, length, columns, 0);
        }
        for (int filter = 0; filter < filters; filter++) {
            float[] row = desk.gradients[place][filter];
            gradient.load(
                    shape.output(image, group, firstFilter + filter) + (long) from * shape.patches.outputWidth,
                    row,
                    length);
            Arrays.fill(row, length, columns, 0);
        }
    }

    private void clear(Desk desk, int place) {
        for (float[] row : desk.gradients[place]) {
            Arrays.fill(row, 0);
        }
        for (float[] row : desk.pixels[place]) {
            Arrays.fill(row, 0);
        }
    }

    private void add(Desk desk) {
        int rows = shape.patches.rows;
        for (int f = 0; f < filters; f++) {
            boolean two = f + 1 < filters;
            for (int r = 0; r < rows; r++) {
                if (two && r + 1 < rows) {
                    for (int block = 0; block < BLOCKS; block += 2) {
                        addSquare(desk, f, r, block);
                    }
                    r++;
                } else {
                    addOne(desk, f, r);
                    if (two) {
                        addOne(desk, f + 1, r);
                    }
                }
            }
            addBias(desk, f);
            if (two) {
                addBias(desk, ++f);
            }
        }
    }

    private void addSquare(Desk desk, int f, int r, int block) {
        int rows = shape.patches.rows;
        Gemm.square(
                desk.pixels[block][r],
                desk.pixels[block + 1][r],
                desk.pixels[block][r + 1],
                desk.pixels[block + 1][r + 1],
                desk.gradients[block][f],
                desk.gradients[block + 1][f],
                desk.gradients[block][f + 1],
                desk.gradients[block + 1][f + 1],
                desk.sums[f * rows + r],
                desk.sums[(f + 1) * rows + r],
                desk.sums[f * rows + r + 1],
                desk.sums[(f + 1) * rows + r + 1]);
    }

    private void addOne(Desk desk, int f, int r) {
        float[][][] x = desk.pixels;
        float[][][] g = desk.gradients;
        for (int block = 0; block < BLOCKS; block += 4) {
            Gemm.fourProducts(
                    x[block][r],
                    g[block][f],
                    x[block + 1][r],
                    g[block + 1][f],
                    x[block + 2][r],
                    g[block + 2][f],
                    x[block + 3][r],
                    g[block + 3][f],
                    desk.sums[f * shape.patches.rows + r]);
        }
    }

    private void addBias(Desk desk, int f) {
        float[][][] g = desk.gradients;
        for (int block = 0; block < BLOCKS; block += 4) {
            Gemm.addFour(g[block][f], g[block + 1][f], g[block + 2][f], g[block + 3][f], desk.biasSums[f]);
        }
    }

    private static double total(float[] sums) {
        double total = 0;
        for (float sum : sums) {
            total += sum;
        }
        return total;
    }
}
