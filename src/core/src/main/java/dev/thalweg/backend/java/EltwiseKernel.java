package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.EltwiseBackward;
import org.jspecify.annotations.Nullable;

/** An elementwise function or derivative, a tile at a time. */
final class EltwiseKernel implements Kernel, ThreadTeam.Task {
    private static final int TILE = 2048;

    private final EltwiseFunctions.Function function;
    private final Floats data;
    /** Null in the forward direction. */
    private final @Nullable Floats gradient;

    private final Floats result;
    private final float[][] tiles;
    private final float[][] gradientTiles;

    private EltwiseKernel(
            EltwiseFunctions.Function function, Floats data, @Nullable Floats gradient, Floats result, int threads) {
        this.function = function;
        this.data = data;
        this.gradient = gradient;
        this.result = result;
        this.tiles = new float[threads][TILE];
        this.gradientTiles = new float[threads][TILE];
    }

    static EltwiseKernel forward(Eltwise op, Operands at) {
        return new EltwiseKernel(EltwiseFunctions.forward(op), at.in(0), null, at.out(0), at.threads());
    }

    static EltwiseKernel backward(EltwiseBackward op, Operands at) {
        return new EltwiseKernel(EltwiseFunctions.backward(op.forward()), at.in(0), at.in(1), at.out(0), at.threads());
    }

    /** A function of another operation's result, where that lies. */
    static EltwiseKernel inPlace(Eltwise function, Operands at) {
        return new EltwiseKernel(EltwiseFunctions.forward(function), at.out(0), null, at.out(0), at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        if (data.length() <= TILE) {
            run(0, 1);
        } else {
            team.run(this);
        }
    }

    @Override
    public void run(int member, int members) {
        int count = (int) ((data.length() + TILE - 1) / TILE);
        float[] x = tiles[member];
        float[] g = gradientTiles[member];
        for (int tile = ThreadTeam.share(count, member, members);
                tile < ThreadTeam.share(count, member + 1, members);
                tile++) {
            long from = (long) tile * TILE;
            int length = (int) Math.min(TILE, data.length() - from);
            data.load(from, x, length);
            if (gradient != null) {
                gradient.load(from, g, length);
            }
            function.apply(x, g, length);
            result.store(x, from, length);
        }
    }
}
