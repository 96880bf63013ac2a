package dev.thalweg.graph;

/**
 * How gradient descent moves parameters. A rule treats every element alike, so a backend may apply it in any layout and
 * in pieces; of a parameter as a whole it may know the norms.
 */
public interface UpdateRule {
    /**
     * {@return how many numbers the rule remembers for each parameter; they start at zero}
     */
    int slots();

    /**
     * {@return the learning rate of this rule's parameters}
     *
     * @param learningRate η of this step, as the schedule has it
     */
    default float localRate(float learningRate) {
        return learningRate;
    }

    /**
     * {@return whether {@link #trust} depends on the norms, which must then be computed}
     */
    default boolean usesNorms() {
        return false;
    }

    /**
     * Fits the steps to a parameter as a whole. Called once a step for each parameter, before it moves.
     *
     * @param parameterNorm the parameter's Euclidean norm ‖θ‖; 0 unless {@link #usesNorms}
     * @param gradientNorm the gradient's Euclidean norm ‖g‖ after clipping by norm; 0 unless {@link #usesNorms}
     * @return by what the rule multiplies the learning rate of its own step, which decay apart from the gradient is not
     */
    default double trust(double parameterNorm, double gradientNorm) {
        return 1;
    }

    /**
     * Moves a piece of the parameters. Called by several threads at once, each with its own arrays.
     *
     * @param parameters changed in place
     * @param gradients the loss's gradient at the parameters, after clipping; may be overwritten
     * @param slots the remembered numbers, an array for each slot, changed in place
     * @param length how many elements of each array count
     * @param rate η of this step, as {@link #localRate} gave it
     * @param trust as {@link #trust} gave it
     * @param step how many updates went before, from 0
     */
    void apply(float[] parameters, float[] gradients, float[][] slots, int length, float rate, float trust, long step);

    /**
     * {@return {@link #apply} for one element, as statements of OpenCL C: they change {@code p}, the parameter, and
     * {@code s0}, {@code s1}, the slots, and read {@code g}, the gradient, {@code rate}, {@code t}, the step,
     * {@code c0} to {@code c3}, the {@link #formulaNumbers}, and, if {@link #usesNorms}, {@code parameterNorm} and
     * {@code gradientNorm}}
     */
    String formula();

    /**
     * {@return up to four numbers of the formula that are other ones in each step}
     *
     * @param rate as {@link #localRate} gave it
     * @param step how many updates went before, from 0
     */
    default float[] formulaNumbers(float rate, long step) {
        return new float[0];
    }

    /**
     * {@return a number as OpenCL C writes it, to the bit}
     *
     * @param value rounded to float
     */
    static String literal(double value) {
        return "(" + Float.toHexString((float) value) + "f)";
    }
}
