package dev.thalweg.graph;

/**
 * How gradient descent moves parameters. A rule treats every element alike, so a backend may apply it in any layout and in
 * pieces; of a parameter as a whole it may know the norms.
 */
public interface UpdateRule {
    /**
     * {@return how many numbers the rule remembers for each parameter; they start at zero}
     */
    int slots();

    /**
     * {@return whether {@link #localRate} depends on the norms, which must then be computed}
     */
    default boolean usesNorms() {
        return false;
    }

    /**
     * Fits the learning rate to a parameter as a whole. Called once a step for each parameter.
     *
     * @param learningRate η of this step
     * @param parameterNorm the parameter's Euclidean norm ‖θ‖; 0 unless {@link #usesNorms}
     * @param gradientNorm the gradient's Euclidean norm ‖g‖ after clipping; 0 unless {@link #usesNorms}
     * @return what {@link #apply} gets
     */
    default float localRate(float learningRate, double parameterNorm, double gradientNorm) {
        return learningRate;
    }

    /**
     * Moves a piece of the parameters. Called by several threads at once, each with its own arrays.
     *
     * @param parameters changed in place
     * @param gradients the loss's gradient at the parameters, after clipping; may be overwritten
     * @param slots the remembered numbers, an array for each slot, changed in place
     * @param length how many elements of each array count
     * @param learningRate η of this step, as {@link #localRate} gave it
     * @param step how many updates went before, from 0
     */
    void apply(float[] parameters, float[] gradients, float[][] slots, int length, float learningRate, long step);
}
