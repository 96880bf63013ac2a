package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;

/** Copies runs of neighbouring elements between two tensors: a part of one along an axis to a part of the other. */
record RunCopyKernel(
        long count,
        long length,
        Floats source,
        long sourceStep,
        long sourceFrom,
        Floats target,
        long targetStep,
        long targetFrom)
        implements Kernel, ThreadTeam.Task {
    /** How many runs there are before an axis. */
    static long outer(Shape shape, int axis) {
        long outer = 1;
        for (int i = 0; i < axis; i++) {
            outer *= shape.dim(i);
        }
        return outer;
    }

    /** How many elements one index of an axis holds. */
    static long inner(Shape shape, int axis) {
        return shape.elements() / outer(shape, axis) / shape.dim(axis);
    }

    /** How many elements the axis and all after it hold. */
    static long run(Shape shape, int axis) {
        return shape.elements() / outer(shape, axis);
    }

    @Override
    public void run(ThreadTeam team) {
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
