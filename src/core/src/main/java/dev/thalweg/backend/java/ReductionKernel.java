package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Reduction;
import dev.thalweg.tensor.Shape;
import java.util.Arrays;

/**
 * Sums a tensor into a smaller one, in double so that the order of a long sum does not show, or finds the greatest; one
 * thread.
 */
final class ReductionKernel implements Kernel {
    private static final int TILE = 2048;

    private final Reduction.Kind kind;
    private final Repetition repetition;
    private final double scale;
    private final Floats source;
    private final Floats result;
    private final double[] reduced;
    private final float[] tile = new float[TILE];

    ReductionKernel(Reduction.Kind kind, Repetition repetition, double scale, Floats source, Floats result) {
        this.kind = kind;
        this.repetition = repetition;
        this.scale = scale;
        this.source = source;
        this.result = result;
        this.reduced = new double[Shape.extent(result.length())];
    }

    static ReductionKernel of(Reduction op, Operands at) {
        return new ReductionKernel(
                op.kind(),
                new Repetition(at.shape(0), at.result()),
                switch (op.kind()) {
                    case SUM, MAX -> 1;
                    case MEAN -> (double) at.result().elements() / at.shape(0).elements();
                },
                at.in(0),
                at.out(0));
    }

    @Override
    public void compute(ThreadTeam team) {
        Arrays.fill(reduced, kind == Reduction.Kind.MAX ? Double.NEGATIVE_INFINITY : 0);
        for (int row = 0; row < repetition.rows; row++) {
            int target = repetition.small(row);
            for (int from = 0; from < repetition.length; from += TILE) {
                int length = Math.min(TILE, repetition.length - from);
                source.load((long) row * repetition.length + from, tile, length);
                switch (kind) {
                    case SUM, MEAN -> add(target, from, length);
                    case MAX -> takeGreater(target, from, length);
                }
            }
        }
        for (int i = 0; i < reduced.length; i++) {
            result.set(i, (float) (reduced[i] * scale));
        }
    }

    private void add(int target, int from, int length) {
        if (repetition.single) {
            double sum = 0;
            for (int i = 0; i < length; i++) {
                sum += tile[i];
            }
            reduced[target] += sum;
        } else {
            for (int i = 0; i < length; i++) {
                reduced[target + from + i] += tile[i];
            }
        }
    }

    private void takeGreater(int target, int from, int length) {
        if (repetition.single) {
            float most = tile[0];
            for (int i = 1; i < length; i++) {
                most = Math.max(most, tile[i]);
            }
            reduced[target] = Math.max(reduced[target], most);
        } else {
            for (int i = 0; i < length; i++) {
                reduced[target + from + i] = Math.max(reduced[target + from + i], tile[i]);
            }
        }
    }
}
