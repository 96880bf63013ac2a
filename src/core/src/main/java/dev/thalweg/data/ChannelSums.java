package dev.thalweg.data;

import dev.thalweg.tensor.CheckReturnValue;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the bytes of pictures add up to, by channel: whole numbers, so that those of parts, wherever they were read,
 * make exactly those of all.
 *
 * @param pixels of each channel
 * @param sums of the bytes, 0 to 255, of each channel
 * @param squares what the squares of the bytes add up to, of each channel
 */
public record ChannelSums(long pixels, List<Long> sums, List<Long> squares) {
    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if they are not of the same channels, at least one
     */
    public ChannelSums {
        sums = List.copyOf(sums);
        squares = List.copyOf(squares);
        if (sums.isEmpty() || sums.size() != squares.size()) {
            throw new IllegalArgumentException(
                    "expected sums and squares of the same channels, got " + sums.size() + " and " + squares.size());
        }
    }

    /**
     * {@return the sums of pictures, each of which is read}
     *
     * @param data the pictures
     */
    public static ChannelSums of(ImageDataset data) {
        int channels = data.imageShape().dim(0);
        long plane = data.imageShape().elements() / channels;
        long[] sums = new long[channels];
        long[] squares = new long[channels];
        for (int i = 0; i < data.size(); i++) {
            MemorySegment pixels = data.pixels(i);
            for (long p = 0; p < pixels.byteSize(); p++) {
                int value = pixels.get(ValueLayout.JAVA_BYTE, p) & 0xff;
                int channel = (int) (p / plane);
                sums[channel] += value;
                squares[channel] += (long) value * value;
            }
        }
        return new ChannelSums(plane * data.size(), list(sums), list(squares));
    }

    private static List<Long> list(long[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    /**
     * {@return the sums of these pictures and others}
     *
     * @param others of as many channels
     * @throws IllegalArgumentException if they have other channels
     */
    @CheckReturnValue
    public ChannelSums plus(ChannelSums others) {
        if (sums.size() != others.sums.size()) {
            throw new IllegalArgumentException(
                    "expected sums of " + sums.size() + " channels, got some of " + others.sums.size());
        }
        return new ChannelSums(pixels + others.pixels, added(sums, others.sums), added(squares, others.squares));
    }

    private static List<Long> added(List<Long> some, List<Long> others) {
        return IntStream.range(0, some.size())
                .mapToObj(c -> some.get(c) + others.get(c))
                .toList();
    }

    /** {@return the normalization after which each channel of these pictures has mean 0 and standard deviation 1} */
    public Normalization standardization() {
        List<Float> mean = new ArrayList<>();
        List<Float> deviation = new ArrayList<>();
        double count = pixels;
        for (int c = 0; c < sums.size(); c++) {
            double m = sums.get(c) / count;
            mean.add((float) (m / 255));
            // A channel of one colour has no deviation; it is then only shifted.
            double d = Math.sqrt(Math.max(0, squares.get(c) / count - m * m)) / 255;
            deviation.add(d > 0 ? (float) d : 1);
        }
        return new Normalization(mean, deviation);
    }
}
