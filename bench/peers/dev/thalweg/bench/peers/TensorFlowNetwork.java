package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.math.Mean;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.DepthwiseConv2dNative;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.op.nn.MaxPool;
import org.tensorflow.types.TFloat32;

/** A network in TensorFlow's operations, of pictures {@code [N, H, W, C]}, which its kernels for CPUs want. */
final class TensorFlowNetwork {
    private final Ops tf;
    private final int batch;
    private final boolean training;
    private final Placeholder<TFloat32> pictures;
    private final Operand<TFloat32> logits;
    private int channels = 3;
    private int side;
    private int tokens = 1;
    private long parameters;

    TensorFlowNetwork(Ops tf, BenchNetwork network, int batch, boolean training) {
        this.tf = tf;
        this.batch = batch;
        this.training = training;
        side = network.pixels();
        pictures = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(batch, side, side, channels)));
        logits = build(network.parts(), pictures);
    }

    Placeholder<TFloat32> pictures() {
        return pictures;
    }

    Operand<TFloat32> logits() {
        return logits;
    }

    long parameters() {
        return parameters;
    }

    private Variable<TFloat32> variable(Operand<TFloat32> initial, long... dims) {
        parameters += LongStream.of(dims).reduce(1, Math::multiplyExact);
        return tf.variable(initial);
    }

    private Variable<TFloat32> normal(double deviation, long... dims) {
        return variable(
                tf.math.mul(
                        tf.random.truncatedNormal(tf.constant(dims), TFloat32.class), tf.constant((float) deviation)),
                dims);
    }

    private Variable<TFloat32> filled(float value, int count) {
        return variable(tf.fill(tf.constant(new int[] {count}), tf.constant(value)), count);
    }

    private Operand<TFloat32> build(List<Part> parts, Operand<TFloat32> from) {
        Operand<TFloat32> x = from;
        for (Part part : parts) {
            x = switch (part) {
                case Part.Convolution p -> convolution(p, x);
                case Part.DepthwiseConvolution p -> depthwise(p, x);
                case Part.Normalization p -> normalization(x);
                case Part.Relu p -> tf.nn.relu(x);
                case Part.Relu6 p -> tf.nn.relu6(x);
                case Part.Gelu p -> gelu(x);
                case Part.MaxPooling p -> maxPooling(p, x);
                case Part.GlobalAverage p -> {
                    side = 1;
                    yield tf.math.mean(x, tf.constant(new int[] {1, 2}));
                }
                case Part.Flatten p -> {
                    channels *= side * side;
                    yield tf.reshape(x, tf.constant(new int[] {batch, channels}));
                }
                case Part.Dense p -> tokens(dense(rows(x), p.units()));
                case Part.Residual p -> {
                    int before = channels;
                    int sideBefore = side;
                    Operand<TFloat32> body = build(p.body(), x);
                    channels = before;
                    side = sideBefore;
                    yield tf.math.add(body, build(p.shortcut(), x));
                }
                case Part.Patches p -> patches(p, x);
                case Part.LayerNormalization p -> layerNormalization(x);
                case Part.Attention p -> attention(p, x);
                case Part.FirstToken p -> {
                    tokens = 1;
                    yield tf.reshape(
                            tf.slice(x, tf.constant(new int[] {0, 0, 0}), tf.constant(new int[] {batch, 1, channels})),
                            tf.constant(new int[] {batch, channels}));
                }
            };
        }
        return x;
    }

    private Operand<TFloat32> convolution(Part.Convolution p, Operand<TFloat32> x) {
        Variable<TFloat32> kernel = normal(
                Math.sqrt(2.0 / (channels * p.kernel() * p.kernel())), p.kernel(), p.kernel(), channels, p.filters());
        Operand<TFloat32> y = tf.nn.conv2d(
                padded(x, p.kernel(), p.stride(), p.padding()),
                kernel,
                strides(p.stride()),
                padding(p.kernel(), p.stride(), p.padding()),
                new Conv2d.Options[0]);
        channels = p.filters();
        narrow(p.kernel(), p.stride(), p.padding());
        return p.bias() ? tf.nn.biasAdd(y, filled(0, channels)) : y;
    }

    private Operand<TFloat32> depthwise(Part.DepthwiseConvolution p, Operand<TFloat32> x) {
        Variable<TFloat32> kernel =
                normal(Math.sqrt(2.0 / (p.kernel() * p.kernel())), p.kernel(), p.kernel(), channels, 1);
        Operand<TFloat32> y = tf.nn.depthwiseConv2dNative(
                padded(x, p.kernel(), p.stride(), p.padding()),
                kernel,
                strides(p.stride()),
                padding(p.kernel(), p.stride(), p.padding()),
                new DepthwiseConv2dNative.Options[0]);
        narrow(p.kernel(), p.stride(), p.padding());
        return y;
    }

    private Operand<TFloat32> maxPooling(Part.MaxPooling p, Operand<TFloat32> x) {
        Operand<TFloat32> y = tf.nn.maxPool(
                pad(x, p.padding(), Float.NEGATIVE_INFINITY),
                tf.constant(new int[] {1, p.kernel(), p.kernel(), 1}),
                tf.constant(new int[] {1, p.stride(), p.stride(), 1}),
                "VALID",
                new MaxPool.Options[0]);
        narrow(p.kernel(), p.stride(), p.padding());
        return y;
    }

    private void narrow(int kernel, int stride, int padding) {
        side = (side + 2 * padding - kernel) / stride + 1;
    }

    private static List<Long> strides(int stride) {
        return List.of(1L, (long) stride, (long) stride, 1L);
    }

    /** "SAME" pads by itself where that is symmetric, which is faster than to pad first. */
    private static String padding(int kernel, int stride, int padding) {
        return padding == kernel / 2 && stride == 1 ? "SAME" : "VALID";
    }

    private Operand<TFloat32> padded(Operand<TFloat32> x, int kernel, int stride, int padding) {
        return padding(kernel, stride, padding).equals("SAME") ? x : pad(x, padding, 0);
    }

    private Operand<TFloat32> pad(Operand<TFloat32> x, int padding, float value) {
        return padding == 0
                ? x
                : tf.pad(
                        x,
                        tf.constant(new int[][] {{0, 0}, {padding, padding}, {padding, padding}, {0, 0}}),
                        tf.constant(value));
    }

    private Operand<TFloat32> normalization(Operand<TFloat32> x) {
        return tf.nn.fusedBatchNorm(
                        x,
                        filled(1, channels),
                        filled(0, channels),
                        training
                                ? tf.constant(new float[0])
                                : tf.fill(tf.constant(new int[] {channels}), tf.constant(0.1f)),
                        training
                                ? tf.constant(new float[0])
                                : tf.fill(tf.constant(new int[] {channels}), tf.constant(1.1f)),
                        FusedBatchNorm.isTraining(training),
                        FusedBatchNorm.epsilon(1e-5f))
                .y();
    }

    private Operand<TFloat32> gelu(Operand<TFloat32> x) {
        Operand<TFloat32> cumulative = tf.math.mul(
                tf.constant(0.5f), tf.math.add(tf.constant(1f), tf.math.erf(tf.math.mul(x, tf.constant((float)
                        Math.sqrt(0.5))))));
        return tf.math.mul(x, cumulative);
    }

    private Operand<TFloat32> rows(Operand<TFloat32> x) {
        return tokens == 1 ? x : tf.reshape(x, tf.constant(new int[] {batch * tokens, channels}));
    }

    private Operand<TFloat32> tokens(Operand<TFloat32> rows) {
        return tokens == 1 ? rows : tf.reshape(rows, tf.constant(new int[] {batch, tokens, channels}));
    }

    private Operand<TFloat32> dense(Operand<TFloat32> rows, int units) {
        Operand<TFloat32> y = tf.nn.biasAdd(
                tf.linalg.matMul(rows, normal(Math.sqrt(1.0 / channels), channels, units)), filled(0, units));
        channels = units;
        return y;
    }

    private Operand<TFloat32> patches(Part.Patches p, Operand<TFloat32> x) {
        Operand<TFloat32> grid = convolution(new Part.Convolution(p.units(), p.side(), p.side(), 0, true), x);
        int count = side * side;
        tokens = 1 + count;
        Operand<TFloat32> first =
                tf.broadcastTo(normal(0.02, 1, 1, channels), tf.constant(new int[] {batch, 1, channels}));
        Operand<TFloat32> all = tf.concat(
                List.of(first, tf.reshape(grid, tf.constant(new int[] {batch, count, channels}))), tf.constant(1));
        return tf.math.add(all, normal(0.02, 1, tokens, channels));
    }

    /** As Keras 3 computes it, in rows. */
    private Operand<TFloat32> layerNormalization(Operand<TFloat32> x) {
        Operand<TFloat32> rows = rows(x);
        Operand<TFloat32> mean = mean(rows);
        Operand<TFloat32> variance = mean(tf.math.squaredDifference(rows, tf.stopGradient(mean)));
        Operand<TFloat32> scale =
                tf.math.mul(tf.math.rsqrt(tf.math.add(variance, tf.constant(1e-6f))), filled(1, channels));
        Operand<TFloat32> shift = tf.math.sub(filled(0, channels), tf.math.mul(mean, scale));
        return tokens(tf.math.add(tf.math.mul(rows, scale), shift));
    }

    private Operand<TFloat32> mean(Operand<TFloat32> rows) {
        return tf.math.mean(rows, tf.constant(new int[] {1}), Mean.keepDims(true));
    }

    private Operand<TFloat32> attention(Part.Attention p, Operand<TFloat32> x) {
        int units = channels;
        int width = units / p.heads();
        Operand<TFloat32> all = dense(rows(x), 3 * units);
        Operand<TFloat32> parted = tf.linalg.transpose(
                tf.reshape(all, tf.constant(new int[] {batch, tokens, 3, p.heads(), width})),
                tf.constant(new int[] {2, 0, 3, 1, 4}));
        List<Operand<TFloat32>> parts = new ArrayList<>();
        tf.unstack(parted, 3L).output().forEach(parts::add);
        Operand<TFloat32> scores =
                tf.math.mul(product(parts.get(0), parts.get(1), true), tf.constant((float) (1 / Math.sqrt(width))));
        Operand<TFloat32> mixed = product(tf.nn.softmax(scores), parts.get(2), false);
        channels = units;
        Operand<TFloat32> joined = tf.reshape(
                tf.linalg.transpose(mixed, tf.constant(new int[] {0, 2, 1, 3})),
                tf.constant(new int[] {batch * tokens, units}));
        return tokens(dense(joined, units));
    }

    /** As {@code tf.matmul} in Python: the interface for Java has a later version, unknown to mixed precision. */
    private Operand<TFloat32> product(Operand<TFloat32> x, Operand<TFloat32> y, boolean transposed) {
        return tf.scope()
                .env()
                .opBuilder("BatchMatMulV2", tf.scope().makeOpName("BatchMatMulV2"), tf.scope())
                .addInput(x.asOutput())
                .addInput(y.asOutput())
                .setAttr("adj_y", transposed)
                .build()
                .output(0);
    }
}
