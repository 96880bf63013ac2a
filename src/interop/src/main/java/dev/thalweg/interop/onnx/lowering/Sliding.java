package dev.thalweg.interop.onnx.lowering;

import dev.thalweg.graph.Window;
import dev.thalweg.tensor.ShapeException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A window that slides over one axis.
 *
 * @param kernel its extent
 * @param stride how far it moves
 * @param dilation the distance of its elements
 * @param before padding in front
 * @param after padding behind
 */
public record Sliding(int kernel, int stride, int dilation, int before, int after) {
    private static final Sliding STILL = new Sliding(1, 1, 1, 0, 0);

    /** How a node says that there are as many places as strides in the source, and that odd padding lies behind. */
    public static final String SAME_UPPER = "SAME_UPPER";

    private static final String SAME_LOWER = "SAME_LOWER";

    /**
     * {@return a node's windows over some axes, as its strides, dilations and paddings say}
     *
     * @param call a convolution or pooling
     * @param kernels the windows' extents
     * @param extents of the source's axes
     * @throws UnsupportedOperatorException if it has more or fewer numbers than there are axes
     */
    public static List<Sliding> of(Call call, List<Integer> kernels, List<Integer> extents) {
        List<Integer> strides = numbers(call, "strides", kernels.size(), 1);
        List<Integer> dilations = numbers(call, "dilations", kernels.size(), 1);
        List<Integer> pads = numbers(call, "pads", 2 * kernels.size(), 0);
        String auto = call.text("auto_pad", "NOTSET");
        return IntStream.range(0, kernels.size())
                .mapToObj(i -> {
                    Sliding unpadded = new Sliding(kernels.get(i), strides.get(i), dilations.get(i), 0, 0);
                    return switch (auto) {
                        case "NOTSET", "" -> unpadded.padded(pads.get(i), pads.get(kernels.size() + i));
                        case "VALID" -> unpadded;
                        case SAME_UPPER, SAME_LOWER -> unpadded.same(extents.get(i), auto.equals(SAME_UPPER));
                        default -> throw call.refusal("auto_pad is " + auto);
                    };
                })
                .toList();
    }

    static List<Integer> numbers(Call call, String attribute, int count, int otherwise) {
        List<Integer> numbers =
                call.wholes(attribute).map(Extents::narrowed).orElseGet(() -> Collections.nCopies(count, otherwise));
        if (numbers.size() != count) {
            throw call.refusal("has " + numbers.size() + " " + attribute + ", expected " + count);
        }
        return numbers;
    }

    Sliding padded(int front, int behind) {
        return new Sliding(kernel, stride, dilation, front, behind);
    }

    /** From the first to the last element, dilation included. */
    int extent() {
        return Math.addExact(Math.multiplyExact(kernel - 1, dilation), 1);
    }

    private Sliding same(int extent, boolean moreBehind) {
        int places = Math.ceilDiv(extent, positive(stride));
        int padding = Math.max(0, Math.addExact(Math.multiplyExact(places - 1, stride), extent()) - extent);
        int less = padding / 2;
        return moreBehind ? padded(less, padding - less) : padded(padding - less, less);
    }

    private static int positive(int stride) {
        if (stride < 1) {
            throw new ShapeException("strides must be at least 1, got " + stride);
        }
        return stride;
    }

    /** How many places it takes. */
    int places(int extent) {
        int padded = Math.addExact(extent, Math.addExact(before, after));
        if (padded < extent()) {
            throw new ShapeException("a window of extent " + extent() + " does not fit " + padded + " with padding");
        }
        return (padded - extent()) / positive(stride) + 1;
    }

    /**
     * {@return this with as much more padding behind that the last stride is not cut off, unless its window would begin
     * behind the source}
     *
     * @param extent of the source
     */
    public Sliding ceiling(int extent) {
        int padded = Math.addExact(extent, Math.addExact(before, after));
        int places = Math.ceilDiv(Math.max(0, padded - extent()), positive(stride)) + 1;
        int begun = Math.multiplyExact(places - 1, stride) >= extent + before ? places - 1 : places;
        int needed = Math.addExact(Math.multiplyExact(begun - 1, stride), extent()) - extent - before;
        return padded(before, Math.max(after, needed));
    }

    /** Both in a window over pictures. */
    static Window window(Sliding rows, Sliding columns) {
        return new Window(
                rows.kernel,
                columns.kernel,
                rows.stride,
                columns.stride,
                rows.dilation,
                columns.dilation,
                rows.before,
                rows.after,
                columns.before,
                columns.after);
    }

    /** Over pictures whose second axis it does not touch. */
    Window rows() {
        return window(this, STILL);
    }

    /** One that does not move. */
    static Sliding still() {
        return STILL;
    }
}
