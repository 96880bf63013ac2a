package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Concat;
import dev.thalweg.graph.Slice;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies stretches of neighbouring elements between two tensors: a part of one along an axis to a part of the other.
 */
record CopyKernel(
        long count,
        long length,
        Floats source,
        long sourceStep,
        long sourceFrom,
        Floats target,
        long targetStep,
        long targetFrom)
        implements Kernel, ThreadTeam.Task {
    /** How many stretches there are before an axis. */
    private static long outer(Shape shape, int axis) {
        long outer = 1;
        for (int i = 0; i < axis; i++) {
            outer *= shape.dim(i);
        }
        return outer;
    }

    /** How many elements one index of an axis holds. */
    private static long inner(Shape shape, int axis) {
        return shape.elements() / outer(shape, axis) / shape.dim(axis);
    }

    /** How many elements the axis and all after it hold. */
    private static long span(Shape shape, int axis) {
        return shape.elements() / outer(shape, axis);
    }

    static CopyKernel slice(Slice op, Operands at) {
        return new CopyKernel(
                outer(at.shape(0), op.axis()),
                span(at.result(), op.axis()),
                at.in(0),
                span(at.shape(0), op.axis()),
                op.from() * inner(at.shape(0), op.axis()),
                at.out(0),
                span(at.result(), op.axis()),
                0);
    }

    /** A copy for each input. */
    static List<CopyKernel> concat(Concat op, Operands at) {
        List<CopyKernel> copies = new ArrayList<>();
        long to = 0;
        for (int i = 0; i < at.count(); i++) {
            long length = span(at.shape(i), op.axis());
            copies.add(new CopyKernel(
                    outer(at.result(), op.axis()),
                    length,
                    at.in(i),
                    length,
                    0,
                    at.out(0),
                    span(at.result(), op.axis()),
                    to));
            to += length;
        }
        return copies;
    }

    @Override
    public void compute(ThreadTeam team) {
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        for (long i = count * member / members; i < count * (member + 1) / members; i++) {
            MemorySegment.copy(
                    source.segment(),
                    (i * sourceStep + sourceFrom) * Float.BYTES,
                    target.segment(),
                    (i * targetStep + targetFrom) * Float.BYTES,
                    length * Float.BYTES);
        }
    }
}
