package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Binary;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Combines a tensor with one that is repeated over it; also repeats a tensor alone. */
final class BinaryKernel implements Kernel, ThreadTeam.Task {
    private static final int TILE = 2048;

    /** Null to repeat the second tensor. */
    private final Binary.@Nullable Kind kind;

    private final Repetition repetition;
    /** Null as the kind is. */
    private final @Nullable Floats first;

    private final Floats second;
    private final Floats result;
    private final int tilesPerRow;
    private final float[][] a;
    private final float[][] b;

    private BinaryKernel(
            Binary.@Nullable Kind kind,
            Repetition repetition,
            @Nullable Floats first,
            Floats second,
            Floats result,
            int threads) {
        this.kind = kind;
        this.repetition = repetition;
        this.first = first;
        this.second = second;
        this.result = result;
        this.tilesPerRow = (repetition.length + TILE - 1) / TILE;
        this.a = new float[threads][Math.min(TILE, repetition.length)];
        this.b = new float[threads][Math.min(TILE, repetition.length)];
    }

    static BinaryKernel of(Binary op, Operands at) {
        return new BinaryKernel(
                op.kind(), new Repetition(at.shape(0), at.shape(1)), at.in(0), at.in(1), at.out(0), at.threads());
    }

    /** The first input over the result's shape. */
    static BinaryKernel repeating(Operands at) {
        return new BinaryKernel(
                null, new Repetition(at.result(), at.shape(0)), null, at.in(0), at.out(0), at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        if (result.length() <= TILE) {
            run(0, 1);
        } else {
            team.run(this);
        }
    }

    @Override
    public void run(int member, int members) {
        int units = repetition.rows * tilesPerRow;
        for (int unit = ThreadTeam.share(units, member, members);
                unit < ThreadTeam.share(units, member + 1, members);
                unit++) {
            int row = unit / tilesPerRow;
            int from = unit % tilesPerRow * TILE;
            int length = Math.min(TILE, repetition.length - from);
            long place = (long) row * repetition.length + from;
            if (repetition.single) {
                Arrays.fill(b[member], 0, length, second.get(repetition.small(row)));
            } else {
                second.load((long) repetition.small(row) + from, b[member], length);
            }
            if (kind == null || first == null) {
                result.store(b[member], place, length);
            } else {
                first.load(place, a[member], length);
                combine(kind, a[member], b[member], length);
                result.store(a[member], place, length);
            }
        }
    }

    private static void combine(Binary.Kind kind, float[] x, float[] y, int n) {
        switch (kind) {
            case ADD -> {
                for (int i = 0; i < n; i++) {
                    x[i] += y[i];
                }
            }
            case SUB -> {
                for (int i = 0; i < n; i++) {
                    x[i] -= y[i];
                }
            }
            case MUL -> {
                for (int i = 0; i < n; i++) {
                    x[i] *= y[i];
                }
            }
            case DIV -> {
                for (int i = 0; i < n; i++) {
                    x[i] /= y[i];
                }
            }
            case MAX -> {
                for (int i = 0; i < n; i++) {
                    x[i] = Math.max(x[i], y[i]);
                }
            }
            case MIN -> {
                for (int i = 0; i < n; i++) {
                    x[i] = Math.min(x[i], y[i]);
                }
            }
            case EQUAL -> {
                for (int i = 0; i < n; i++) {
                    x[i] = x[i] == y[i] ? 1 : 0;
                }
            }
            case GREATER -> {
                for (int i = 0; i < n; i++) {
                    x[i] = x[i] > y[i] ? 1 : 0;
                }
            }
            case GREATER_OR_EQUAL -> {
                for (int i = 0; i < n; i++) {
                    x[i] = x[i] >= y[i] ? 1 : 0;
                }
            }
        }
    }
}
