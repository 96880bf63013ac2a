package dev.thalweg.graph.expression;

import java.util.Objects;

/** A number of the element that an {@link Assignment} may change. Every element of a parameter has its own. */
public sealed interface Target extends Expression {
    /** The parameter's element θ. */
    record Parameter() implements Target {}

    /**
     * The gradient's element g, after clipping. What is assigned to it is forgotten after the update: it serves as a
     * place for what lies between.
     */
    record Gradient() implements Target {}

    /**
     * A number that is remembered from one update to the next; 0 before the first.
     *
     * @param index which, from 0
     */
    record Slot(int index) implements Target {
        /**
         * Checks what is given.
         *
         * @throws IllegalArgumentException if {@code index} is below 0
         */
        public Slot {
            if (index < 0) {
                throw new IllegalArgumentException("slots are counted from 0, got " + index);
            }
        }
    }

    /**
     * {@return the assignment of a value to this}
     *
     * @param value what it becomes
     */
    default Assignment becomes(Expression value) {
        Objects.requireNonNull(value, "value");
        return new Assignment(this, value);
    }
}
