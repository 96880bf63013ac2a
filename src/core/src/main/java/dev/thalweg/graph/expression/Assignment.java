package dev.thalweg.graph.expression;

import java.util.Objects;

/**
 * One step of an update: {@code target ← value}. Assignments are done in order, and read what those before them left.
 *
 * @param target what changes
 * @param value what it becomes, rounded to float in every operation
 */
public record Assignment(Target target, Expression value) {
    /** Refuses null. */
    public Assignment {
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(value, "value");
    }
}
