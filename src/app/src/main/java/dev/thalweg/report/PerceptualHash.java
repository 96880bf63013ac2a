package dev.thalweg.report;

import java.util.Arrays;

/**
 * 64 bits that stay nearly the same when a picture is scaled, compressed or brightened: which of its lowest 8×8
 * frequencies are above their median (Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010;
 * the frequencies are those of the whole picture, where he scales it to 32×32 first).
 */
final class PerceptualHash {
    private static final int SIDE = 8;

    private final int width;
    /** By frequency and place, of a cosine transform (DCT-II). */
    private final double[][] down;

    private final double[][] across;

    PerceptualHash(int height, int width) {
        this.width = width;
        this.down = cosines(height);
        this.across = cosines(width);
    }

    private static double[][] cosines(int length) {
        double[][] cosines = new double[SIDE][length];
        for (int frequency = 0; frequency < SIDE; frequency++) {
            for (int place = 0; place < length; place++) {
                cosines[frequency][place] = Math.cos(Math.PI * frequency * (2 * place + 1) / (2.0 * length));
            }
        }
        return cosines;
    }

    /** {@return the hash; the first bit is that of the mean, then from left to right and down} */
    long of(GreyPicture picture) {
        double[] frequencies = frequencies(picture.levels());
        double[] sorted = frequencies.clone();
        Arrays.sort(sorted);
        double median = (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
        long hash = 0;
        for (double frequency : frequencies) {
            hash = hash << 1 | (frequency > median ? 1 : 0);
        }
        return hash;
    }

    private double[] frequencies(float[] levels) {
        double[] frequencies = new double[SIDE * SIDE];
        for (int y = 0; y < down[0].length; y++) {
            for (int v = 0; v < SIDE; v++) {
                double sum = 0;
                for (int x = 0; x < width; x++) {
                    sum += levels[y * width + x] * across[v][x];
                }
                for (int u = 0; u < SIDE; u++) {
                    frequencies[u * SIDE + v] += sum * down[u][y];
                }
            }
        }
        return frequencies;
    }
}
