package dev.thalweg.onednn;

import java.util.Arrays;

/**
 * How a kernel slides over height and width, in oneDNN's terms.
 *
 * @param strides by how many pixels it moves
 * @param dilates how many pixels lie between two of the kernel: 0 is dense
 * @param paddingBegin above and on the left
 * @param paddingEnd below and on the right
 */
public record Sliding(int[] strides, int[] dilates, int[] paddingBegin, int[] paddingEnd) {
    static long[] longs(int[] values) {
        long[] wide = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    @Override
    public String toString() {
        return "strides " + Arrays.toString(strides) + " dilates " + Arrays.toString(dilates) + " padding "
                + Arrays.toString(paddingBegin) + " " + Arrays.toString(paddingEnd);
    }
}
