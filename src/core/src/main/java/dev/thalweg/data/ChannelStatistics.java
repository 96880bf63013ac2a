package dev.thalweg.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Means and deviations of pictures' channels. */
public final class ChannelStatistics {
    private ChannelStatistics() {}

    /**
     * The normalization after which each channel of these pictures has mean 0 and standard deviation 1.
     *
     * @param data the pictures, training pictures alone
     * @return the normalization
     */
    public static Normalization standardization(ImageDataset data) {
        int channels = data.imageShape().dim(0);
        long plane = data.imageShape().elements() / channels;
        long[] sum = new long[channels];
        long[] squares = new long[channels];
        for (int i = 0; i < data.size(); i++) {
            MemorySegment pixels = data.pixels(i);
            for (long p = 0; p < pixels.byteSize(); p++) {
                int value = pixels.get(ValueLayout.JAVA_BYTE, p) & 0xff;
                int channel = (int) (p / plane);
                sum[channel] += value;
                squares[channel] += (long) value * value;
            }
        }
        List<Float> mean = new ArrayList<>();
        List<Float> deviation = new ArrayList<>();
        double count = (double) plane * data.size();
        for (int c = 0; c < channels; c++) {
            double m = sum[c] / count;
            mean.add((float) (m / 255));
            // A channel of one colour has no deviation; it is then only shifted.
            double d = Math.sqrt(Math.max(0, squares[c] / count - m * m)) / 255;
            deviation.add(d > 0 ? (float) d : 1);
        }
        return new Normalization(mean, deviation);
    }
}
