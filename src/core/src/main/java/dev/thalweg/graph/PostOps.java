package dev.thalweg.graph;

import dev.thalweg.tensor.CheckReturnValue;
import java.util.Objects;
import java.util.Optional;

/**
 * What an operation does to its result before it is stored, in this order. The passes put it there; see oneDNN's
 * post-ops.
 *
 * @param sum whether the operation's last input, of the result's shape, is added
 * @param activation a function of each element, if any
 */
public record PostOps(boolean sum, Optional<Eltwise> activation) {
    /** Refuses null. */
    public PostOps {
        Objects.requireNonNull(activation, "activation");
    }

    /** Nothing. */
    public static final PostOps NONE = new PostOps(false, Optional.empty());

    /**
     * {@return these with an activation at the end}
     *
     * @param function the activation
     */
    @CheckReturnValue
    public PostOps then(Eltwise function) {
        return new PostOps(sum, Optional.of(function));
    }
}
