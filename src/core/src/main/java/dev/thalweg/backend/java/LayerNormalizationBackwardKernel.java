package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.LayerNormalizationBackward;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalization backward, a row after the other. Each member sums the gradients at scale and shift over its own
 * rows; the members' sums are added in their order, so that the result is the same every time.
 */
final class LayerNormalizationBackwardKernel implements Kernel, ThreadTeam.Task {
    /** A member's arrays. */
    private static final class Desk {
        final float[] x;
        final float[] g;
        final double[] atScale;
        final double[] atShift;

        Desk(int length) {
            x = new float[length];
            g = new float[length];
            atScale = new double[length];
            atShift = new double[length];
        }
    }

    private final float epsilon;
    private final int rows;
    private final int length;
    private final Floats source;
    private final Floats mean;
    private final Floats variance;
    private final Floats gradient;
    /** Null where there is none. */
    private final @Nullable Floats scale;

    private final Floats atSource;
    /** Null where there is no scale. */
    private final @Nullable Floats atScale;
    /** Null where there is no scale. */
    private final @Nullable Floats atShift;

    private final float[] scales;
    private final Desk[] desks;

    private LayerNormalizationBackwardKernel(LayerNormalizationBackward op, Operands at) {
        this.epsilon = op.epsilon();
        this.rows = at.shape(1).dim(0);
        this.length = at.shape(0).dim(at.shape(0).rank() - 1);
        this.source = at.in(0);
        this.mean = at.in(1);
        this.variance = at.in(2);
        this.gradient = at.in(3);
        boolean scaled = at.count() > 4;
        this.scale = scaled ? at.in(4) : null;
        this.atSource = at.out(0);
        this.atScale = scaled ? at.out(1) : null;
        this.atShift = scaled ? at.out(2) : null;
        this.scales = new float[length];
        Arrays.fill(scales, 1);
        this.desks = new Desk[at.threads()];
        Arrays.setAll(desks, _ -> new Desk(length));
    }

    static LayerNormalizationBackwardKernel of(LayerNormalizationBackward op, Operands at) {
        return new LayerNormalizationBackwardKernel(op, at);
    }

    @Override
    public void compute(ThreadTeam team) {
        if (scale != null) {
            scale.load(0, scales, length);
        }
        team.run(this);
        if (atScale != null && atShift != null) {
            for (int i = 0; i < length; i++) {
                double scaleSum = 0;
                double shiftSum = 0;
                for (Desk desk : desks) {
                    scaleSum += desk.atScale[i];
                    shiftSum += desk.atShift[i];
                }
                atScale.set(i, (float) scaleSum);
                atShift.set(i, (float) shiftSum);
            }
        }
    }

    @Override
    public void run(int member, int members) {
        Desk desk = desks[member];
        Arrays.fill(desk.atScale, 0);
        Arrays.fill(desk.atShift, 0);
        for (int row = ThreadTeam.share(rows, member, members);
                row < ThreadTeam.share(rows, member + 1, members);
                row++) {
            source.load((long) row * length, desk.x, length);
            gradient.load((long) row * length, desk.g, length);
            backward(desk, mean.get(row), (float) (1 / Math.sqrt((double) variance.get(row) + epsilon)));
            atSource.store(desk.g, (long) row * length, length);
        }
    }

    /** {@code (h − mean(h) − x̂ mean(h x̂)) / √(σ² + ε)} with {@code h = γ g} and x̂ the normalized source. */
    private void backward(Desk desk, float centre, float factor) {
        float[] x = desk.x;
        float[] g = desk.g;
        double sum = 0;
        double product = 0;
        for (int i = 0; i < x.length; i++) {
            x[i] = (x[i] - centre) * factor;
            desk.atScale[i] += g[i] * x[i];
            desk.atShift[i] += g[i];
            g[i] *= scales[i];
            sum += g[i];
            product += g[i] * x[i];
        }
        float mean = (float) (sum / x.length);
        float along = (float) (product / x.length);
        for (int i = 0; i < x.length; i++) {
            g[i] = (g[i] - mean - x[i] * along) * factor;
        }
    }
}
