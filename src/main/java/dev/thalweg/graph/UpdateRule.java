package dev.thalweg.graph;

/**
 * How gradient descent moves parameters. A rule treats every element alike and alone, so a backend may apply it in any
 * layout and in pieces.
 */
public interface UpdateRule {
    /**
     * {@return how many numbers the rule remembers for each parameter; they start at zero}
     */
    int slots();

    /**
     * Moves a piece of the parameters. Called by several threads at once, each with its own arrays.
     *
     * @param parameters changed in place
     * @param gradients the loss's gradient at the parameters
     * @param slots the remembered numbers, an array for each slot, changed in place
     * @param length how many elements of each array count
     * @param learningRate η of this step
     * @param step how many updates went before, from 0
     */
    void apply(float[] parameters, float[] gradients, float[][] slots, int length, float learningRate, long step);
}
