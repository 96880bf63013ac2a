package dev.thalweg.backend.onednn;

import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.List;

/** Pictures {@code [N, C, H, W]} and kernels {@code [O, C, H, W]} whose channels lie side by side. */
final class ChannelsLast {
    private ChannelsLast() {}

    /** Pictures that lie as {@code [N, H, W, C]}. */
    static MemoryDesc pictures(Shape shape, DataType type) {
        return MemoryDesc.transposed(
                Shape.of(shape.dim(0), shape.dim(2), shape.dim(3), shape.dim(1)), type, List.of(0, 3, 1, 2));
    }

    /** Kernels that lie as {@code [H, W, C, O]}. */
    static MemoryDesc kernels(Shape shape, DataType type) {
        return MemoryDesc.transposed(
                Shape.of(shape.dim(2), shape.dim(3), shape.dim(1), shape.dim(0)), type, List.of(3, 2, 0, 1));
    }

    /** Kernels that lie as {@code [H, W, O, C]}. */
    static MemoryDesc transposedKernels(Shape shape, DataType type) {
        return MemoryDesc.transposed(
                Shape.of(shape.dim(2), shape.dim(3), shape.dim(0), shape.dim(1)), type, List.of(2, 3, 0, 1));
    }
}
