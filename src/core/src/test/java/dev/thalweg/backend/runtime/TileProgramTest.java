package dev.thalweg.backend.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loops give, to the bit, what a walk along the tree gives for each element. */
class TileProgramTest {
    private static final int PROGRAMS = 2000;
    private static final int SLOTS = 2;
    private static final int LENGTH = 37;
    private static final float RATE = 0.01f;
    private static final long STEP = 3;
    private static final float[] VALUES = {0, -0f, 1, -1, 0.1f, -3, 1e-30f, 1e20f, Float.MIN_VALUE};
    private static final List<Target> TARGETS =
            List.of(Expression.PARAMETER, Expression.GRADIENT, Expression.slot(0), Expression.slot(1));

    private static final UniformNumbers UNIFORM = new UniformNumbers() {
        @Override
        float rate() {
            return RATE;
        }

        @Override
        long step() {
            return STEP;
        }

        @Override
        double norm(Expression.Norm norm) {
            return 5;
        }

        @Override
        double globalNorm() {
            return 7;
        }
    };

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void loopsAreTheTree(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < PROGRAMS; i++) {
            List<Assignment> assignments = new ArrayList<>();
            for (int count = 1 + random.nextInt(3); count > 0; count--) {
                assignments.add(any(random, TARGETS).becomes(draw(random, 1 + random.nextInt(5))));
            }
            check(random, assignments);
        }
    }

    private static void check(Random random, List<Assignment> assignments) {
        TileProgram program = TileProgram.of(assignments, SLOTS);
        float[][] arrays = new float[program.arrays()][LENGTH];
        for (int target = 0; target < TARGETS.size(); target++) {
            for (int i = 0; i < LENGTH; i++) {
                arrays[target][i] =
                        i < VALUES.length ? VALUES[random.nextInt(VALUES.length)] : (float) random.nextGaussian();
            }
        }
        float[][] want = new float[TARGETS.size()][LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            float[] element = new float[TARGETS.size()];
            for (int target = 0; target < element.length; target++) {
                element[target] = arrays[target][i];
            }
            for (Assignment assignment : assignments) {
                element[TARGETS.indexOf(assignment.target())] = walk(assignment.value(), element);
            }
            for (int target = 0; target < element.length; target++) {
                want[target][i] = element[target];
            }
        }
        float[] uniforms = new float[program.uniforms().size()];
        for (int i = 0; i < uniforms.length; i++) {
            uniforms[i] = (float) uniform(program.uniforms().get(i));
        }
        program.run(arrays, uniforms, LENGTH);
        for (int target = 0; target < want.length; target++) {
            for (int i = 0; i < LENGTH; i++) {
                int at = i;
                // Every NaN is one: which bits it has is nobody's promise.
                assertEquals(
                        Float.floatToIntBits(want[target][i]),
                        Float.floatToIntBits(arrays[target][i]),
                        () -> "element " + at + " after " + assignments);
            }
        }
    }

    private static <T> T any(Random random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static Expression draw(Random random, int depth) {
        if (depth == 0) {
            return switch (random.nextInt(8)) {
                case 0 -> Expression.constant(VALUES[random.nextInt(VALUES.length)]);
                case 1 -> Expression.RATE;
                case 2 -> Expression.ofStep((rate, step) -> rate / (1 + step));
                case 3 -> random.nextBoolean() ? Expression.norm(Expression.PARAMETER) : Expression.GLOBAL_NORM;
                default -> any(random, TARGETS);
            };
        }
        Expression x = draw(random, random.nextInt(depth));
        Expression y = draw(random, depth - 1);
        return switch (random.nextInt(16)) {
            case 0 -> x.sqrt();
            case 1 -> y.abs();
            case 2 -> y.sign();
            case 3 -> y.rounded();
            case 4 -> x.max(y);
            case 5 -> x.min(y);
            case 6 -> y.max(Expression.constant(-1)).min(Expression.constant(1));
            case 7 -> Expression.select(x, y, draw(random, depth - 1), draw(random, depth - 1));
            case 8, 9 -> x.dividedBy(y);
            case 10, 11 -> x.times(y);
            case 12, 13 -> x.minus(y);
            default -> x.plus(y);
        };
    }

    /** In double, where nothing is an element's. */
    private static double uniform(Expression expression) {
        return switch (expression) {
            case Expression.Unary u -> {
                double x = uniform(u.of());
                yield switch (u.kind()) {
                    case SQRT -> Math.sqrt(x);
                    case ABS -> Math.abs(x);
                    case SIGN -> Math.signum(x);
                    case ROUND -> (float) x;
                };
            }
            case Expression.Binary b -> {
                double x = uniform(b.left());
                double y = uniform(b.right());
                yield switch (b.kind()) {
                    case PLUS -> x + y;
                    case MINUS -> x - y;
                    case TIMES -> x * y;
                    case DIVIDE -> x / y;
                    case MAX -> Math.max(x, y);
                    case MIN -> Math.min(x, y);
                };
            }
            case Expression.Select s ->
                uniform(s.left()) > uniform(s.right()) ? uniform(s.then()) : uniform(s.otherwise());
            default -> UNIFORM.of(expression);
        };
    }

    private static float walk(Expression expression, float[] element) {
        if (expression.isUniform()) {
            return (float) uniform(expression);
        }
        return switch (expression) {
            case Expression.Unary u -> {
                float x = walk(u.of(), element);
                yield switch (u.kind()) {
                    case SQRT -> (float) Math.sqrt(x);
                    case ABS -> Math.abs(x);
                    case SIGN -> Math.signum(x);
                    case ROUND -> x;
                };
            }
            case Expression.Binary b -> {
                float x = walk(b.left(), element);
                float y = walk(b.right(), element);
                yield switch (b.kind()) {
                    case PLUS -> x + y;
                    case MINUS -> x - y;
                    case TIMES -> x * y;
                    case DIVIDE -> x / y;
                    case MAX -> Math.max(x, y);
                    case MIN -> Math.min(x, y);
                };
            }
            case Expression.Select s ->
                walk(s.left(), element) > walk(s.right(), element)
                        ? walk(s.then(), element)
                        : walk(s.otherwise(), element);
            case Target target -> element[TARGETS.indexOf(target)];
            default -> throw new AssertionError(expression);
        };
    }
}
