package dev.thalweg.interop.keras;

import dev.thalweg.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * What flows between layers while a network is put together. Pictures are {@code [C, H, W]} here, whatever they are in
 * the file.
 *
 * @param place counted as in {@link dev.thalweg.model.LayerCall#from}
 * @param shape of one example
 * @param flattened where the numbers are those of flattened pictures in our order, {@code C, H, W}, while the file
 *     counts them as {@code H, W, C}: the extents of the pictures; else null
 * @param pixels where it is the network's pictures, what becomes of their bytes; else null
 */
record Flowing(
        int place,
        Shape shape,
        @Nullable Shape flattened,
        @Nullable PixelScaling pixels) {
    Flowing(int place, Shape shape) {
        this(place, shape, null, null);
    }

    /** {@return whether it is of pictures, or of what convolutions make of them} */
    boolean isPicture() {
        return shape.rank() == 3;
    }

    int dim(int axis) {
        return shape.dim(axis);
    }
}
