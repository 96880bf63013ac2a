package dev.thalweg.backend.runtime;

import dev.thalweg.backend.Movement;
import dev.thalweg.graph.expression.Expression;
import dev.thalweg.graph.expression.UpdateProgram;
import java.util.ArrayList;
import java.util.List;

/** One parameter of an {@link HostUpdates}: its compiled rule, and what one update found out about it. */
final class MovedParameter extends UniformNumbers {
    /** {@code pending ← pending + weight · g}, where pending stands for the parameter and the weight for the rate. */
    private static final TileProgram COLLECT = TileProgram.of(
            List.of(Expression.PARAMETER.becomes(
                    Expression.PARAMETER.plus(Expression.RATE.times(Expression.GRADIENT)))),
            0);

    /** An expression over all elements whose square sum is wanted. */
    private final class Measured {
        private final int level;
        private final TileProgram program;
        private final float[] uniforms;
        private final double[] squares = new double[tiles()];
        private double norm;

        Measured(int level, TileProgram program) {
            this.level = level;
            this.program = program;
            this.uniforms = new float[program.uniforms().size()];
        }
    }

    private final HostUpdates.Item item;
    private final List<Expression.Norm> norms;
    private final List<Measured> measured = new ArrayList<>();
    private final boolean needsParameterNorm;
    private final int levels;
    private final TileProgram move;
    private final float[] moveUniforms;
    private final float[] collectUniforms = new float[COLLECT.uniforms().size()];
    private final double[] movementSquares;
    private boolean fromPending;
    private boolean watched;
    private float rate;
    private long step;
    private double globalNorm;

    MovedParameter(HostUpdates.Item item) {
        this.item = item;
        this.movementSquares = new double[tiles()];
        UpdateProgram program = item.update().program();
        int slots = item.slots().size();
        this.norms = program.norms();
        for (int i = 0; i < norms.size(); i++) {
            measured.add(
                    new Measured(program.level(i), TileProgram.of(norms.get(i).of(), slots)));
        }
        this.needsParameterNorm = program.uses(UpdateProgram.PARAMETER_NORM);
        this.levels = program.levels();
        this.move = TileProgram.of(program.assignments(), slots);
        this.moveUniforms = new float[move.uniforms().size()];
    }

    int tiles() {
        return Desk.tiles(item.parameter());
    }

    /** How many arrays a desk needs. */
    int arrays() {
        int most = Math.max(move.arrays(), COLLECT.arrays());
        return measured.stream().mapToInt(m -> m.program.arrays()).reduce(most, Math::max);
    }

    /** How many rounds of measuring there are. */
    int levels() {
        return levels;
    }

    void begin(float learningRate, long updates, boolean pendingCounts, boolean movementCounts) {
        rate = (float) (learningRate * item.update().rule().rateFactor());
        step = updates;
        fromPending = pendingCounts;
        watched = movementCounts;
    }

    private boolean isMeasured(int norm, int level) {
        return measured.get(norm).level == level
                && (norm != UpdateProgram.PARAMETER_NORM || needsParameterNorm || watched);
    }

    void prepareMeasuring(int level) {
        for (int i = 0; i < measured.size(); i++) {
            if (isMeasured(i, level)) {
                evaluate(measured.get(i).program, measured.get(i).uniforms);
            }
        }
    }

    void measure(int level, int tile, Desk desk) {
        for (int i = 0; i < measured.size(); i++) {
            if (isMeasured(i, level)) {
                Measured each = measured.get(i);
                int length = Desk.length(item.parameter(), tile);
                load(each.program, Desk.first(tile), length, desk);
                desk.run(each.program, each.uniforms, length);
                each.squares[tile] = desk.squareSum(each.program.result(), length);
            }
        }
    }

    void finishMeasuring(int level) {
        for (int i = 0; i < measured.size(); i++) {
            if (isMeasured(i, level)) {
                Measured each = measured.get(i);
                each.norm = Math.sqrt(sum(each.squares));
            }
        }
    }

    double gradientSquareSum() {
        return sum(measured.get(UpdateProgram.GRADIENT_NORM).squares);
    }

    void globalNorm(double norm) {
        globalNorm = norm;
    }

    void prepareMoving() {
        evaluate(move, moveUniforms);
    }

    void move(int tile, Desk desk) {
        int length = Desk.length(item.parameter(), tile);
        for (int strip = 0; strip < length; strip += Desk.STRIP) {
            move(Desk.first(tile), strip, Math.min(Desk.STRIP, length - strip), desk);
        }
        if (watched) {
            movementSquares[tile] = desk.changeSquareSum(length);
        }
    }

    private void move(long tile, int strip, int length, Desk desk) {
        load(move, tile + strip, length, desk);
        if (watched) {
            desk.keep(TileProgram.PARAMETER, strip, length);
        }
        desk.run(move, moveUniforms, length);
        if (watched) {
            desk.keepChange(TileProgram.PARAMETER, strip, length);
        }
        store(move, tile + strip, length, desk);
    }

    void prepareCollecting(float weight) {
        rate = weight;
        evaluate(COLLECT, collectUniforms);
    }

    void collect(int tile, Desk desk) {
        Piece pending = item.accumulated();
        long first = Desk.first(tile);
        int length = Desk.length(pending, tile);
        desk.load(pending, first, length, TileProgram.PARAMETER);
        desk.load(item.gradient(), first, length, TileProgram.GRADIENT);
        desk.run(COLLECT, collectUniforms, length);
        desk.store(TileProgram.PARAMETER, pending, first, length);
    }

    void clearPending() {
        ((HostPiece) item.accumulated()).segment().fill((byte) 0);
    }

    private void load(TileProgram program, long first, int length, Desk desk) {
        for (int array = 0; array < TileProgram.FIRST_SLOT + item.slots().size(); array++) {
            if (program.reads(array)) {
                desk.load(piece(array), first, length, array);
            }
        }
    }

    private void store(TileProgram program, long first, int length, Desk desk) {
        for (int array = 0; array < TileProgram.FIRST_SLOT + item.slots().size(); array++) {
            if (program.writes(array) && array != TileProgram.GRADIENT) {
                desk.store(array, piece(array), first, length);
            }
        }
    }

    private Piece piece(int array) {
        return switch (array) {
            case TileProgram.PARAMETER -> item.parameter();
            case TileProgram.GRADIENT -> fromPending ? item.accumulated() : item.gradient();
            default -> item.slots().get(array - TileProgram.FIRST_SLOT);
        };
    }

    private void evaluate(TileProgram program, float[] uniforms) {
        for (int i = 0; i < uniforms.length; i++) {
            uniforms[i] = (float) of(program.uniforms().get(i));
        }
    }

    /** In a fixed order, so it does not depend on how many threads there were. */
    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    @Override
    float rate() {
        return rate;
    }

    @Override
    long step() {
        return step;
    }

    @Override
    double norm(Expression.Norm norm) {
        return measured.get(norms.indexOf(norm)).norm;
    }

    @Override
    double globalNorm() {
        return globalNorm;
    }

    Movement movement() {
        return new Movement(
                item.name(),
                measured.get(UpdateProgram.GRADIENT_NORM).norm,
                measured.get(UpdateProgram.PARAMETER_NORM).norm,
                Math.sqrt(sum(movementSquares)));
    }
}
