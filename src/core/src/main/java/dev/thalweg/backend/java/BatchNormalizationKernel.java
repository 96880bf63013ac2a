package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;
import dev.thalweg.graph.BatchNormalization;
import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.tensor.Shape;

/** Batch normalization forward, one channel after the other; statistics are summed in double. */
final class BatchNormalizationKernel implements Kernel, ThreadTeam.Task {
    private final float epsilon;
    private final boolean relu;
    private final boolean given;
    private final int batch;
    private final int channels;
    private final int plane;
    private final Floats source;
    private final Floats scale;
    private final Floats shift;
    private final Floats mean;
    private final Floats variance;
    private final Floats result;
    private final float[][] planes;

    private BatchNormalizationKernel(
            float epsilon,
            boolean relu,
            boolean given,
            Shape shape,
            Floats source,
            Floats scale,
            Floats shift,
            Floats mean,
            Floats variance,
            Floats result,
            int threads) {
        this.epsilon = epsilon;
        this.relu = relu;
        this.given = given;
        this.batch = shape.dim(0);
        this.channels = shape.dim(1);
        this.plane = Shape.extent(shape.elements() / batch / channels);
        this.source = source;
        this.scale = scale;
        this.shift = shift;
        this.mean = mean;
        this.variance = variance;
        this.result = result;
        this.planes = new float[threads][plane];
    }

    static BatchNormalizationKernel forward(BatchNormalization op, Operands at) {
        return new BatchNormalizationKernel(
                op.epsilon(),
                op.relu(),
                false,
                at.shape(0),
                at.in(0),
                at.in(1),
                at.in(2),
                at.out(1),
                at.out(2),
                at.out(0),
                at.threads());
    }

    static BatchNormalizationKernel inference(BatchNormalizationInference op, Operands at) {
        return new BatchNormalizationKernel(
                op.epsilon(),
                op.relu(),
                true,
                at.shape(0),
                at.in(0),
                at.in(1),
                at.in(2),
                at.in(3),
                at.in(4),
                at.out(0),
                at.threads());
    }

    @Override
    public void compute(ThreadTeam team) {
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        float[] x = planes[member];
        for (int channel = ThreadTeam.share(channels, member, members);
                channel < ThreadTeam.share(channels, member + 1, members);
                channel++) {
            if (!given) {
                statistics(channel, x);
            }
            float factor = (float) (scale.get(channel) / Math.sqrt((double) variance.get(channel) + epsilon));
            float summand = shift.get(channel) - factor * mean.get(channel);
            for (int n = 0; n < batch; n++) {
                long place = ((long) n * channels + channel) * plane;
                source.load(place, x, plane);
                apply(x, factor, summand, relu ? 0 : Float.NEGATIVE_INFINITY);
                result.store(x, place, plane);
            }
        }
    }

    private void statistics(int channel, float[] x) {
        double sum = 0;
        for (int n = 0; n < batch; n++) {
            source.load(((long) n * channels + channel) * plane, x, plane);
            for (float v : x) {
                sum += v;
            }
        }
        double average = sum / ((double) batch * plane);
        double squares = 0;
        for (int n = 0; n < batch; n++) {
            source.load(((long) n * channels + channel) * plane, x, plane);
            for (float v : x) {
                squares += (v - average) * (v - average);
            }
        }
        mean.set(channel, (float) average);
        variance.set(channel, (float) (squares / ((double) batch * plane)));
    }

    private static void apply(float[] x, float factor, float summand, float least) {
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.max(least, Math.fma(factor, x[i], summand));
        }
    }
}
