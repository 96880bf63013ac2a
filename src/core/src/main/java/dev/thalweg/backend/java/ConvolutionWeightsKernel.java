package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Convolution backward to its weights: output gradient, {@code [filters, places]}, times the source's patches,
 * {@code [places, pixels of the kernel and channels]}, summed over images. A last column of ones beside the patches
 * sums the gradient itself, which is the bias' gradient. Each member sums its own images; the members' sums are added
 * in their order, so that the result is the same every time.
 */
final class ConvolutionWeightsKernel implements Kernel {
    /** Patches are rows long enough for vectors. */
    private static final int LEAST_PATCH = 64;
    /** So many filters are multiplied by a patch that copying it does not count. */
    private static final int LEAST_FILTERS = 8;
    /** Floats of a slab, if more than an output row's fits: 256 KiB. */
    private static final int SLAB = 1 << 16;
    /** Places whose patches are multiplied at a time: few enough to be near, two times eight for {@link Gemm}. */
    private static final int PLACES = 16;
    /** Room for places of several small pictures. */
    private static final int LEAST_PLACES = 128;
    /** Places whose products are summed as floats, before they are added to sums of doubles. */
    private static final int FLOAT_PLACES = 1024;
    /** Sums that are computed at a time: 512 KiB stays in a second-level cache. */
    private static final int SUMS = 1 << 17;

    /** A member's arrays. */
    private final class Desk {
        final float[] plane = new float[rows.planeSize(shape.blockRows)];
        final float[] slab = new float[rows.slabSize(shape.blockRows)];
        /** A row for each place, of which those that are {@link #PLACES} apart share one. */
        final float[][] patches = new float[places][];

        final float[][] gradients = new float[atATime][places];
        final float[][] sums = new float[atATime][patch + 1];
        final double[][] totals = new double[atATime][patch + 1];
        /** Places whose gradients are loaded. */
        int loaded;
        /** Places, before these, that are in the sums. */
        int multiplied;
        /** Places in the sums that are not in the totals. */
        int summed;

        Desk() {
            for (int i = 0; i < places; i++) {
                patches[i] = i < PLACES ? new float[patch + 1] : patches[i - PLACES];
                patches[i][patch] = 1;
            }
        }

        void clear() {
            for (int i = 0; i < count; i++) {
                Arrays.fill(totals[i], 0);
                Arrays.fill(sums[i], 0);
            }
        }

        void add(int image, int block) {
            int from = shape.firstRow(block);
            int to = shape.lastRow(block);
            int width = shape.patches.outputWidth;
            int length = (to - from) * width;
            if (loaded + length > places) {
                finish();
            }
            for (int i = 0; i < count; i++) {
                long plane = shape.output(image, group, first + i);
                gradient.load(plane + (long) from * width, gradients[i], loaded, length);
            }
            rows.load(source, shape.source(image, group), from, to, plane, slab);
            for (int place = 0; place < length; place++) {
                rows.gather(slab, place / width, place % width, patches[loaded++]);
                if (loaded % PLACES == 0) {
                    multiply();
                }
            }
            if (summed >= FLOAT_PLACES) {
                total();
            }
        }

        /** Multiplies what is loaded, and starts anew. */
        void finish() {
            multiply();
            loaded = 0;
            multiplied = 0;
        }

        private void multiply() {
            Gemm.multiply(gradients, patches, sums, count, patch + 1, multiplied, loaded);
            summed += loaded - multiplied;
            multiplied = loaded;
        }

        void total() {
            for (int i = 0; i < count; i++) {
                addTo(totals[i], sums[i]);
                Arrays.fill(sums[i], 0);
            }
            summed = 0;
        }

        private static void addTo(double[] totals, float[] sums) {
            for (int i = 0; i < totals.length; i++) {
                totals[i] += sums[i];
            }
        }
    }

    private final ConvolutionShape shape;
    private final PlaceRows rows;
    private final Floats source;
    private final Floats gradient;
    private final Floats weightsGradient;
    /** Null where there is no bias, or it is not asked for. */
    private final @Nullable Floats biasGradient;

    private final int patch;
    private final int places;
    private final int atATime;
    private final List<Desk> desks;
    private final ThreadTeam.Task multiply = this::multiply;
    private final ThreadTeam.Task store = this::store;
    private int group;
    private int first;
    private int count;

    private ConvolutionWeightsKernel(ConvolutionBackwardWeights op, Operands at) {
        Shape pictures = at.shape(0);
        this.rows = new PlaceRows(op.window(), op.weights().dim(1), pictures.dim(2), pictures.dim(3));
        this.shape = new ConvolutionShape(
                pictures, op.weights(), op.window(), op.groups(), at.threads(), rows.outputRows(SLAB));
        this.source = at.in(0);
        this.gradient = at.in(1);
        this.weightsGradient = at.out(0);
        this.biasGradient = op.bias() ? at.out(1) : null;
        this.patch = shape.patches.rows;
        this.places = Math.max(LEAST_PLACES, shape.blockColumns());
        this.atATime = Math.clamp(SUMS / patch, 1, shape.filters);
        this.desks = IntStream.range(0, at.threads()).mapToObj(_ -> new Desk()).toList();
    }

    static Kernel of(ConvolutionBackwardWeights op, Operands at) {
        Shape weights = op.weights();
        long patch = weights.elements() / weights.dim(0);
        return patch < LEAST_PATCH || weights.dim(0) / op.groups() < LEAST_FILTERS
                ? FewWeightsKernel.of(op, at)
                : new ConvolutionWeightsKernel(op, at);
    }

    @Override
    public void compute(ThreadTeam team) {
        for (group = 0; group < shape.groups; group++) {
            for (first = 0; first < shape.filters; first += atATime) {
                count = Math.min(atATime, shape.filters - first);
                team.run(multiply);
                team.run(store);
            }
        }
    }

    private void multiply(int member, int members) {
        Desk desk = desks.get(member);
        desk.clear();
        int units = shape.batch * shape.blocks;
        for (int unit = ThreadTeam.share(units, member, members);
                unit < ThreadTeam.share(units, member + 1, members);
                unit++) {
            desk.add(unit / shape.blocks, unit % shape.blocks);
        }
        desk.finish();
        desk.total();
    }

    private void store(int member, int members) {
        for (int i = ThreadTeam.share(count, member, members); i < ThreadTeam.share(count, member + 1, members); i++) {
            int filter = group * shape.filters + first + i;
            for (int column = 0; column < patch; column++) {
                weightsGradient.set((long) filter * patch + rows.weight(column), sum(i, column));
            }
            if (biasGradient != null) {
                biasGradient.set(filter, sum(i, patch));
            }
        }
    }

    private float sum(int filter, int column) {
        double sum = 0;
        for (Desk desk : desks) {
            sum += desk.totals[filter][column];
        }
        return (float) sum;
    }
}
