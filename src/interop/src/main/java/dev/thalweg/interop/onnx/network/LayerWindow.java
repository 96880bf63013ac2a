package dev.thalweg.interop.onnx.network;

import dev.thalweg.interop.onnx.lowering.Sliding;
import dev.thalweg.model.Padding;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A window over pictures, as far as the layers know it: by one stride and one dilation both ways.
 *
 * @param kernelHeight in pixels
 * @param kernelWidth in pixels
 * @param stride both ways
 * @param dilation both ways
 * @param padding at the edges
 */
record LayerWindow(int kernelHeight, int kernelWidth, int stride, int dilation, Padding padding) {
    /**
     * The window of a node.
     *
     * @param plan in which it stands
     * @param step a convolution or pooling
     * @param kernel its window's extents
     * @param input what it slides over
     * @return the window, or null if no layer has such a one
     */
    static @Nullable LayerWindow of(Plan plan, Step step, List<Integer> kernel, Fact.Flow input) {
        if (input.rank() != 4 || kernel.size() != 2) {
            return null;
        }
        boolean ceils = step.whole("ceil_mode", 0) != 0;
        List<Integer> extents = List.of(input.dim(2), input.dim(3));
        List<Sliding> floors = Sliding.of(plan.call(step), kernel, extents);
        List<Sliding> both = IntStream.range(0, floors.size())
                .mapToObj(i -> ceils ? floors.get(i).ceiling(extents.get(i)) : floors.get(i))
                .toList();
        Sliding rows = both.getFirst();
        Sliding columns = both.getLast();
        boolean fits = rows.stride() == columns.stride()
                && rows.dilation() == columns.dilation()
                && both.stream().allMatch(axis -> axis.before() >= 0 && axis.after() >= 0);
        return fits
                ? new LayerWindow(
                        rows.kernel(), columns.kernel(), rows.stride(), rows.dilation(), padding(step, rows, columns))
                : null;
    }

    private static Padding padding(Step step, Sliding rows, Sliding columns) {
        if (step.text("auto_pad", "").equals(Sliding.SAME_UPPER)) {
            return Padding.SAME;
        }
        boolean none = rows.before() == 0 && rows.after() == 0 && columns.before() == 0 && columns.after() == 0;
        return none ? Padding.VALID : Padding.of(rows.before(), rows.after(), columns.before(), columns.after());
    }

    boolean isSquare() {
        return kernelHeight == kernelWidth;
    }
}
