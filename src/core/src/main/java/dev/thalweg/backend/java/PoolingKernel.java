package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.PoolingBackward;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Pooling, forward and backward, one channel of one image after the other: the pixels under the windows as a matrix
 * (see {@link Patches}), a row for each pixel of the window, whose rows are then combined element by element.
 */
final class PoolingKernel implements Kernel, ThreadTeam.Task {
    /** A member's arrays. */
    private static final class Desk {
        final float[] slab;
        final float[][] pixels;
        final float[] result;
        final float[] gradient;
        final float[] taken;

        Desk(Patches patches, int outputs) {
            slab = new float[patches.slabSize(patches.outputHeight)];
            pixels = new float[patches.rows][outputs];
            result = new float[outputs];
            gradient = new float[outputs];
            taken = new float[outputs];
        }
    }

    private final Pooling.Kind kind;
    private final int planes;
    private final int pixels;
    private final int outputs;
    private final Patches patches;
    private final Numbers source;
    /** Null in the forward direction. */
    private final @Nullable Floats outputGradient;
    /** The output, or in the backward direction the source's gradient. */
    private final Numbers result;
    /** By what each sum is divided; empty for the maximum. */
    private final float[] divisors;

    private final Desk[] desks;

    private PoolingKernel(
            Pooling.Kind kind,
            Window window,
            Shape shape,
            Numbers source,
            @Nullable Floats outputGradient,
            Numbers result,
            int threads) {
        this.kind = kind;
        this.planes = shape.dim(0) * shape.dim(1);
        this.pixels = shape.dim(2) * shape.dim(3);
        this.patches = new Patches(window, 1, shape.dim(2), shape.dim(3));
        this.outputs = patches.outputHeight * patches.outputWidth;
        this.source = source;
        this.outputGradient = outputGradient;
        this.result = result;
        this.desks = new Desk[threads];
        for (int i = 0; i < threads; i++) {
            desks[i] = new Desk(patches, outputs);
        }
        this.divisors = kind == Pooling.Kind.MAX ? new float[0] : divisors();
    }

    /** How many pixels of each window count: those in the picture, or all. */
    private float[] divisors() {
        float[] counts = new float[outputs];
        if (kind == Pooling.Kind.AVERAGE_INCLUDING_PADDING) {
            Arrays.fill(counts, patches.rows);
            return counts;
        }
        Desk desk = desks[0];
        patches.loadFull(1, desk.slab);
        patches.gather(desk.slab, 0, patches.outputHeight, desk.pixels);
        for (float[] row : desk.pixels) {
            Gemm.add(row, counts, outputs);
        }
        return counts;
    }

    static PoolingKernel forward(Pooling op, Operands at) {
        return new PoolingKernel(
                op.kind(), op.window(), at.shape(0), at.numbers(0), null, at.resultNumbers(), at.threads());
    }

    static PoolingKernel backward(PoolingBackward op, Operands at) {
        return new PoolingKernel(op.kind(), op.window(), at.shape(0), at.in(0), at.in(2), at.out(0), at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        Desk desk = desks[member];
        for (int p = ThreadTeam.share(planes, member, members);
                p < ThreadTeam.share(planes, member + 1, members);
                p++) {
            if (kind == Pooling.Kind.MAX || outputGradient == null) {
                patches.load(
                        source,
                        (long) p * pixels,
                        0,
                        patches.outputHeight,
                        desk.slab,
                        kind == Pooling.Kind.MAX ? Float.NEGATIVE_INFINITY : 0);
                patches.gather(desk.slab, 0, patches.outputHeight, desk.pixels);
                reduce(desk);
            }
            if (outputGradient == null) {
                result.store(desk.result, (long) p * outputs, outputs);
            } else {
                outputGradient.load((long) p * outputs, desk.gradient, outputs);
                spread(desk);
                Arrays.fill(desk.slab, 0);
                patches.scatter(desk.pixels, 0, patches.outputHeight, desk.slab);
                patches.store(desk.slab, result, (long) p * pixels);
            }
        }
    }

    private void reduce(Desk desk) {
        System.arraycopy(desk.pixels[0], 0, desk.result, 0, outputs);
        for (int k = 1; k < desk.pixels.length; k++) {
            if (kind == Pooling.Kind.MAX) {
                takeGreater(desk.result, desk.pixels[k]);
            } else {
                Gemm.add(desk.pixels[k], desk.result, outputs);
            }
        }
        if (kind != Pooling.Kind.MAX) {
            divide(desk.result, divisors);
        }
    }

    /** Puts the gradient of each pixel in the place of the pixel. */
    private void spread(Desk desk) {
        if (kind != Pooling.Kind.MAX) {
            divide(desk.gradient, divisors);
            for (float[] row : desk.pixels) {
                System.arraycopy(desk.gradient, 0, row, 0, outputs);
            }
            return;
        }
        // Pixel after pixel of the window in order: the first that is the greatest takes the gradient and leaves
        // nothing.
        for (float[] row : desk.pixels) {
            takeWhereEqual(desk.taken, desk.gradient, desk.result, row);
            subtract(desk.gradient, desk.taken);
            System.arraycopy(desk.taken, 0, row, 0, outputs);
        }
    }

    private static void takeGreater(float[] most, float[] row) {
        for (int i = 0; i < most.length; i++) {
            most[i] = Math.max(most[i], row[i]);
        }
    }

    /** Without a branch, which could not be foreseen: the difference to the maximum is 0 or has the sign 1. */
    private static void takeWhereEqual(float[] taken, float[] gradient, float[] most, float[] row) {
        for (int i = 0; i < taken.length; i++) {
            taken[i] = gradient[i] * (1 - Math.signum(most[i] - row[i]));
        }
    }

    private static void subtract(float[] from, float[] row) {
        for (int i = 0; i < from.length; i++) {
            from[i] -= row[i];
        }
    }

    private static void divide(float[] sum, float[] divisors) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= divisors[i];
        }
    }
}
