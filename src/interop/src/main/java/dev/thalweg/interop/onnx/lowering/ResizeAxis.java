package dev.thalweg.interop.onnx.lowering;

import java.util.Locale;

/**
 * Where the elements of a resized axis come from, by the formulas of ONNX's operator Resize.
 *
 * @param settings the node's
 * @param axis which
 * @param rank of how many
 * @param extent of the source
 * @param length of the result
 * @param scale from the source to the result
 */
record ResizeAxis(Settings settings, int axis, int rank, int extent, int length, float scale) {
    /** Between which neighbours a result is interpolated. */
    private enum Mode {
        NEAREST,
        LINEAR,
        CUBIC
    }

    /**
     * What a node says of all axes.
     *
     * @param call the node
     * @param coordinates how places in the result become places in the source
     * @param rounding how the nearest neighbour is chosen
     * @param mode between which neighbours
     */
    record Settings(Call call, String coordinates, String rounding, Mode mode) {
        /** Defaults for what the node leaves out. */
        Settings(Call call, String coordinates, String rounding) {
            this(
                    call,
                    call.text("coordinate_transformation_mode", coordinates),
                    call.text("nearest_mode", rounding),
                    mode(call));
        }

        private static Mode mode(Call call) {
            return switch (call.text("mode", "nearest").toLowerCase(Locale.ROOT)) {
                case "nearest" -> Mode.NEAREST;
                case "linear", "bilinear" -> Mode.LINEAR;
                case "cubic" -> Mode.CUBIC;
                default -> throw call.refusal("mode is " + call.text("mode", ""));
            };
        }

        boolean crops() {
            return coordinates.equals("tf_crop_and_resize");
        }
    }

    boolean isNearest() {
        return settings.mode == Mode.NEAREST;
    }

    /** A place in the source. */
    private double coordinate(int x) {
        return switch (settings.coordinates) {
            case "half_pixel" -> (x + 0.5) / scale - 0.5;
            case "half_pixel_symmetric" -> {
                double exact = (double) extent * scale;
                yield extent / 2.0 * (1 - length / exact) + (x + 0.5) / scale - 0.5;
            }
            case "pytorch_half_pixel" -> length > 1 ? (x + 0.5) / scale - 0.5 : 0;
            case "align_corners" -> length > 1 ? x * (extent - 1.0) / (length - 1) : 0;
            case "asymmetric" -> x / (double) scale;
            case "tf_half_pixel_for_nn" -> (x + 0.5) / scale;
            case "tf_crop_and_resize" -> cropped(x);
            default -> throw settings.call.refusal("coordinate_transformation_mode is " + settings.coordinates);
        };
    }

    private double cropped(int x) {
        float[] region = settings.call.known(1).tensor().floats();
        if (region.length != 2 * rank) {
            throw settings.call.refusal("got a region of " + region.length + " numbers for " + rank + " axes");
        }
        double start = region[axis];
        double end = region[rank + axis];
        return length > 1
                ? start * (extent - 1) + x * (end - start) * (extent - 1) / (length - 1)
                : 0.5 * (start + end) * (extent - 1);
    }

    /** 1 where a place lies within the source. */
    long[] inside() {
        long[] inside = new long[Extents.onHost(length)];
        for (int x = 0; x < length; x++) {
            double at = coordinate(x);
            inside[x] = at >= 0 && at <= extent - 1 ? 1 : 0;
        }
        return inside;
    }

    /** Which element each one is. */
    int[] nearest() {
        int[] indices = new int[Extents.onHost(length)];
        for (int x = 0; x < length; x++) {
            double at = coordinate(x);
            double rounded = switch (settings.rounding) {
                case "round_prefer_floor" -> Math.ceil(at - 0.5);
                case "round_prefer_ceil" -> Math.floor(at + 0.5);
                case "floor" -> Math.floor(at);
                case "ceil" -> Math.ceil(at);
                default -> throw settings.call.refusal("nearest_mode is " + settings.rounding);
            };
            indices[x] = (int) Math.clamp(rounded, 0.0, extent - 1.0);
        }
        return indices;
    }

    /** Of which elements each one is a sum, {@code [extent, length]}. */
    float[] weights() {
        boolean excludes = settings.call.flag("exclude_outside");
        // With antialiasing the kernel grows as the picture shrinks.
        double stretch = settings.call.flag("antialias") ? Math.min(scale, 1) : 1;
        double reach = (settings.mode == Mode.LINEAR ? 1 : 2) / stretch;
        float[] matrix = Arrangement.matrix(extent, length);
        for (int x = 0; x < length; x++) {
            double at = coordinate(x);
            int first = (int) Math.floor(at - reach) + 1;
            int last = (int) Math.ceil(at + reach) - 1;
            double sum = 0;
            for (int i = first; i <= last; i++) {
                sum += excludes && (i < 0 || i >= extent) ? 0 : kernel((i - at) * stretch);
            }
            for (int i = first; i <= last; i++) {
                if (!excludes || i >= 0 && i < extent) {
                    matrix[Math.clamp(i, 0, extent - 1) * length + x] += (float) (kernel((i - at) * stretch) / sum);
                }
            }
        }
        return matrix;
    }

    /** A triangle, or Keys' cubic convolution (1981). */
    private double kernel(double distance) {
        double d = Math.abs(distance);
        if (settings.mode == Mode.LINEAR) {
            return Math.max(0, 1 - d);
        }
        double a = settings.call.real("cubic_coeff_a", -0.75);
        if (d <= 1) {
            return ((a + 2) * d - (a + 3)) * d * d + 1;
        }
        return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    }
}
