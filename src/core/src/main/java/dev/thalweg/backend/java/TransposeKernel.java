package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.tensor.Shape;
import java.util.List;

/** Brings axes into another order, one line of the result's last axis after the other. */
final class TransposeKernel implements Kernel, ThreadTeam.Task {
    private final int[] dims;
    /** How far apart in the source neighbours along each axis of the result lie. */
    private final int[] steps;

    private final int lines;
    private final Floats source;
    private final Floats result;

    TransposeKernel(Shape shape, List<Integer> order, Floats source, Floats result) {
        int rank = order.size();
        int[] strides = new int[rank];
        int stride = 1;
        for (int i = rank - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape.dim(i);
        }
        dims = order.stream().mapToInt(shape::dim).toArray();
        steps = order.stream().mapToInt(axis -> strides[axis]).toArray();
        lines = Shape.extent(shape.elements() / dims[rank - 1]);
        this.source = source;
        this.result = result;
    }

    @Override
    public void compute(ThreadTeam team) {
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        int last = dims.length - 1;
        for (int line = ThreadTeam.share(lines, member, members);
                line < ThreadTeam.share(lines, member + 1, members);
                line++) {
            long from = 0;
            int rest = line;
            for (int axis = last - 1; axis >= 0; axis--) {
                from += (long) (rest % dims[axis]) * steps[axis];
                rest /= dims[axis];
            }
            for (int i = 0; i < dims[last]; i++) {
                result.set((long) line * dims[last] + i, source.get(from + (long) i * steps[last]));
            }
        }
    }
}
