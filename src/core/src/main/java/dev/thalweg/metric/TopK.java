package dev.thalweg.metric;

/** The share of pictures whose right class is among the k greatest outputs; among equals, lower classes come first. */
public final class TopK implements Metric {
    private final int k;
    private long correct;
    private long seen;

    /**
     * Has seen nothing yet.
     *
     * @param k how many outputs count, at least 1
     */
    public TopK(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("top-k accuracy: k must be at least 1, got " + k);
        }
        this.k = k;
    }

    @Override
    public String name() {
        return "top_" + k + "_accuracy";
    }

    @Override
    public void reset() {
        correct = 0;
        seen = 0;
    }

    @Override
    public void update(float[] outputs, int label) {
        int ahead = 0;
        for (int i = 0; i < outputs.length; i++) {
            // Written so that an output that is no number never counts as right.
            if (i != label && !(outputs[i] < outputs[label] || outputs[i] == outputs[label] && i > label)) {
                ahead++;
            }
        }
        seen++;
        correct += ahead < k ? 1 : 0;
    }

    @Override
    public double value() {
        return (double) correct / seen;
    }
}
