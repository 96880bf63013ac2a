package dev.thalweg.backend.onednn;

import dev.thalweg.backend.runtime.SharedTask;
import dev.thalweg.graph.Window;
import dev.thalweg.onednn.MemoryDesc;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Pictures, channels last, as the matrix whose row for each place of a window holds what the window sees there: taps
 * row by row, the channels of each side by side, zeros where it sees padding.
 *
 * @param window its kernel, strides and dilation
 * @param pictures {@code [N, C, H, W]}
 * @param type of their numbers
 * @param height how many places there are below each other
 * @param width how many places there are side by side
 * @param top the row that the first tap of the first place sees
 * @param left the column that it sees
 * @param direction 1 where taps go down and right from the first, -1 where they go up and left
 */
record Unfolding(
        Window window, Shape pictures, DataType type, int height, int width, int top, int left, int direction) {
    /** What a convolution's window sees of its source. */
    static Unfolding ofSource(Window window, Shape source, DataType type, Shape result) {
        return new Unfolding(
                window, source, type, result.dim(2), result.dim(3), -window.padTop(), -window.padLeft(), 1);
    }

    /** To which gradients of a result each pixel of the source contributed, by a window without strides. */
    static Unfolding ofGradient(Window window, Shape gradient, DataType type, Shape source) {
        return new Unfolding(
                window, gradient, type, source.dim(2), source.dim(3), window.padTop(), window.padLeft(), -1);
    }

    /** The matrix's rows: places in all pictures. */
    int rows() {
        return Math.multiplyExact(pictures.dim(0), Math.multiplyExact(height, width));
    }

    /** The matrix's columns: taps of all channels. */
    int columns() {
        return Math.multiplyExact(Math.multiplyExact(window.kernelHeight(), window.kernelWidth()), pictures.dim(1));
    }

    /** Whether pictures are that matrix as they lie. */
    private boolean isIdentity() {
        return window.kernelHeight() == 1
                && window.kernelWidth() == 1
                && top == 0
                && left == 0
                && height == pictures.dim(2)
                && width == pictures.dim(3);
    }

    /** Appends what makes the matrix of pictures. */
    Location matrix(LoweringContext context, Location from) {
        Shape shape = Shape.of(rows(), columns());
        if (isIdentity()) {
            return new Location(from.buffer(), context.program().own(MemoryDesc.plain(shape, type)));
        }
        Location to = context.program().locate(MemoryDesc.plain(shape, type));
        int threads = context.compiler().threads();
        context.program()
                .add(
                        "unfold",
                        memory -> {
                            MemorySegment source = memory.segment(from);
                            MemorySegment target = memory.segment(to);
                            return new SharedTask(
                                    0, rows(), threads, _ -> (first, end) -> unfold(source, target, first, end));
                        },
                        List.of(from),
                        List.of(to));
        return to;
    }

    private void unfold(MemorySegment from, MemorySegment to, int first, int end) {
        long pixel = (long) pictures.dim(1) * type.bytes();
        for (int row = first; row < end; row++) {
            int x = row % width * window.strideWidth() + left;
            int y = row / width % height * window.strideHeight() + top;
            long picture = (long) (row / width / height) * pictures.dim(2);
            long at = row * (pixel * window.kernelHeight() * window.kernelWidth());
            for (int i = 0; i < window.kernelHeight(); i++) {
                int tapY = y + direction * i * window.dilationHeight();
                for (int j = 0; j < window.kernelWidth(); j++) {
                    int tapX = x + direction * j * window.dilationWidth();
                    if (tapY >= 0 && tapY < pictures.dim(2) && tapX >= 0 && tapX < pictures.dim(3)) {
                        long line = picture + tapY;
                        MemorySegment.copy(from, (line * pictures.dim(3) + tapX) * pixel, to, at, pixel);
                    } else {
                        to.asSlice(at, pixel).fill((byte) 0);
                    }
                    at += pixel;
                }
            }
        }
    }
}
