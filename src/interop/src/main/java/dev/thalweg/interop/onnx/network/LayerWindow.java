package dev.thalweg.interop.onnx.network;

import dev.thalweg.model.Padding;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a window slides over pictures, as far as the layers know it: by one stride and one dilation both ways.
 *
 * @param kernelHeight in pixels
 * @param kernelWidth in pixels
 * @param stride both ways
 * @param dilation both ways
 * @param padding at the edges
 */
record LayerWindow(int kernelHeight, int kernelWidth, int stride, int dilation, Padding padding) {
    private static final List<Long> ONES = List.of(1L, 1L);

    /**
     * Reads a node's attributes.
     *
     * @param step a convolution or pooling
     * @param kernel its window's extents
     * @param input what it slides over
     * @return how, or null if that is nothing a layer does
     */
    static @Nullable LayerWindow of(Step step, List<Long> kernel, Fact.Flow input) {
        List<Long> strides = step.wholes("strides", ONES);
        List<Long> dilations = step.wholes("dilations", ONES);
        if (input.rank() != 4
                || kernel.size() != 2
                || strides.size() != 2
                || dilations.size() != 2
                || !strides.getFirst().equals(strides.getLast())
                || !dilations.getFirst().equals(dilations.getLast())) {
            return null;
        }
        Axis height = new Axis(input.dim(2), kernel.getFirst(), strides.getFirst(), dilations.getFirst());
        Axis width = new Axis(input.dim(3), kernel.getLast(), strides.getLast(), dilations.getLast());
        Padding padding = padding(step, height, width);
        return padding == null
                ? null
                : new LayerWindow(
                        Math.toIntExact(kernel.getFirst()),
                        Math.toIntExact(kernel.getLast()),
                        Math.toIntExact(strides.getFirst()),
                        Math.toIntExact(dilations.getFirst()),
                        padding);
    }

    private static @Nullable Padding padding(Step step, Axis height, Axis width) {
        String auto = step.text("auto_pad", "NOTSET");
        List<Long> pads = step.wholes("pads", Collections.nCopies(4, 0L));
        switch (auto) {
            case "VALID" -> pads = Collections.nCopies(4, 0L);
            case "SAME_UPPER" -> {
                return Padding.SAME;
            }
            case "SAME_LOWER" ->
                pads = List.of(
                        height.same() - height.same() / 2,
                        width.same() - width.same() / 2,
                        height.same() / 2,
                        width.same() / 2);
            default -> {}
        }
        if (pads.size() != 4 || pads.stream().anyMatch(pad -> pad < 0 || pad > Integer.MAX_VALUE)) {
            return null;
        }
        boolean ceils = step.whole("ceil_mode", 0) != 0;
        long bottom = pads.get(2) + (ceils ? height.more(pads.get(0), pads.get(2)) : 0);
        long right = pads.get(3) + (ceils ? width.more(pads.get(1), pads.get(3)) : 0);
        return pads.get(0) == 0 && pads.get(1) == 0 && bottom == 0 && right == 0
                ? Padding.VALID
                : Padding.of(
                        Math.toIntExact(pads.get(0)),
                        Math.toIntExact(bottom),
                        Math.toIntExact(pads.get(1)),
                        Math.toIntExact(right));
    }

    boolean isSquare() {
        return kernelHeight == kernelWidth;
    }

    /** One direction. */
    private record Axis(long size, long kernel, long stride, long dilation) {
        private long extent() {
            return (kernel - 1) * dilation + 1;
        }

        /** How much padding makes as many places as there are strides. */
        long same() {
            return Math.max((Math.ceilDiv(size, stride) - 1) * stride + extent() - size, 0);
        }

        /** How much more padding at the end holds a last place that reaches over it but begins before. */
        long more(long before, long after) {
            long span = size + before + after - extent();
            long over = span % stride;
            return span < 0 || over == 0 || span - over + stride >= size + before ? 0 : stride - over;
        }
    }
}
