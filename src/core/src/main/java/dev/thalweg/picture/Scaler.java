package dev.thalweg.picture;

import java.util.Arrays;

/** Scales a picture into planes, first its rows and then its columns, as Pillow does: each rounded to 8 bits. */
final class Scaler {
    private Scaler() {}

    /**
     * Scales a picture.
     *
     * @param rows the picture
     * @param scaling how it comes to lie in the target
     * @param width of the target
     * @param height of the target
     * @param planes receives {@code [C, H, W]}; what the picture does not cover is left as it is
     */
    static void scale(PictureRows rows, Scaling scaling, int width, int height, byte[] planes) {
        int channels = rows.channels();
        int left = Math.toIntExact(Math.max(0, -scaling.left()));
        int top = Math.toIntExact(Math.max(0, -scaling.top()));
        int across = (int) Math.min(width, scaling.scaledWidth());
        int down = (int) Math.min(height, scaling.scaledHeight());
        TriangleFilter horizontal =
                new TriangleFilter(rows.width(), scaling.scaledWidth(), Math.max(0, scaling.left()), across);
        TriangleFilter vertical =
                new TriangleFilter(rows.height(), scaling.scaledHeight(), Math.max(0, scaling.top()), down);
        int begin = vertical.begin();
        int inRow = across * channels;
        byte[] narrow = new byte[Math.multiplyExact(vertical.end() - begin, inRow)];
        byte[] row = new byte[Math.multiplyExact(rows.width(), channels)];
        for (int y = begin; y < vertical.end(); y++) {
            rows.read(y, row);
            scaleRow(row, channels, horizontal, narrow, (y - begin) * inRow);
        }
        int[] sums = new int[inRow];
        for (int y = 0; y < down; y++) {
            sumRows(narrow, inRow, vertical, y, sums);
            for (int c = 0; c < channels; c++) {
                int at = (c * height + top + y) * width + left;
                for (int x = 0; x < across; x++) {
                    planes[at + x] = rounded(sums[x * channels + c]);
                }
            }
        }
    }

    private static void scaleRow(byte[] row, int channels, TriangleFilter filter, byte[] target, int at) {
        for (int x = 0; x < filter.count(); x++) {
            int[] weights = filter.weights(x);
            int from = filter.first(x) * channels;
            for (int c = 0; c < channels; c++) {
                int sum = TriangleFilter.HALF;
                for (int k = 0, i = from + c; k < weights.length; k++, i += channels) {
                    sum += (row[i] & 0xff) * weights[k];
                }
                target[at + x * channels + c] = rounded(sum);
            }
        }
    }

    private static void sumRows(byte[] narrow, int inRow, TriangleFilter filter, int y, int[] sums) {
        Arrays.fill(sums, TriangleFilter.HALF);
        int[] weights = filter.weights(y);
        for (int k = 0; k < weights.length; k++) {
            int from = (filter.first(y) - filter.begin() + k) * inRow;
            for (int i = 0; i < inRow; i++) {
                sums[i] += (narrow[from + i] & 0xff) * weights[k];
            }
        }
    }

    /** The weights of a wide footprint, each rounded, can add up to a little more than one. */
    private static byte rounded(int sum) {
        return (byte) Math.min(255, sum >> TriangleFilter.BITS);
    }
}
