package dev.thalweg.backend.runtime;

import dev.thalweg.graph.expression.Assignment;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.Target;
import java.util.List;

/**
 * Assignments as a list of loops over small arrays, one tile of a parameter at a time. The arrays are numbered: the
 * parameter, its gradient, its slots, and after them places for what lies between. Threads may share a program, each
 * with its own arrays.
 */
final class TileProgram {
    static final int PARAMETER = 0;
    static final int GRADIENT = 1;
    static final int FIRST_SLOT = 2;

    /**
     * One loop.
     *
     * @param loop which
     * @param to the array it writes
     * @param s index of a uniform number
     * @param t index of another
     * @param from the arrays it reads, as many as it takes
     */
    record Instruction(Loop loop, int to, int s, int t, int... from) {}

    enum Loop {
        FILL,
        AFFINE,
        SUM,
        SUM_OF_SIGN,
        SUM_OF_PRODUCT,
        SUM_OF_QUOTIENT,
        PRODUCT,
        QUOTIENT,
        ROOT,
        ABS,
        SIGN,
        MAX,
        MIN,
        CLAMP,
        SELECT
    }

    private final Instruction[] instructions;
    private final List<Expression> uniforms;
    private final int arrays;
    private final int result;
    private final boolean[] read;
    private final boolean[] written;

    TileProgram(List<Instruction> instructions, List<Expression> uniforms, int arrays, int result) {
        this.instructions = instructions.toArray(Instruction[]::new);
        this.uniforms = List.copyOf(uniforms);
        this.arrays = arrays;
        this.result = result;
        this.read = new boolean[arrays];
        this.written = new boolean[arrays];
        read[result] = true;
        for (Instruction instruction : instructions) {
            written[instruction.to] = true;
            for (int from : instruction.from) {
                read[from] = true;
            }
        }
    }

    /** A program that does assignments. */
    static TileProgram of(List<Assignment> assignments, int slots) {
        TileCompiler compiler = new TileCompiler(slots);
        assignments.forEach(compiler::assign);
        return compiler.program(PARAMETER);
    }

    /** A program that works out an expression, which then stands in the array {@link #result}. */
    static TileProgram of(Expression expression, int slots) {
        TileCompiler compiler = new TileCompiler(slots);
        return compiler.program(compiler.operand(expression));
    }

    static int array(Target target) {
        return switch (target) {
            case Target.Parameter _ -> PARAMETER;
            case Target.Gradient _ -> GRADIENT;
            case Target.Slot slot -> FIRST_SLOT + slot.index();
        };
    }

    /** What has to be worked out before, rounded to float. */
    List<Expression> uniforms() {
        return uniforms;
    }

    /** How many arrays it takes. */
    int arrays() {
        return arrays;
    }

    int result() {
        return result;
    }

    boolean reads(int array) {
        return array < arrays && read[array];
    }

    boolean writes(int array) {
        return array < arrays && written[array];
    }

    void run(float[][] a, float[] uniform, int length) {
        for (Instruction instruction : instructions) {
            run(instruction, a, uniform, length);
        }
    }

    private static void run(Instruction instruction, float[][] a, float[] uniform, int length) {
        int[] from = instruction.from;
        float[] d = a[instruction.to];
        float s = uniform[instruction.s];
        float t = uniform[instruction.t];
        switch (instruction.loop) {
            case FILL -> TileLoops.fill(d, s, length);
            case AFFINE -> {
                // A gradient that is short enough stays as it is.
                if (s != 1 || Float.compare(t, -0f) != 0 || d != a[from[0]]) {
                    TileLoops.affine(d, s, a[from[0]], t, length);
                }
            }
            case SUM -> TileLoops.sum(d, s, a[from[0]], t, a[from[1]], length);
            case SUM_OF_SIGN -> TileLoops.sumOfSign(d, s, a[from[0]], t, a[from[1]], length);
            case SUM_OF_PRODUCT -> TileLoops.sumOfProduct(d, s, a[from[0]], t, a[from[1]], a[from[2]], length);
            case SUM_OF_QUOTIENT -> TileLoops.sumOfQuotient(d, s, a[from[0]], t, a[from[1]], a[from[2]], length);
            case PRODUCT -> TileLoops.product(d, s, a[from[0]], a[from[1]], length);
            case QUOTIENT -> TileLoops.quotient(d, s, a[from[0]], a[from[1]], length);
            case ROOT -> TileLoops.root(d, a[from[0]], s, t, length);
            case ABS -> TileLoops.abs(d, a[from[0]], length);
            case SIGN -> TileLoops.sign(d, a[from[0]], length);
            case MAX -> TileLoops.max(d, a[from[0]], a[from[1]], length);
            case MIN -> TileLoops.min(d, a[from[0]], a[from[1]], length);
            case CLAMP -> TileLoops.clamp(d, s, a[from[0]], t, length);
            case SELECT -> TileLoops.select(d, a[from[0]], a[from[1]], a[from[2]], a[from[3]], length);
        }
    }
}
