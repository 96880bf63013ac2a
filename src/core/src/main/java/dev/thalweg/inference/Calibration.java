package dev.thalweg.inference;

/**
 * Which range of an activation's numbers 8-bit integers hold, found from those that come where calibration data is
 * computed. What lies outside becomes the nearest end.
 */
public sealed interface Calibration {
    /** {@link Percentile} 99.99: what a single outlier costs in precision is most often more than its own worth. */
    Calibration DEFAULT = new Percentile(99.99);

    /** The whole range that was seen. */
    record MinMax() implements Calibration {}

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
    }

    /**
     * The range that loses the least information: of the ends of bins that leave out at most a thousandth of the
     * numbers that of the least Kullback–Leibler divergence between the absolute numbers and what quantization leaves
     * of them (Migacz, 8-bit Inference with TensorRT, GTC 2017). Zeros are left out of both, since every range holds
     * them exactly.
     */
    record Entropy() implements Calibration {
        /**
         * The greatest share that is cut off. The divergence alone asks where single numbers stand out, as the
         * background of pictures does: to be alone on its level is worth more to it than the numbers beyond it.
         */
        static final double LEFT_OUT = 0.001;
    }
}
