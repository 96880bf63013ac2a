package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.Softmax;
import dev.thalweg.graph.SoftmaxBackward;
import org.jspecify.annotations.Nullable;

/** Softmax and log-softmax along an axis, forward and backward. */
final class SoftmaxKernel implements Kernel, ThreadTeam.Task {
    private final Lines lines;
    private final boolean log;
    private final Floats source;
    /** Null in the forward direction. */
    private final @Nullable Floats gradient;

    private final Floats result;
    private final float[][] values;
    private final float[][] gradients;

    /** With a gradient, {@code source} is the forward output and {@code result} the source's gradient. */
    private SoftmaxKernel(
            Lines lines, boolean log, Floats source, @Nullable Floats gradient, Floats result, int threads) {
        this.lines = lines;
        this.log = log;
        this.source = source;
        this.gradient = gradient;
        this.result = result;
        this.values = new float[threads][lines.length()];
        this.gradients = new float[threads][lines.length()];
    }

    static SoftmaxKernel forward(Softmax op, Operands at) {
        return new SoftmaxKernel(
                Lines.along(at.shape(0), op.axis()), op.log(), at.in(0), null, at.out(0), at.threads());
    }

    static SoftmaxKernel backward(SoftmaxBackward op, Operands at) {
        return new SoftmaxKernel(
                Lines.along(at.shape(0), op.axis()), op.log(), at.in(0), at.in(1), at.out(0), at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        float[] x = values[member];
        int to = ThreadTeam.share(lines.count(), member + 1, members);
        for (int line = ThreadTeam.share(lines.count(), member, members); line < to; line++) {
            lines.load(source, line, x);
            if (gradient == null) {
                if (log) {
                    logSoftmax(x);
                } else {
                    softmax(x);
                }
            } else {
                lines.load(gradient, line, gradients[member]);
                backward(x, gradients[member]);
            }
            lines.store(x, result, line);
        }
    }

    private static float greatest(float[] x) {
        float most = Float.NEGATIVE_INFINITY;
        for (float v : x) {
            most = Math.max(most, v);
        }
        return most;
    }

    private static void softmax(float[] x) {
        float most = greatest(x);
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) Math.exp(x[i] - most);
            sum += x[i];
        }
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (x[i] / sum);
        }
    }

    static void logSoftmax(float[] x) {
        float most = greatest(x);
        double sum = 0;
        for (float v : x) {
            sum += Math.exp(v - most);
        }
        double shift = most + Math.log(sum);
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) (x[i] - shift);
        }
    }

    private void backward(float[] y, float[] g) {
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += log ? g[i] : (double) g[i] * y[i];
        }
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) (log ? g[i] - Math.exp(y[i]) * sum : y[i] * (g[i] - sum));
        }
    }
}
