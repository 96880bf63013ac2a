package dev.thalweg.metric;

/** The share of pictures whose greatest output, the first of equals, is that of the right class: top-1 accuracy. */
public final class Accuracy implements Metric {
    private long correct;
    private long seen;

    /** Has seen nothing yet. */
    public Accuracy() {
    }

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
        int best = 0;
        for (int i = 1; i < outputs.length; i++) {
            if (outputs[i] > outputs[best]) {
                best = i;
            }
        }
        return best;
    }
}
