package dev.thalweg.graph.expression;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a backend has to do to move one parameter: measure norms of it, level by level, where those of a level may need
 * those before; then do the assignments for every element.
 */
public final class UpdateProgram {
    /** The gradient's norm, before clipping, among the {@link #norms}. */
    public static final int GRADIENT_NORM = 0;
    /** The parameter's norm among the {@link #norms}. */
    public static final int PARAMETER_NORM = 1;

    private final List<Assignment> assignments;
    private final List<Expression.Norm> norms;
    private final List<Expression.StepNumber> stepNumbers;
    private final boolean usesParameterNorm;
    private final int slots;

    /**
     * Reads assignments.
     *
     * @param assignments in their order; a gradient in them is the one before clipping
     */
    public UpdateProgram(List<Assignment> assignments) {
        this.assignments = List.copyOf(assignments);
        Set<Expression> parts = new LinkedHashSet<>();
        for (Assignment assignment : assignments) {
            visit(assignment.target(), parts::add);
            visit(assignment.value(), parts::add);
        }
        this.slots = slots(parts);
        this.stepNumbers = parts.stream()
                .filter(Expression.StepNumber.class::isInstance)
                .map(Expression.StepNumber.class::cast)
                .toList();
        Set<Expression.Norm> all = new LinkedHashSet<>();
        all.add(new Expression.Norm(Expression.GRADIENT));
        all.add(new Expression.Norm(Expression.PARAMETER));
        this.usesParameterNorm = parts.contains(new Expression.Norm(Expression.PARAMETER));
        parts.stream()
                .filter(Expression.Norm.class::isInstance)
                .map(Expression.Norm.class::cast)
                .forEach(all::add);
        this.norms = new ArrayList<>(all);
    }

    /**
     * {@return how many numbers assignments remember for each element}
     *
     * @param assignments of one rule
     */
    public static int slots(List<Assignment> assignments) {
        return new UpdateProgram(assignments).slots();
    }

    private static int slots(Set<Expression> parts) {
        return parts.stream()
                .mapToInt(part -> part instanceof Target.Slot slot ? slot.index() + 1 : 0)
                .max()
                .orElse(0);
    }

    /** Visits an expression and all its parts, also what norms measure. */
    private static void visit(Expression expression, Consumer<Expression> visitor) {
        visitor.accept(expression);
        if (expression instanceof Expression.Norm norm) {
            visit(norm.of(), visitor);
        }
        expression.operands().forEach(operand -> visit(operand, visitor));
    }

    /**
     * {@return the assignments, in their order}
     */
    public List<Assignment> assignments() {
        return assignments;
    }

    /**
     * {@return how many numbers are remembered for each element}
     */
    public int slots() {
        return slots;
    }

    /**
     * {@return the numbers of the step, each once}
     */
    public List<Expression.StepNumber> stepNumbers() {
        return stepNumbers;
    }

    /**
     * {@return what is measured, each once: always the gradient first and the parameter second}
     */
    public List<Expression.Norm> norms() {
        return norms;
    }

    /**
     * {@return whether the assignments need a norm}
     *
     * @param norm its index among the {@link #norms}
     */
    public boolean uses(int norm) {
        return norm != PARAMETER_NORM || usesParameterNorm;
    }

    /**
     * {@return in which round a norm can be measured: after those of the rounds before, and after the norm of all
     * gradients, which is known after the first}
     *
     * @param norm its index among the {@link #norms}
     */
    public int level(int norm) {
        return depth(norms.get(norm).of());
    }

    /**
     * {@return how many rounds of measuring there are, at least 1}
     */
    public int levels() {
        int levels = 1;
        for (int i = 0; i < norms.size(); i++) {
            levels = Math.max(levels, level(i) + 1);
        }
        return levels;
    }

    private static int depth(Expression expression) {
        return switch (expression) {
            case Expression.GlobalNorm _ -> 1;
            case Expression.Norm norm -> depth(norm.of()) + 1;
            case Target _,
                    Expression.Constant _,
                    Expression.Rate _,
                    Expression.StepNumber _,
                    Expression.Unary _,
                    Expression.Binary _,
                    Expression.Select _ ->
                expression.operands().stream()
                        .mapToInt(UpdateProgram::depth)
                        .max()
                        .orElse(0);
        };
    }
}
