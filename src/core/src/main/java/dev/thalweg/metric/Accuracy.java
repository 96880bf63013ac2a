package dev.thalweg.metric;

/** The share of pictures whose greatest output, the first of equals, is that of the right class: top-1 accuracy. */
public final class Accuracy implements Metric {
    private long correct;
    private long seen;

    /** Has seen nothing yet. */
    public Accuracy() {}

    @Override
    public String name() {
        return "accuracy";
    }

    @Override
    public void reset() {
        correct = 0;
        seen = 0;
    }

    @Override
    public void update(float[] outputs, int label) {
        seen++;
        correct += argmax(outputs) == label ? 1 : 0;
    }

    @Override
    public double value() {
        return (double) correct / seen;
    }

    static int argmax(float[] outputs) {
        return argmax(outputs, 0, outputs.length);
    }

    /**
     * {@return the place of the greatest of some numbers, the first of equals, counted from the first of them}
     *
     * @param values holds them
     * @param from where they begin
     * @param count how many there are
     */
    public static int argmax(float[] values, int from, int count) {
        int best = 0;
        for (int i = 1; i < count; i++) {
            if (values[from + i] > values[from + best]) {
                best = i;
            }
        }
        return best;
    }
}
