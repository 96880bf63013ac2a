package dev.thalweg.graph;

/**
 * What an operation does to its result before it is stored, in this order. The passes put it there; see oneDNN's
 * post-ops.
 *
 * @param sum whether the operation's last input, of the result's shape, is added
 * @param activation a function of each element, null for none
 */
public record PostOps(boolean sum, Eltwise activation) {
    /** Nothing. */
    public static final PostOps NONE = new PostOps(false, null);

    /**
     * {@return these with an activation at the end}
     *
     * @param function the activation
     */
    public PostOps then(Eltwise function) {
        return new PostOps(sum, function);
    }
}
