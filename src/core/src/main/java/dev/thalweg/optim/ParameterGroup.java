package dev.thalweg.optim;

import dev.thalweg.tensor.CheckReturnValue;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Some parameters with settings of their own: {@code ParameterGroup.of(".*bias").regularization(Regularization.NONE)}.
 *
 * @param names a regular expression that a parameter's whole name must match, {@code conv2d\..*}; a network that has
 *            no such parameter cannot be compiled with it
 * @param rule how they move; empty for the optimizer's rule
 * @param rateFactor by which the learning rate is multiplied, at least 0; 0 leaves them where they are
 * @param regularization empty for the optimizer's
 */
public record ParameterGroup(
        String names, Optional<Rule> rule, double rateFactor, Optional<Regularization> regularization) {
    /**
     * Checks what is given.
     *
     * @throws IllegalArgumentException if {@code names} is no regular expression, or {@code rateFactor} not at least 0
     */
    public ParameterGroup {
        Objects.requireNonNull(regularization, "regularization");
        Objects.requireNonNull(rule, "rule");
        Pattern.compile(names);
        if (!(rateFactor >= 0) || Double.isInfinite(rateFactor)) {
            throw new IllegalArgumentException(
                    "parameter group " + names + ": the rate factor must be at least 0, got " + rateFactor);
        }
    }

    /**
     * A group without settings yet.
     *
     * @param names a regular expression that a parameter's whole name must match
     * @return the group
     */
    public static ParameterGroup of(String names) {
        return new ParameterGroup(names, Optional.empty(), 1, Optional.empty());
    }

    /**
     * {@return this group with a rule of its own; the learning rate is still the optimizer's, times the factor}
     *
     * @param how they move
     */
    @CheckReturnValue
    public ParameterGroup rule(Rule how) {
        return new ParameterGroup(names, Optional.of(how), rateFactor, regularization);
    }

    /**
     * {@return this group with a part, or a multiple, of the learning rate}
     *
     * @param factor at least 0
     */
    @CheckReturnValue
    public ParameterGroup rateFactor(double factor) {
        return new ParameterGroup(names, rule, factor, regularization);
    }

    /**
     * {@return this group with a regularization of its own}
     *
     * @param what in place of the optimizer's
     */
    @CheckReturnValue
    public ParameterGroup regularization(Regularization what) {
        return new ParameterGroup(names, rule, rateFactor, Optional.of(what));
    }

    boolean contains(String parameter) {
        return Pattern.matches(names, parameter);
    }
}
