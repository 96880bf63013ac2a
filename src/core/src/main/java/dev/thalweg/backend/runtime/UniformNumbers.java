package dev.thalweg.backend.runtime;

import dev.thalweg.graph.expression.Expression;

/** Works out what is the same for all elements of a parameter in one step: in double, as a tree. */
abstract class UniformNumbers {
    /** The learning rate. */
    abstract float rate();

    /** How many updates went before. */
    abstract long step();

    abstract double norm(Expression.Norm norm);

    abstract double globalNorm();

    final double of(Expression expression) {
        return switch (expression) {
            case Expression.Constant constant -> constant.value();
            case Expression.Rate _ -> rate();
            case Expression.StepNumber number -> number.function().at(rate(), step());
            case Expression.Norm norm -> norm(norm);
            case Expression.GlobalNorm _ -> globalNorm();
            case Expression.Unary unary -> unary(unary.kind(), of(unary.of()));
            case Expression.Binary binary -> binary(binary.kind(), of(binary.left()), of(binary.right()));
            case Expression.Select select ->
                of(select.left()) > of(select.right()) ? of(select.then()) : of(select.otherwise());
            case dev.thalweg.graph.expression.Target target ->
                throw new IllegalArgumentException(target + " is another number for every element");
        };
    }

    private static double unary(Expression.Unary.Kind kind, double x) {
        return switch (kind) {
            case SQRT -> Math.sqrt(x);
            case ABS -> Math.abs(x);
            case SIGN -> Math.signum(x);
            case ROUND -> (float) x;
        };
    }

    private static double binary(Expression.Binary.Kind kind, double x, double y) {
        return switch (kind) {
            case PLUS -> x + y;
            case MINUS -> x - y;
            case TIMES -> x * y;
            case DIVIDE -> x / y;
            case MAX -> Math.max(x, y);
            case MIN -> Math.min(x, y);
        };
    }
}
