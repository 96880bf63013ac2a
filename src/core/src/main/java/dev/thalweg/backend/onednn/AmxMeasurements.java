package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;

/**
 * Which way is fastest for bfloat16 numbers where AMX multiplies them, 32 deep along the row of a picture: by what
 * oneDNN 3.13 reached with two threads of a Xeon, in GFLOP/s of the convolution proper.
 *
 * <table>
 * <caption>3×3 kernels; pictures side by side without the fifth that is padding</caption>
 * <tr><th>layer</th><th>direct</th><th>side by side</th><th>product</th></tr>
 * <tr><td>512→512, rows of 4, kernels' gradient</td><td>249</td><td>550</td><td>1,590</td></tr>
 * <tr><td>256→256, rows of 8, kernels' gradient</td><td>790</td><td>1,310</td><td></td></tr>
 * <tr><td>64→64, rows of 32, kernels' gradient</td><td>1,000</td><td></td><td></td></tr>
 * <tr><td>512→512, rows of 4, result</td><td>374 to 930</td><td>700 to 2,200</td><td></td></tr>
 * <tr><td>64→64, rows of 32, result</td><td>2,340</td><td></td><td></td></tr>
 * </table>
 *
 * <p>What is like none of these is computed directly.
 */
final class AmxMeasurements {
    /** Rows like those of 4 pixels. */
    private static final int SHORT_ROW = 5;
    /** Rows like those of 8 pixels. */
    private static final int NARROW_ROW = 10;
    /** As few channels as were measured. */
    private static final int CHANNELS = 256;

    private AmxMeasurements() {}

    /** For a result, or the gradient of a source. */
    static ConvolutionChoice ofPictures(Window window, Shape source, Shape result) {
        return isLike(window, source, result) && result.dim(3) <= SHORT_ROW
                ? ConvolutionChoice.FOLD
                : ConvolutionChoice.DIRECT;
    }

    /** For the gradient of kernels. */
    static ConvolutionChoice ofKernels(Window window, Shape source, Shape result) {
        if (!isLike(window, source, result) || result.dim(3) > NARROW_ROW) {
            return ConvolutionChoice.DIRECT;
        }
        return result.dim(3) <= SHORT_ROW ? ConvolutionChoice.PRODUCT : ConvolutionChoice.FOLD;
    }

    private static boolean isLike(Window window, Shape source, Shape result) {
        return window.kernelHeight() == 3
                && window.kernelWidth() == 3
                && Math.min(source.dim(1), result.dim(1)) >= CHANNELS;
    }
}
