package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Reduction;
import dev.thalweg.tensor.Shape;
import java.util.Arrays;

/** Sums a tensor into a smaller one, in double so that the order of a long sum does not show; one thread. */
final class ReductionKernel implements Kernel {
    private static final int TILE = 2048;

    private final Repetition repetition;
    private final double scale;
    private final Floats source;
    private final Floats result;
    private final double[] sums;
    private final float[] tile = new float[TILE];

    ReductionKernel(Repetition repetition, double scale, Floats source, Floats result) {
        this.repetition = repetition;
        this.scale = scale;
        this.source = source;
        this.result = result;
        this.sums = new double[Shape.extent(result.length())];
    }

    static ReductionKernel of(Reduction op, Operands at) {
        return new ReductionKernel(
                new Repetition(at.shape(0), at.result()),
                switch (op.kind()) {
                    case SUM -> 1;
                    case MEAN -> (double) at.result().elements() / at.shape(0).elements();
                },
                at.in(0),
                at.out(0));
    }

    @Override
    public void compute(ThreadTeam team) {
        Arrays.fill(sums, 0);
        for (int row = 0; row < repetition.rows; row++) {
            int target = repetition.small(row);
            for (int from = 0; from < repetition.length; from += TILE) {
                int length = Math.min(TILE, repetition.length - from);
                source.load((long) row * repetition.length + from, tile, length);
                add(target, from, length);
            }
        }
        for (int i = 0; i < sums.length; i++) {
            result.set(i, (float) (sums[i] * scale));
        }
    }

    private void add(int target, int from, int length) {
        if (repetition.single) {
            double sum = 0;
            for (int i = 0; i < length; i++) {
                sum += tile[i];
            }
            sums[target] += sum;
        } else {
            for (int i = 0; i < length; i++) {
                sums[target + from + i] += tile[i];
            }
        }
    }
}
