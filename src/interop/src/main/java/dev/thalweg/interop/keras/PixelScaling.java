package dev.thalweg.interop.keras;

import dev.thalweg.data.Normalization;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What becomes of the bytes of pictures before they reach the first layer that learns: {@code scale · byte + offset},
 * for each channel.
 *
 * @param scale factors, one for each channel
 * @param offset addends, one for each channel
 */
record PixelScaling(List<Double> scale, List<Double> offset) {
    private static final double WHITE = 255;

    /** {@return bytes as they are} */
    static PixelScaling none(int channels) {
        return new PixelScaling(Collections.nCopies(channels, 1.0), Collections.nCopies(channels, 0.0));
    }

    /** {@return whether bytes stay as they are} */
    boolean isNone() {
        return equals(none(scale.size()));
    }

    /** {@return this, then {@code factor · x + addend}, each of one number for all channels or one for each} */
    PixelScaling then(List<Double> factor, List<Double> addend) {
        List<Double> scales = new ArrayList<>();
        List<Double> offsets = new ArrayList<>();
        for (int channel = 0; channel < scale.size(); channel++) {
            double f = factor.get(factor.size() == 1 ? 0 : channel);
            scales.add(scale.get(channel) * f);
            offsets.add(offset.get(channel) * f + addend.get(addend.size() == 1 ? 0 : channel));
        }
        return new PixelScaling(scales, offsets);
    }

    /**
     * {@return it as a normalization of our models, which divides bytes by 255 first}
     *
     * @throws IllegalArgumentException if a factor is not greater than 0
     */
    Normalization normalization() {
        List<Float> mean = new ArrayList<>();
        List<Float> std = new ArrayList<>();
        for (int channel = 0; channel < scale.size(); channel++) {
            double deviation = 1 / (WHITE * scale.get(channel));
            std.add((float) deviation);
            mean.add((float) (0 - offset.get(channel) * deviation));
        }
        return new Normalization(mean, std);
    }
}
