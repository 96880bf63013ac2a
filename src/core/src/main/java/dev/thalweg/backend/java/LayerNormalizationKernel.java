package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.LayerNormalization;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Layer normalization forward, a row after the other. */
final class LayerNormalizationKernel implements Kernel, ThreadTeam.Task {
    private final float epsilon;
    private final int rows;
    private final int length;
    private final Floats source;
    /** Null where there is none. */
    private final @Nullable Floats scale;
    /** Null where there is none. */
    private final @Nullable Floats shift;

    private final Floats result;
    private final Floats mean;
    private final Floats variance;
    private final float[] scales;
    private final float[] shifts;
    private final float[][] lines;

    private LayerNormalizationKernel(LayerNormalization op, Operands at) {
        this.epsilon = op.epsilon();
        this.rows = at.node().outputs().get(1).shape().dim(0);
        this.length = at.shape(0).dim(at.shape(0).rank() - 1);
        this.source = at.in(0);
        this.scale = at.count() > 1 ? at.in(1) : null;
        this.shift = at.count() > 1 ? at.in(2) : null;
        this.result = at.out(0);
        this.mean = at.out(1);
        this.variance = at.out(2);
        this.scales = new float[length];
        this.shifts = new float[length];
        this.lines = new float[at.threads()][length];
        Arrays.fill(scales, 1);
    }

    static LayerNormalizationKernel of(LayerNormalization op, Operands at) {
        return new LayerNormalizationKernel(op, at);
    }

    @Override
    public void compute(ThreadTeam team) {
        if (scale != null && shift != null) {
            scale.load(0, scales, length);
            shift.load(0, shifts, length);
        }
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        float[] x = lines[member];
        for (int row = ThreadTeam.share(rows, member, members);
                row < ThreadTeam.share(rows, member + 1, members);
                row++) {
            source.load((long) row * length, x, length);
            double sum = 0;
            for (float number : x) {
                sum += number;
            }
            double centre = sum / length;
            double squares = 0;
            for (float number : x) {
                squares += (number - centre) * (number - centre);
            }
            mean.set(row, (float) centre);
            variance.set(row, (float) (squares / length));
            normalize(x, (float) centre, (float) (1 / Math.sqrt(squares / length + epsilon)));
            result.store(x, (long) row * length, length);
        }
    }

    private void normalize(float[] x, float centre, float factor) {
        for (int i = 0; i < x.length; i++) {
            x[i] = (x[i] - centre) * factor * scales[i] + shifts[i];
        }
    }
}
