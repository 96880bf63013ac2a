package dev.thalweg.optim;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * Another rule that runs ahead k steps at a time, of which slow weights φ follow a part of the way (Zhang et al.,
 * Lookahead Optimizer: k steps forward, 1 step back, NeurIPS 2019, algorithm 1):
 * <pre>
 *   θ ← what the other rule makes of θ
 *   every k updates:  φ ← φ + α(θ − φ),   θ ← φ
 * </pre>
 * φ starts as θ, where weights decay apart from the gradient as θ after the first decay. What the other rule remembers
 * stays when θ goes back.
 *
 * @param inner the other rule; one that averages weights itself, as {@link ScheduleFreeAdamW}, is none
 * @param steps k, at least 1
 * @param alpha α, above 0 and at most 1
 */
public record Lookahead(Rule inner, int steps, double alpha) implements RuleAround {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code steps} is not at least 1, {@code alpha} not above 0 and at most 1, or
     *         {@code inner} averages weights itself
     */
    public Lookahead {
        Ranges.atLeast1("Lookahead: the number of steps", steps);
        if (!(alpha > 0 && alpha <= 1)) {
            throw new IllegalArgumentException("Lookahead: alpha must be above 0 and at most 1, got " + alpha);
        }
        if (inner.averageSlot() >= 0) {
            throw new IllegalArgumentException("Lookahead: the inner rule must train the weights that it is judged by,"
                    + " got " + inner + ", which averages them itself");
        }
    }

    /**
     * With k = 5 and α = 0.5.
     *
     * @param inner the other rule
     */
    public Lookahead(Rule inner) {
        this(inner, 5, 0.5);
    }

    @Override
    public int slots() {
        return inner.slots() + 1;
    }

    @Override
    public List<Assignment> assignments() {
        Target slow = Expression.slot(inner.slots());
        Expression first = Expression.ofStep((_, step) -> step == 0 ? 1 : 0);
        Expression share = Expression.ofStep((_, step) -> (step + 1) % steps == 0 ? alpha : 0);
        Expression back = Expression.ofStep((_, step) -> (step + 1) % steps == 0 ? 1 : 0);
        Expression ahead = Expression.ofStep((_, step) -> (step + 1) % steps == 0 ? 0 : 1);
        List<Assignment> all = new ArrayList<>();
        // Slots start at zero: the first weights come in here.
        all.add(slow.becomes(slow.plus(first.times(Expression.PARAMETER))));
        all.addAll(inner.assignments());
        all.add(slow.becomes(slow.plus(share.times(Expression.PARAMETER.minus(slow)))));
        all.add(Expression.PARAMETER.becomes(ahead.times(Expression.PARAMETER).plus(back.times(slow))));
        return all;
    }
}
