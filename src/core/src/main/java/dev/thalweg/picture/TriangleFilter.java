package dev.thalweg.picture;

/**
 * The weights that make a line of samples shorter or longer: for each new sample, a triangle over all old ones that it
 * covers, so that nothing is left out however much a picture shrinks. The arithmetic is that of Pillow's
 * {@code resize} with {@code BILINEAR}, in fixed point of {@value #BITS} bits.
 */
final class TriangleFilter {
    static final int BITS = 32 - 8 - 2;
    static final int HALF = 1 << (BITS - 1);

    /** For each new sample, the first old one. */
    private final int[] first;
    /** For each new sample, the weights of that one and those behind it. */
    private final int[][] weights;

    /**
     * Computes weights for a part of a line.
     *
     * @param source old samples
     * @param scaled new samples of the whole line
     * @param from the first new one wanted
     * @param count how many new ones are wanted
     */
    TriangleFilter(int source, long scaled, long from, int count) {
        first = new int[count];
        weights = new int[count][];
        double scale = (double) source / scaled;
        double support = Math.max(1, scale);
        for (int i = 0; i < count; i++) {
            double centre = (from + i + 0.5) * scale;
            int begin = Math.max(0, (int) (centre - support + 0.5));
            int end = Math.min(source, (int) (centre + support + 0.5));
            double[] triangle = new double[end - begin];
            double sum = 0;
            for (int k = 0; k < triangle.length; k++) {
                triangle[k] = Math.max(0, 1 - Math.abs((begin + k - centre + 0.5) / support));
                sum += triangle[k];
            }
            first[i] = begin;
            weights[i] = new int[triangle.length];
            for (int k = 0; k < triangle.length; k++) {
                weights[i][k] = (int) (0.5 + triangle[k] / sum * (1 << BITS));
            }
        }
    }

    int count() {
        return first.length;
    }

    int first(int i) {
        return first[i];
    }

    int[] weights(int i) {
        return weights[i];
    }

    /** {@return the first old sample that is needed} */
    int begin() {
        return first[0];
    }

    /** {@return one past the last old sample that is needed} */
    int end() {
        return first[first.length - 1] + weights[weights.length - 1].length;
    }
}
