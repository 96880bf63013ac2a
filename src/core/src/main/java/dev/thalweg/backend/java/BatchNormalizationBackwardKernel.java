package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.BatchNormalizationBackward;
import dev.thalweg.tensor.Shape;

/**
 * Batch normalization backward, one channel after the other (Ioffe and Szegedy 2015, section 3): with
 * {@code x̂ = (x − μ) / √(σ² + ε)} and m elements in a channel,
 * {@code dx = γ / √(σ² + ε) · (g − Σg / m − x̂ Σ(g x̂) / m)}.
 */
final class BatchNormalizationBackwardKernel implements Kernel, ThreadTeam.Task {
    private final float epsilon;
    private final boolean relu;
    private final int batch;
    private final int channels;
    private final int plane;
    private final Floats source;
    private final Floats scale;
    private final Floats mean;
    private final Floats variance;
    private final Floats output;
    private final Floats gradient;
    private final Floats sourceGradient;
    private final Floats scaleGradient;
    private final Floats shiftGradient;
    private final float[][][] planes;

    BatchNormalizationBackwardKernel(BatchNormalizationBackward op, Operands at) {
        Shape shape = at.shape(0);
        this.epsilon = op.epsilon();
        this.relu = op.relu();
        this.batch = shape.dim(0);
        this.channels = shape.dim(1);
        this.plane = Shape.extent(shape.elements() / batch / channels);
        this.source = at.in(0);
        this.scale = at.in(1);
        this.mean = at.in(2);
        this.variance = at.in(3);
        this.output = at.in(4);
        this.gradient = at.in(5);
        this.sourceGradient = at.out(0);
        this.scaleGradient = at.out(1);
        this.shiftGradient = at.out(2);
        this.planes = new float[at.threads()][3][plane];
    }

    @Override
    public void compute(ThreadTeam team) {
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        float[] x = planes[member][0];
        float[] g = planes[member][1];
        float[] y = planes[member][2];
        for (int channel = ThreadTeam.share(channels, member, members);
                channel < ThreadTeam.share(channels, member + 1, members);
                channel++) {
            float average = mean.get(channel);
            double inverse = 1 / Math.sqrt((double) variance.get(channel) + epsilon);
            double sum = 0;
            double products = 0;
            for (int n = 0; n < batch; n++) {
                load(n, channel, x, g, y);
                for (int i = 0; i < plane; i++) {
                    sum += g[i];
                    products += (double) g[i] * (x[i] - average);
                }
            }
            products *= inverse;
            scaleGradient.set(channel, (float) products);
            shiftGradient.set(channel, (float) sum);
            double count = (double) batch * plane;
            double factor = scale.get(channel) * inverse;
            // dx = factor · g − perPixel · (x − μ) − constant
            float perPixel = (float) (factor * products / count * inverse);
            float constant = (float) (factor * sum / count);
            for (int n = 0; n < batch; n++) {
                load(n, channel, x, g, y);
                combine(g, x, (float) factor, perPixel, average, constant);
                sourceGradient.store(g, place(n, channel), plane);
            }
        }
    }

    private long place(int image, int channel) {
        return ((long) image * channels + channel) * plane;
    }

    private void load(int image, int channel, float[] x, float[] g, float[] y) {
        source.load(place(image, channel), x, plane);
        gradient.load(place(image, channel), g, plane);
        if (relu) {
            output.load(place(image, channel), y, plane);
            for (int i = 0; i < plane; i++) {
                g[i] = y[i] > 0 ? g[i] : 0;
            }
        }
    }

    private static void combine(float[] g, float[] x, float factor, float perPixel, float average, float constant) {
        for (int i = 0; i < g.length; i++) {
            g[i] = factor * g[i] - perPixel * (x[i] - average) - constant;
        }
    }
}
