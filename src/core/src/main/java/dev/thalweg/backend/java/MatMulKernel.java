package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.MatMul;
import dev.thalweg.tensor.Shape;
import java.util.Arrays;

/** Products of many small matrices, each computed by one thread. */
final class MatMulKernel implements Kernel, ThreadTeam.Task {
    private final MatMul op;
    private final int count;
    private final int rows;
    private final int inner;
    private final int columns;
    private final Floats first;
    private final Floats second;
    private final Floats result;
    private final float[][][] a;
    private final float[][][] b;
    private final float[][][] c;
    private final float[][] line;

    MatMulKernel(
            MatMul op, Shape firstShape, Shape resultShape, Floats first, Floats second, Floats result, int threads) {
        int rank = resultShape.rank();
        this.op = op;
        this.rows = resultShape.dim(rank - 2);
        this.columns = resultShape.dim(rank - 1);
        this.inner = firstShape.dim(op.transposeFirst() ? rank - 2 : rank - 1);
        this.count = Shape.extent(resultShape.elements() / rows / columns);
        this.first = first;
        this.second = second;
        this.result = result;
        this.a = new float[threads][rows][inner];
        this.b = new float[threads][inner][columns];
        this.c = new float[threads][rows][columns];
        this.line = new float[threads][Math.max(rows, Math.max(inner, columns))];
    }

    @Override
    public void compute(ThreadTeam team) {
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        for (int product = ThreadTeam.share(count, member, members);
                product < ThreadTeam.share(count, member + 1, members);
                product++) {
            load(first, (long) product * rows * inner, op.transposeFirst(), a[member], line[member]);
            load(second, (long) product * inner * columns, op.transposeSecond(), b[member], line[member]);
            for (float[] row : c[member]) {
                Arrays.fill(row, 0);
            }
            Gemm.multiply(a[member], b[member], c[member], rows, columns, inner);
            for (int row = 0; row < rows; row++) {
                result.store(c[member][row], ((long) product * rows + row) * columns, columns);
            }
        }
    }

    private static void load(Floats from, long place, boolean transposed, float[][] to, float[] line) {
        int width = to[0].length;
        if (!transposed) {
            for (int row = 0; row < to.length; row++) {
                from.load(place + (long) row * width, to[row], width);
            }
            return;
        }
        for (int column = 0; column < width; column++) {
            from.load(place + (long) column * to.length, line, to.length);
            for (int row = 0; row < to.length; row++) {
                to[row][column] = line[row];
            }
        }
    }
}
