package dev.thalweg.graph.expression;

import dev.thalweg.tensor.CheckReturnValue;
import java.util.List;
import java.util.Objects;

/**
 * A number of the element, worked out of the parameter, its gradient, remembered numbers and numbers of the step:
 * {@code RATE.times(GRADIENT)}. Every operation on elements is rounded to float; the tree says in which order they are
 * done, so the same tree gives the same bits on every backend of the host. Parts that are the same for all elements of
 * a parameter ({@link #isUniform}) are worked out once a step in double, and rounded where they meet an element.
 */
@SuppressWarnings("ClassInitializationDeadlock") // Of the classes of constants no other objects are ever made.
public sealed interface Expression
        permits Target,
                Expression.Constant,
                Expression.Rate,
                Expression.StepNumber,
                Expression.Norm,
                Expression.GlobalNorm,
                Expression.Unary,
                Expression.Binary,
                Expression.Select {
    /** The parameter's element θ. */
    Target PARAMETER = new Target.Parameter();

    /** The gradient's element g, after clipping. */
    Target GRADIENT = new Target.Gradient();

    /** The learning rate η of this step, for this parameter. */
    Expression RATE = new Rate();

    /** The norm of the gradients of all parameters together, before clipping. */
    Expression GLOBAL_NORM = new GlobalNorm();

    /**
     * The same number always.
     *
     * @param value rounded to float where it meets an element
     */
    record Constant(double value) implements Expression {}

    /** See {@link #RATE}. */
    record Rate() implements Expression {}

    /**
     * See {@link #ofStep}.
     *
     * @param function gives it
     */
    record StepNumber(StepFunction function) implements Expression {
        /** Refuses null. */
        public StepNumber {
            Objects.requireNonNull(function, "function");
        }
    }

    /**
     * See {@link #norm}.
     *
     * @param of what is measured
     */
    record Norm(Expression of) implements Expression {
        /** Refuses null. */
        public Norm {
            Objects.requireNonNull(of, "of");
        }
    }

    /** See {@link #GLOBAL_NORM}. */
    record GlobalNorm() implements Expression {}

    /**
     * A function of one number.
     *
     * @param kind which
     * @param of its argument
     */
    record Unary(Unary.Kind kind, Expression of) implements Expression {
        /** Refuses null. */
        public Unary {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(of, "of");
        }

        /** The functions. */
        public enum Kind {
            /** √x. */
            SQRT,
            /** |x|. */
            ABS,
            /** −1, 0 or 1. */
            SIGN,
            /** x rounded to float, as every element is anyway. */
            ROUND
        }
    }

    /**
     * A function of two numbers.
     *
     * @param kind which
     * @param left its first argument
     * @param right its second argument
     */
    record Binary(Binary.Kind kind, Expression left, Expression right) implements Expression {
        /** Refuses null. */
        public Binary {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(left, "left");
            Objects.requireNonNull(right, "right");
        }

        /** The functions. */
        public enum Kind {
            /** x + y. */
            PLUS,
            /** x − y. */
            MINUS,
            /** x · y. */
            TIMES,
            /** x / y. */
            DIVIDE,
            /** The greater one. */
            MAX,
            /** The smaller one. */
            MIN
        }
    }

    /**
     * {@code left > right ? then : otherwise}.
     *
     * @param left compared with right
     * @param right compared with left
     * @param then the value where left is greater
     * @param otherwise the value where it is not
     */
    record Select(Expression left, Expression right, Expression then, Expression otherwise) implements Expression {
        /** Refuses null. */
        public Select {
            Objects.requireNonNull(left, "left");
            Objects.requireNonNull(otherwise, "otherwise");
            Objects.requireNonNull(right, "right");
            Objects.requireNonNull(then, "then");
        }
    }

    /**
     * {@return the same number always}
     *
     * @param value rounded to float where it meets an element
     */
    static Expression constant(double value) {
        return new Constant(value);
    }

    /**
     * {@return a number that is remembered from one update to the next; 0 before the first}
     *
     * @param index which, from 0
     */
    static Target slot(int index) {
        return new Target.Slot(index);
    }

    /**
     * {@return a number of the step}
     *
     * @param function gives it
     */
    static Expression ofStep(StepFunction function) {
        Objects.requireNonNull(function, "function");
        return new StepNumber(function);
    }

    /**
     * {@return the Euclidean norm {@code √(Σ x²)} over all elements of the parameter}
     *
     * @param of x, of the parameter, the gradient (after clipping) and slots as they are <em>before</em> the update's
     *            assignments
     */
    static Expression norm(Expression of) {
        Objects.requireNonNull(of, "of");
        if (of instanceof Binary(Binary.Kind kind, Expression left, Expression right)
                && kind == Binary.Kind.TIMES
                && right.isUniform()) {
            return norm(left).times(right.rounded().abs());
        }
        return new Norm(of);
    }

    /**
     * {@return {@code left > right ? then : otherwise}}
     *
     * @param left compared with right
     * @param right compared with left
     * @param then the value where left is greater
     * @param otherwise the value where it is not
     */
    static Expression select(Expression left, Expression right, Expression then, Expression otherwise) {
        Objects.requireNonNull(left, "left");
        Objects.requireNonNull(otherwise, "otherwise");
        Objects.requireNonNull(right, "right");
        Objects.requireNonNull(then, "then");
        return new Select(left, right, then, otherwise);
    }

    /**
     * {@return this + other}
     *
     * @param other the second summand
     */
    @CheckReturnValue
    default Expression plus(Expression other) {
        Objects.requireNonNull(other, "other");
        return new Binary(Binary.Kind.PLUS, this, other);
    }

    /**
     * {@return this + other}
     *
     * @param other the second summand
     */
    @CheckReturnValue
    default Expression plus(double other) {
        return plus(constant(other));
    }

    /**
     * {@return this − other}
     *
     * @param other what is subtracted
     */
    @CheckReturnValue
    default Expression minus(Expression other) {
        Objects.requireNonNull(other, "other");
        return new Binary(Binary.Kind.MINUS, this, other);
    }

    /**
     * {@return this · other}
     *
     * @param other the second factor
     */
    @CheckReturnValue
    default Expression times(Expression other) {
        Objects.requireNonNull(other, "other");
        return new Binary(Binary.Kind.TIMES, this, other);
    }

    /**
     * {@return this · other}
     *
     * @param other the second factor
     */
    @CheckReturnValue
    default Expression times(double other) {
        return times(constant(other));
    }

    /**
     * {@return this / other}
     *
     * @param other the divisor
     */
    @CheckReturnValue
    default Expression dividedBy(Expression other) {
        Objects.requireNonNull(other, "other");
        return new Binary(Binary.Kind.DIVIDE, this, other);
    }

    /**
     * {@return the greater one of this and another}
     *
     * @param other the other
     */
    @CheckReturnValue
    default Expression max(Expression other) {
        Objects.requireNonNull(other, "other");
        return new Binary(Binary.Kind.MAX, this, other);
    }

    /**
     * {@return the smaller one of this and another}
     *
     * @param other the other
     */
    @CheckReturnValue
    default Expression min(Expression other) {
        Objects.requireNonNull(other, "other");
        return new Binary(Binary.Kind.MIN, this, other);
    }

    /** {@return √this} */
    @CheckReturnValue
    default Expression sqrt() {
        return new Unary(Unary.Kind.SQRT, this);
    }

    /** {@return |this|} */
    @CheckReturnValue
    default Expression abs() {
        return new Unary(Unary.Kind.ABS, this);
    }

    /** {@return −1, 0 or 1, by this one's sign} */
    @CheckReturnValue
    default Expression sign() {
        return new Unary(Unary.Kind.SIGN, this);
    }

    /** {@return this rounded to float: what matters only within a uniform expression} */
    @CheckReturnValue
    default Expression rounded() {
        return new Unary(Unary.Kind.ROUND, this);
    }

    /** {@return what this is worked out of at once; nothing for a {@link Norm}, whose argument is measured before} */
    default List<Expression> operands() {
        return switch (this) {
            case Unary unary -> List.of(unary.of());
            case Binary binary -> List.of(binary.left(), binary.right());
            case Select select -> List.of(select.left(), select.right(), select.then(), select.otherwise());
            case Target _, Constant _, Rate _, StepNumber _, Norm _, GlobalNorm _ -> List.of();
        };
    }

    /** {@return whether this is the same for all elements of a parameter} */
    default boolean isUniform() {
        return !(this instanceof Target) && operands().stream().allMatch(Expression::isUniform);
    }
}
