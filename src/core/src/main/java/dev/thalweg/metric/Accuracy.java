package dev.thalweg.metric;

/** The share of pictures whose greatest output, the first of equals, is that of the right class: top-1 accuracy. */
public final class Accuracy implements ClassMetric {
    private static final long serialVersionUID = 1;

    private final Mean mean = new Mean();

    /** Has seen nothing yet. */
    public Accuracy() {}

    @Override
    public String name() {
        return "accuracy";
    }

    @Override
    public Mean mean() {
        return mean;
    }

    @Override
    public double of(float[] outputs, float[] targets) {
        return ClassMetric.isAmong(1, outputs, targets) ? 1 : 0;
    }

    /**
     * {@return the place of the greatest of some numbers, the first of equals}
     *
     * @param values the numbers
     */
    public static int argmax(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }
}
