package dev.thalweg.backend.runtime;

import dev.thalweg.backend.runtime.TileProgram.Instruction;
import dev.thalweg.backend.runtime.TileProgram.Loop;
import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Expression.Binary;
import dev.thalweg.graph.expression.Expression.Unary;
import dev.thalweg.graph.expression.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a {@link TileProgram}: walks each tree from the leaves up, joining neighbours that one loop can do, which saves
 * walks through the tile and never changes how numbers are rounded.
 */
final class TileCompiler {
    private static final Expression ONE = Expression.constant(1);
    private static final Expression NOTHING = Expression.constant(TileLoops.NOTHING);

    private final List<Instruction> instructions = new ArrayList<>();
    private final List<Expression> uniforms = new ArrayList<>();
    /** Temporary arrays are a stack above the named ones. */
    private int top;

    private int arrays;

    /** A summand. */
    private sealed interface Term {
        Term negated();

        /** As loops take it: one that is more than {@code scale · x} is worked out on its own. */
        Scaled scaled();
    }

    /** {@code scale · x}. */
    private record Scaled(Expression scale, Expression x) implements Term {
        @Override
        public Term negated() {
            return new Scaled(negative(scale), x);
        }

        @Override
        public Scaled scaled() {
            return this;
        }
    }

    /** {@code (scale · x) · y} or {@code (scale · x) / y}. */
    private record Combined(Expression scale, Expression x, Binary.Kind kind, Expression y) implements Term {
        @Override
        public Term negated() {
            return new Combined(negative(scale), x, kind, y);
        }

        @Override
        public Scaled scaled() {
            return new Scaled(ONE, new Binary(kind, scale.equals(ONE) ? x : scale.times(x), y));
        }
    }

    TileCompiler(int slots) {
        top = TileProgram.FIRST_SLOT + slots;
        arrays = top;
    }

    TileProgram program(int result) {
        uniform(ONE);
        return new TileProgram(instructions, uniforms, arrays, result);
    }

    void assign(Assignment assignment) {
        into(assignment.value(), TileProgram.array(assignment.target()));
    }

    /** The array where an expression stands once the instructions so far are done. */
    int operand(Expression expression) {
        if (expression instanceof Target target) {
            return TileProgram.array(target);
        }
        int place = top;
        arrays = Math.max(arrays, place + 1);
        into(expression, place);
        top = place + 1;
        return place;
    }

    /** Works out an expression into an array, which its last instruction alone writes. */
    private void into(Expression expression, int to) {
        int before = top;
        if (expression.isUniform()) {
            emit(Loop.FILL, to, expression, ONE);
        } else {
            switch (expression) {
                case Unary unary -> unary(unary, to);
                case Binary binary -> binary(binary, to);
                case Expression.Select select ->
                    emit(Loop.SELECT, to, ONE, ONE, select.left(), select.right(), select.then(), select.otherwise());
                case Target same -> emit(Loop.AFFINE, to, ONE, NOTHING, same);
                case Expression.Constant _,
                        Expression.Rate _,
                        Expression.StepNumber _,
                        Expression.Norm _,
                        Expression.GlobalNorm _ ->
                    throw new IllegalStateException(expression + " is the same for all elements");
            }
        }
        top = before;
    }

    private void unary(Unary unary, int to) {
        switch (unary.kind()) {
            case SQRT -> root(unary, NOTHING, to);
            case ABS -> emit(Loop.ABS, to, ONE, ONE, unary.of());
            case SIGN -> emit(Loop.SIGN, to, ONE, ONE, unary.of());
            case ROUND -> into(unary.of(), to);
        }
    }

    private void root(Unary root, Expression plus, int to) {
        if (root.of() instanceof Binary(Binary.Kind kind, Expression x, Expression y)
                && kind == Binary.Kind.PLUS
                && y.isUniform()) {
            emit(Loop.ROOT, to, y, plus, x);
        } else {
            emit(Loop.ROOT, to, NOTHING, plus, root.of());
        }
    }

    private void binary(Binary binary, int to) {
        Expression left = binary.left();
        Expression right = binary.right();
        switch (binary.kind()) {
            case PLUS, MINUS -> sum(binary, to);
            case TIMES, DIVIDE -> term(term(binary), to);
            case MAX -> emit(Loop.MAX, to, ONE, ONE, left, right);
            case MIN -> minimum(left, right, to);
        }
    }

