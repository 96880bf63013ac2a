package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.HostUpdates;
import dev.thalweg.backend.runtime.Piece;
import dev.thalweg.memory.MemoryOwner;
import dev.thalweg.opencl.OpenClKernel;
import dev.thalweg.opencl.OpenClMemory;
import java.util.List;

/**
 * Measures how far parameters of {@link OpenClUpdates} move: one after the other is kept before its movement and
 * compared after it, so that the kernels that move are the same whether or not somebody watches.
 */
final class OpenClMovements {
    private static final String SOURCE = """
        __kernel void keep(__global float *kept, __global const float *parameter) {
            kept[get_global_id(0)] = parameter[get_global_id(0)];
        }
        __kernel void change(__global const float *kept, __global const float *parameter, __global float *sums,
                uint n, uint first) {
            float sum = 0;
            for (uint i = get_global_id(0); i < n; i += get_global_size(0)) {
                float x = parameter[i] - kept[i];
                sum += x * x;
            }
            sums[first + get_global_id(0)] = sum;
        }
        """;

    private final OpenClGpu gpu;
    private final OpenClKernel keep;
    private final OpenClKernel change;

    /**
     * Makes room for the largest parameter.
     *
     * @param owner of it, and of the kernels
     * @param items what moves
     * @param sums where partial sums go, {@link OpenClRule#SUMS} for each place
     */
    OpenClMovements(OpenClGpu gpu, MemoryOwner owner, List<HostUpdates.Item> items, OpenClMemory sums) {
        this.gpu = gpu;
        long largest =
                items.stream().mapToLong(item -> item.parameter().bytes()).max().orElse(0);
        OpenClMemory kept = OpenClGpu.memory(gpu.allocate(owner, largest));
        keep = gpu.kernel(owner, SOURCE, "keep");
        keep.set(0, kept);
        change = gpu.kernel(owner, SOURCE, "change");
        change.set(0, kept);
        change.set(2, sums);
    }

    /** Keeps a parameter as it is now. */
    void keep(Piece parameter) {
        keep.set(1, OpenClGpu.memory(parameter));
        keep.enqueue(gpu.queue(), elements(parameter));
    }

    /** Sums up the squares of what has changed since {@link #keep}, which was of the same parameter. */
    void measure(Piece parameter, int place) {
        change.set(1, OpenClGpu.memory(parameter));
        change.set(3, Math.toIntExact(elements(parameter)));
        change.set(4, place * OpenClRule.SUMS);
        change.enqueue(gpu.queue(), OpenClRule.SUMS);
    }

    private static long elements(Piece parameter) {
        return parameter.bytes() / Float.BYTES;
    }
}
