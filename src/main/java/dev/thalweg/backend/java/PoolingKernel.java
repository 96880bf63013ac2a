package dev.thalweg.backend.java;

import dev.thalweg.backend.host.ThreadTeam;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;
import java.util.Arrays;

/** Pooling, forward and backward, one channel of one image after the other. */
final class PoolingKernel implements Kernel, ThreadTeam.Task {
    private final Pooling.Kind kind;
    private final Window window;
    private final int planes;
    private final int height;
    private final int width;
    private final int outputHeight;
    private final int outputWidth;
    private final Floats source;
    private final Floats output;
    /** Null in the forward direction. */
    private final Floats outputGradient;
    private final Floats sourceGradient;
    private final float[][] plane;
    private final float[][] result;
    private final float[][] planeGradient;

    private PoolingKernel(Pooling.Kind kind, Window window, Shape shape, Floats source, Floats output, Floats outputGradient,
            Floats sourceGradient, int threads) {
        this.kind = kind;
        this.window = window;
        this.planes = shape.dim(0) * shape.dim(1);
        this.height = shape.dim(2);
        this.width = shape.dim(3);
        this.outputHeight = window.outputHeight(height);
        this.outputWidth = window.outputWidth(width);
        this.source = source;
        this.output = output;
        this.outputGradient = outputGradient;
        this.sourceGradient = sourceGradient;
        this.plane = new float[threads][height * width];
        this.result = new float[threads][outputHeight * outputWidth];
        this.planeGradient = new float[threads][height * width];
    }

    static PoolingKernel forward(Pooling.Kind kind, Window window, Shape shape, Floats source, Floats output, int threads) {
        return new PoolingKernel(kind, window, shape, source, output, null, null, threads);
    }

    static PoolingKernel backward(Pooling.Kind kind, Window window, Shape shape, Floats source, Floats outputGradient,
            Floats sourceGradient, int threads) {
        return new PoolingKernel(kind, window, shape, source, null, outputGradient, sourceGradient, threads);
    }

    @Override
    public void run(ThreadTeam team) {
        team.run(this);
    }

    @Override
    public void run(int member, int members) {
        float[] in = plane[member];
        float[] out = result[member];
        for (int p = ThreadTeam.share(planes, member, members); p < ThreadTeam.share(planes, member + 1, members); p++) {
            if (kind == Pooling.Kind.MAX || outputGradient == null) {
                source.load((long) p * in.length, in, in.length);
            }
            if (outputGradient == null) {
                reduce(in, out);
                output.store(out, (long) p * out.length, out.length);
            } else {
                float[] gradient = planeGradient[member];
                outputGradient.load((long) p * out.length, out, out.length);
                Arrays.fill(gradient, 0);
                spread(in, out, gradient);
                sourceGradient.store(gradient, (long) p * in.length, in.length);
            }
        }
    }

    private void reduce(float[] in, float[] out) {
        for (int oy = 0; oy < outputHeight; oy++) {
            for (int ox = 0; ox < outputWidth; ox++) {
                int place = oy * outputWidth + ox;
                out[place] = kind == Pooling.Kind.MAX ? in[greatest(in, oy, ox)] : sum(in, oy, ox) / divisor(oy, ox);
            }
        }
    }

    private void spread(float[] in, float[] gradient, float[] to) {
        for (int oy = 0; oy < outputHeight; oy++) {
            for (int ox = 0; ox < outputWidth; ox++) {
                float value = gradient[oy * outputWidth + ox];
                if (kind == Pooling.Kind.MAX) {
                    to[greatest(in, oy, ox)] += value;
                } else {
                    addToAll(to, oy, ox, value / divisor(oy, ox));
                }
            }
        }
    }

    private int top(int oy) {
        return oy * window.strideHeight() - window.padTop();
    }

    private int left(int ox) {
        return ox * window.strideWidth() - window.padLeft();
    }

    /** The first step of a dilated window that lies inside the picture. */
    private static int firstInside(int start, int dilation) {
        return start >= 0 ? 0 : (-start + dilation - 1) / dilation;
    }

    /** One past the last step of a dilated window that lies inside the picture. */
    private static int endInside(int start, int dilation, int kernel, int size) {
        return Math.min(kernel, (size - start + dilation - 1) / dilation);
    }

    private int greatest(float[] in, int oy, int ox) {
        int endY = endInside(top(oy), window.dilationHeight(), window.kernelHeight(), height);
        int endX = endInside(left(ox), window.dilationWidth(), window.kernelWidth(), width);
        int firstX = firstInside(left(ox), window.dilationWidth());
        int best = -1;
        float most = Float.NEGATIVE_INFINITY;
        for (int ky = firstInside(top(oy), window.dilationHeight()); ky < endY; ky++) {
            int row = (top(oy) + ky * window.dilationHeight()) * width + left(ox);
            for (int kx = firstX; kx < endX; kx++) {
                int index = row + kx * window.dilationWidth();
                if (best < 0 || in[index] > most) {
                    best = index;
                    most = in[index];
                }
            }
        }
        return best;
    }

    private float sum(float[] in, int oy, int ox) {
        int endY = endInside(top(oy), window.dilationHeight(), window.kernelHeight(), height);
        int endX = endInside(left(ox), window.dilationWidth(), window.kernelWidth(), width);
        float sum = 0;
        for (int ky = firstInside(top(oy), window.dilationHeight()); ky < endY; ky++) {
            for (int kx = firstInside(left(ox), window.dilationWidth()); kx < endX; kx++) {
                sum += in[(top(oy) + ky * window.dilationHeight()) * width + left(ox) + kx * window.dilationWidth()];
            }
        }
        return sum;
    }

    private void addToAll(float[] to, int oy, int ox, float value) {
        int endY = endInside(top(oy), window.dilationHeight(), window.kernelHeight(), height);
        int endX = endInside(left(ox), window.dilationWidth(), window.kernelWidth(), width);
        for (int ky = firstInside(top(oy), window.dilationHeight()); ky < endY; ky++) {
            for (int kx = firstInside(left(ox), window.dilationWidth()); kx < endX; kx++) {
                to[(top(oy) + ky * window.dilationHeight()) * width + left(ox) + kx * window.dilationWidth()] += value;
            }
        }
    }

    private int divisor(int oy, int ox) {
        if (kind == Pooling.Kind.AVERAGE_INCLUDING_PADDING) {
            return window.kernelHeight() * window.kernelWidth();
        }
        int rows = endInside(top(oy), window.dilationHeight(), window.kernelHeight(), height) - firstInside(top(oy), window.dilationHeight());
        int columns = endInside(left(ox), window.dilationWidth(), window.kernelWidth(), width) - firstInside(left(ox), window.dilationWidth());
        return rows * columns;
    }
}