    private void minimum(Expression left, Expression right, int to) {
        if (right.isUniform()
                && left instanceof Binary(Binary.Kind kind, Expression x, Expression least)
                && kind == Binary.Kind.MAX
                && least.isUniform()) {
            emit(Loop.CLAMP, to, least, right, x);
        } else {
            emit(Loop.MIN, to, ONE, ONE, left, right);
        }
    }

    private void sum(Binary binary, int to) {
        boolean minus = binary.kind() == Binary.Kind.MINUS;
        Expression left = binary.left();
        Expression right = binary.right();
        if (right.isUniform()) {
            Expression added = minus ? negative(right) : right;
            if (left instanceof Unary unary && unary.kind() == Unary.Kind.SQRT) {
                root(unary, added, to);
            } else {
                affine(term(left), added, to);
            }
            return;
        }
        Term second = minus ? term(right).negated() : term(right);
        if (left.isUniform()) {
            affine(second, left, to);
        } else {
            sum(term(left), second, to);
        }
    }

    private void affine(Term term, Expression added, int to) {
        Scaled simple = term.scaled();
        emit(Loop.AFFINE, to, simple.scale(), added, simple.x());
    }

    private void sum(Term first, Term second, int to) {
        boolean keepsFirst = second instanceof Scaled;
        Scaled simple = keepsFirst ? second.scaled() : first.scaled();
        switch (keepsFirst ? first : second) {
            case Scaled other -> sum(other, simple, to);
            case Combined other -> {
                Loop loop = other.kind() == Binary.Kind.TIMES ? Loop.SUM_OF_PRODUCT : Loop.SUM_OF_QUOTIENT;
                emit(loop, to, simple.scale(), other.scale(), simple.x(), other.x(), other.y());
            }
        }
    }

    private void sum(Scaled first, Scaled second, int to) {
        if (second.x() instanceof Unary(Unary.Kind kind, Expression of) && kind == Unary.Kind.SIGN) {
            emit(Loop.SUM_OF_SIGN, to, first.scale(), second.scale(), first.x(), of);
        } else if (first.x() instanceof Unary unary && unary.kind() == Unary.Kind.SIGN) {
            sum(second, first, to);
        } else {
            emit(Loop.SUM, to, first.scale(), second.scale(), first.x(), second.x());
        }
    }

    private void term(Term term, int to) {
        switch (term) {
            case Scaled scaled -> emit(Loop.AFFINE, to, scaled.scale(), NOTHING, scaled.x());
            case Combined combined -> {
                Loop loop = combined.kind() == Binary.Kind.TIMES ? Loop.PRODUCT : Loop.QUOTIENT;
                emit(loop, to, combined.scale(), ONE, combined.x(), combined.y());
            }
        }
    }

    private static Term term(Expression expression) {
        if (!(expression instanceof Binary(Binary.Kind kind, Expression x, Expression y)) || expression.isUniform()) {
            return new Scaled(ONE, expression);
        }
        return switch (kind) {
            case TIMES -> product(x, y);
            case DIVIDE ->
                term(x) instanceof Scaled dividend
                        ? new Combined(dividend.scale(), dividend.x(), kind, y)
                        : new Combined(ONE, x, kind, y);
            case PLUS, MINUS, MAX, MIN -> new Scaled(ONE, expression);
        };
    }

    private static Term product(Expression x, Expression y) {
        if (x.isUniform()) {
            return new Scaled(x, y);
        }
        if (y.isUniform()) {
            return new Scaled(y, x);
        }
        Term first = term(x);
        Term second = term(y);
        if (second instanceof Scaled factor
                && !(first instanceof Scaled && factor.scale().equals(ONE))) {
            return new Combined(factor.scale(), factor.x(), Binary.Kind.TIMES, x);
        }
        return first instanceof Scaled factor
                ? new Combined(factor.scale(), factor.x(), Binary.Kind.TIMES, y)
                : new Combined(ONE, x, Binary.Kind.TIMES, y);
    }

    private static Expression negative(Expression uniform) {
        return uniform instanceof Expression.Constant(double value) ? Expression.constant(-value) : uniform.times(-1);
    }

    private void emit(Loop loop, int to, Expression s, Expression t, Expression... from) {
        int[] places = new int[from.length];
        for (int i = 0; i < from.length; i++) {
            places[i] = operand(from[i]);
        }
        instructions.add(new Instruction(loop, to, uniform(s), uniform(t), places));
    }

    private int uniform(Expression expression) {
        int index = uniforms.indexOf(expression);
        if (index < 0) {
            index = uniforms.size();
            uniforms.add(expression);
        }
        return index;
    }
}
