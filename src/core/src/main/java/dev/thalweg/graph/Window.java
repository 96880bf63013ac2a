package dev.thalweg.graph;

import dev.thalweg.tensor.CheckReturnValue;
import dev.thalweg.tensor.Shape;
import dev.thalweg.tensor.ShapeException;
import java.util.stream.IntStream;

/**
 * A window that slides over the height and width of a picture, with padding in amounts. The extents are in
 * pixels; a dilation of 1 means neighbouring pixels.
 *
 * @param kernelHeight the window's height, at least 1
 * @param kernelWidth the window's width
 * @param strideHeight how far it moves down, at least 1
 * @param strideWidth how far it moves right
 * @param dilationHeight the distance of its rows, at least 1
 * @param dilationWidth the distance of its columns
 * @param padTop rows of padding above, at least 0
 * @param padBottom rows of padding below
 * @param padLeft columns of padding on the left
 * @param padRight columns of padding on the right
 */
public record Window(
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int dilationHeight,
        int dilationWidth,
        int padTop,
        int padBottom,
        int padLeft,
        int padRight) {

    /**
     * Checks what is given.
     *
     * @throws dev.thalweg.tensor.ShapeException if kernel, stride or dilation is not at least 1, padding is below 0, or
     *         an extent passes 2<sup>31</sup> − 1
     */
    public Window {
        if (kernelHeight < 1
                || kernelWidth < 1
                || strideHeight < 1
                || strideWidth < 1
                || dilationHeight < 1
                || dilationWidth < 1) {
            throw new ShapeException("kernel, stride and dilation must be at least 1, got kernel " + kernelHeight + "x"
                    + kernelWidth
                    + ", stride " + strideHeight + "x" + strideWidth + ", dilation " + dilationHeight + "x"
                    + dilationWidth);
        }
        if (padTop < 0 || padBottom < 0 || padLeft < 0 || padRight < 0) {
            throw new ShapeException("padding must not be negative, got " + padTop + ", " + padBottom + ", " + padLeft
                    + ", " + padRight);
        }
        Shape.extent(extent(kernelHeight, dilationHeight));
        Shape.extent(extent(kernelWidth, dilationWidth));
    }

    private static long extent(int kernel, int dilation) {
        return (kernel - 1L) * dilation + 1;
    }

    /**
     * Makes a square window that moves by one pixel and is not padded.
     *
     * @param kernel its height and width
     * @return the window
     */
    public static Window square(int kernel) {
        return new Window(kernel, kernel, 1, 1, 1, 1, 0, 0, 0, 0);
    }

    /**
     * {@return this window with another stride in both directions}
     *
     * @param stride at least 1
     */
    @CheckReturnValue
    public Window stride(int stride) {
        return new Window(
                kernelHeight,
                kernelWidth,
                stride,
                stride,
                dilationHeight,
                dilationWidth,
                padTop,
                padBottom,
                padLeft,
                padRight);
    }

    /**
     * {@return this window with another dilation in both directions}
     *
     * @param dilation at least 1
     */
    @CheckReturnValue
    public Window dilation(int dilation) {
        return new Window(
                kernelHeight,
                kernelWidth,
                strideHeight,
                strideWidth,
                dilation,
                dilation,
                padTop,
                padBottom,
                padLeft,
                padRight);
    }

    /**
     * {@return this window with other padding}
     *
     * @param top rows above, at least 0
     * @param bottom rows below
     * @param left columns on the left
     * @param right columns on the right
     */
    @CheckReturnValue
    public Window padding(int top, int bottom, int left, int right) {
        return new Window(
                kernelHeight,
                kernelWidth,
                strideHeight,
                strideWidth,
                dilationHeight,
                dilationWidth,
                top,
                bottom,
                left,
                right);
    }

    /**
     * {@return the pixels from the window's first to its last row, dilation included}
     */
    public int extentHeight() {
        return (int) extent(kernelHeight, dilationHeight);
    }

    /**
     * {@return the pixels from the window's first to its last column, dilation included}
     */
    public int extentWidth() {
        return (int) extent(kernelWidth, dilationWidth);
    }

    /**
     * {@return the number of places the window takes vertically}
     *
     * @param height the picture's height
     * @throws ShapeException if the window is higher than the padded picture, or that has more than 2<sup>31</sup> − 1
     *         rows
     */
    public int outputHeight(int height) {
        return places(height, (long) padTop + padBottom, extentHeight(), strideHeight, "high");
    }

    /**
     * {@return the number of places the window takes horizontally}
     *
     * @param width the picture's width
     * @throws ShapeException if the window is wider than the padded picture, or that has more than 2<sup>31</sup> − 1
     *         columns
     */
    public int outputWidth(int width) {
        return places(width, (long) padLeft + padRight, extentWidth(), strideWidth, "wide");
    }

    /**
     * {@return the same window where padding below or on the right is as much as its extent or more, with as much as
     * its last place reaches: oneDNN and ONNX Runtime refuse more in poolings, also where it changes nothing}
     *
     * @param height the picture's height
     * @param width the picture's width
     * @throws ShapeException as from {@link #outputHeight} and {@link #outputWidth}
     */
    @CheckReturnValue
    public Window withoutIdlePadding(int height, int width) {
        return new Window(
                kernelHeight,
                kernelWidth,
                strideHeight,
                strideWidth,
                dilationHeight,
                dilationWidth,
                padTop,
                reached(padBottom, outputHeight(height), strideHeight, extentHeight(), padTop + (long) height),
                padLeft,
                reached(padRight, outputWidth(width), strideWidth, extentWidth(), padLeft + (long) width));
    }

    private static int reached(int padding, int places, int stride, int extent, long size) {
        return padding < extent
                ? padding
                : (int) Math.clamp((places - 1L) * stride + extent - size, 0L, (long) padding);
    }

    /** Whether every place has at least one of the window's pixels inside the picture. */
    boolean everyPlaceHoldsAPixel(int height, int width) {
        return holdsAPixel(outputHeight(height), strideHeight, padTop, extentHeight(), dilationHeight, height)
                && holdsAPixel(outputWidth(width), strideWidth, padLeft, extentWidth(), dilationWidth, width);
    }

    /**
     * The first place must reach into the picture and the last begin in it; those between then do, unless they step
     * over it.
     */
    private static boolean holdsAPixel(int places, int stride, int pad, int extent, int dilation, int size) {
        if (extent <= pad || (places - 1L) * stride - pad >= size) {
            return false;
        }
        return dilation <= size
                || IntStream.range(0, places)
                        .mapToLong(place -> (long) place * stride - pad)
                        .takeWhile(first -> first < 0)
                        .allMatch(first -> Math.floorMod(first, dilation) < size);
    }

    private static int places(int size, long pad, int extent, int stride, String direction) {
        int padded = Shape.extent(size + pad);
        if (padded < extent) {
            throw new ShapeException("a window " + extent + " pixels " + direction
                    + " (kernel with dilation) does not fit a picture "
                    + size + " + " + pad + " (padding) pixels " + direction
                    + ": use a smaller kernel or padding \"same\"");
        }
        return (padded - extent) / stride + 1;
    }

    @Override
    public String toString() {
        return "kernel " + kernelHeight + "x" + kernelWidth + " stride " + strideHeight + "x" + strideWidth
                + " dilation "
                + dilationHeight + "x" + dilationWidth + " padding " + padTop + "," + padBottom + "," + padLeft + ","
                + padRight;
    }
}
