package dev.thalweg.backend.onednn;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import dev.thalweg.graph.expression.UpdateProgram;

/**
 * Prints an update as OpenCL C: statements that change {@code p}, the parameter, {@code g}, the gradient, and
 * {@code s0}, {@code s1}, …, the slots, and read {@code rate}, {@code c0}, {@code c1}, …, the numbers of the step,
 * {@code n0}, {@code n1}, …, the norms, and {@code all}, the norm of all gradients.
 */
final class OpenClPrinter {
    private final UpdateProgram program;

    OpenClPrinter(UpdateProgram program) {
        this.program = program;
    }

    /** All assignments, a line each. */
    String statements() {
        StringBuilder text = new StringBuilder();
        for (Assignment assignment : program.assignments()) {
            text.append("    %s = %s;\n".formatted(print(assignment.target()), print(assignment.value())));
        }
        return text.toString();
    }

    String print(Expression expression) {
        return switch (expression) {
            case Target.Parameter _ -> "p";
            case Target.Gradient _ -> "g";
            case Target.Slot(int index) -> "s" + index;
            case Expression.Constant(double value) -> literal(value);
            case Expression.Rate _ -> "rate";
            case Expression.StepNumber number -> "c" + program.stepNumbers().indexOf(number);
            case Expression.Norm norm -> "n" + program.norms().indexOf(norm);
            case Expression.GlobalNorm _ -> "all";
            case Expression.Unary(Expression.Unary.Kind kind, Expression of) -> unary(kind, print(of));
            case Expression.Binary(Expression.Binary.Kind kind, Expression left, Expression right) ->
                binary(kind, print(left), print(right));
            case Expression.Select(Expression left, Expression right, Expression then, Expression otherwise) ->
                "(%s > %s ? %s : %s)".formatted(print(left), print(right), print(then), print(otherwise));
        };
    }

    private static String unary(Expression.Unary.Kind kind, String of) {
        return switch (kind) {
            case SQRT -> "sqrt(" + of + ")";
            case ABS -> "fabs(" + of + ")";
            case SIGN -> "sign(" + of + ")";
            case ROUND -> of;
        };
    }

    private static String binary(Expression.Binary.Kind kind, String left, String right) {
        return switch (kind) {
            case PLUS -> "(" + left + " + " + right + ")";
            case MINUS -> "(" + left + " - " + right + ")";
            case TIMES -> "(" + left + " * " + right + ")";
            case DIVIDE -> "(" + left + " / " + right + ")";
            case MAX -> "fmax(" + left + ", " + right + ")";
            case MIN -> "fmin(" + left + ", " + right + ")";
        };
    }

    /** A number as OpenCL C writes it, to the bit. */
    private static String literal(double value) {
        float rounded = (float) value;
        return Float.isInfinite(rounded)
                ? (rounded > 0 ? "INFINITY" : "(-INFINITY)")
                : "(" + Float.toHexString(rounded) + "f)";
    }
}
