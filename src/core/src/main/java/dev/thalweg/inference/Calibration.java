package dev.thalweg.inference;

import dev.thalweg.graph.Quantization;

/**
 * Which range of an activation's numbers is quantized, found from those that come where calibration data is computed.
 * What lies outside becomes the nearest end.
 */
sealed interface Calibration {
    /**
     * {@return the quantization of what was seen}
     *
     * @param seen at least one number
     */
    Quantization quantization(ActivationHistogram seen);

    /** The whole range that was seen. */
    record MinMax() implements Calibration {
        @Override
        public Quantization quantization(ActivationHistogram seen) {
            return range(seen.least(), seen.greatest());
        }
    }

    /**
     * The range without the outermost numbers: half of what is left out on each side.
     *
     * @param percent how many of the numbers stay, above 50 and at most 100
     */
    record Percentile(double percent) implements Calibration {
        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code percent} is not above 50 and at most 100
         */
        public Percentile {
            if (!(percent > 50 && percent <= 100)) {
                throw new IllegalArgumentException(
                        "a calibration keeps more than 50 and at most 100 percent of the numbers, got " + percent);
            }
        }

        @Override
        public Quantization quantization(ActivationHistogram seen) {
            double cut = (100 - percent) / 200;
            return range(seen.quantile(cut), seen.quantile(1 - cut));
        }
    }

    /**
     * The range that loses the least information: of all ends of bins that of the least Kullback–Leibler divergence
     * between the absolute numbers and what quantization leaves of them (Migacz, 8-bit Inference with TensorRT, GTC
     * 2017). Zeros are left out, since every range holds them exactly.
     */
    record Entropy() implements Calibration {
        @Override
        public Quantization quantization(ActivationHistogram seen) {
            boolean signed = seen.least() < 0;
            int bins = InformationLoss.leastAt(seen.sizes(), signed ? 128 : 256);
            double end = bins * seen.width();
            return range(Math.max(seen.least(), -end), Math.min(seen.greatest(), end));
        }
    }

    private static Quantization range(double low, double high) {
        return Quantization.unsigned((float) low, (float) high);
    }
}
