package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.Contender;
import dev.thalweg.bench.Part;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Momentum;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.nn.Conv2d;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.op.nn.MaxPool;
import org.tensorflow.op.nn.SoftmaxCrossEntropyWithLogits;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** TensorFlow Java: one graph, pictures as {@code [N, H, W, C]}, which its kernels for CPUs want. */
final class TensorFlowContender implements Contender {
    private final Graph graph = new Graph();
    private final Session session;
    private final TFloat32 pictures;
    private final TFloat32 labels;
    private final Placeholder<TFloat32> in;
    private final Placeholder<TFloat32> target;
    private final Operand<TFloat32> loss;
    private final Operand<TFloat32> probabilities;
    private final Op step;
    private final Ops tf = Ops.create(graph);
    private final boolean training;
    private int channels = 3;
    private int side;

    TensorFlowContender(BenchNetwork network, int batch, int threads, boolean training) {
        this.training = training;
        this.side = network.pixels();
        session = new Session(
                graph,
                ConfigProto.newBuilder()
                        .setIntraOpParallelismThreads(threads)
                        .setInterOpParallelismThreads(1)
                        .build());
        in = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(batch, side, side, 3)));
        target = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(batch, network.classes())));
        Operand<TFloat32> logits = build(network.parts(), in, batch);
        probabilities = tf.nn.softmax(logits);
        loss = tf.math.mean(
                SoftmaxCrossEntropyWithLogits.create(tf.scope(), logits, target).loss(), tf.constant(0));
        step = training ? new Momentum(graph, 0.001f, 0.9f, false).minimize(loss) : null;
        session.initialize();
        pictures = TFloat32.tensorOf(
                Shape.of(batch, network.pixels(), network.pixels(), 3),
                data -> data.scalars().forEachIndexed((at, s) -> s.setFloat((at[1] * 31 + at[2] * 17) % 64 / 32f - 1)));
        labels = TFloat32.tensorOf(
                Shape.of(batch, network.classes()),
                data -> data.scalars()
                        .forEachIndexed((at, s) -> s.setFloat(at[0] % network.classes() == at[1] ? 1 : 0)));
    }

    private Variable<TFloat32> weights(double deviation, long... dims) {
        return tf.variable(tf.math.mul(
                tf.random.truncatedNormal(tf.constant(dims), TFloat32.class), tf.constant((float) deviation)));
    }

    private Variable<TFloat32> filled(float value, int count) {
        return tf.variable(tf.fill(tf.constant(new int[] {count}), tf.constant(value)));
    }

    private Operand<TFloat32> padded(Operand<TFloat32> x, int padding, float value) {
        return padding == 0
                ? x
                : tf.pad(
                        x,
                        tf.constant(new int[][] {{0, 0}, {padding, padding}, {padding, padding}, {0, 0}}),
                        tf.constant(value));
    }

    private Operand<TFloat32> build(List<Part> parts, Operand<TFloat32> from, int batch) {
        Operand<TFloat32> x = from;
        for (Part part : parts) {
            switch (part) {
                case Part.Convolution p -> {
                    Variable<TFloat32> kernel = weights(
                            Math.sqrt(2.0 / (channels * p.kernel() * p.kernel())),
                            p.kernel(),
                            p.kernel(),
                            channels,
                            p.filters());
                    // "SAME" pads by itself where that is symmetric, which is faster than to pad first.
                    boolean same = p.padding() == p.kernel() / 2 && p.stride() == 1;
                    x = tf.nn.conv2d(
                            same ? x : padded(x, p.padding(), 0),
                            kernel,
                            List.of(1L, (long) p.stride(), (long) p.stride(), 1L),
                            same ? "SAME" : "VALID",
                            new Conv2d.Options[0]);
                    x = p.bias() ? tf.nn.biasAdd(x, filled(0, p.filters())) : x;
                    channels = p.filters();
                    side = (side + 2 * p.padding() - p.kernel()) / p.stride() + 1;
                }
                case Part.Normalization p -> {
                    FusedBatchNorm<TFloat32, TFloat32> norm = tf.nn.fusedBatchNorm(
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
                            FusedBatchNorm.epsilon(1e-5f));
                    x = norm.y();
                }
                case Part.Relu p -> x = tf.nn.relu(x);
                case Part.MaxPooling p -> {
                    x = tf.nn.maxPool(
                            padded(x, p.padding(), Float.NEGATIVE_INFINITY),
                            tf.constant(new int[] {1, p.kernel(), p.kernel(), 1}),
                            tf.constant(new int[] {1, p.stride(), p.stride(), 1}),
                            "VALID",
                            new MaxPool.Options[0]);
                    side = (side + 2 * p.padding() - p.kernel()) / p.stride() + 1;
                }
                case Part.GlobalAverage p -> {
                    x = tf.math.mean(x, tf.constant(new int[] {1, 2}));
                    side = 1;
                }
                case Part.Flatten p -> x = tf.reshape(x, tf.constant(new int[] {batch, channels * side * side}));
                case Part.Dense p ->
                    x = tf.math.add(
                            tf.linalg.matMul(x, weights(0.01, (long) channels * side * side, p.units())),
                            filled(0, p.units()));
                case Part.Residual p -> {
                    int before = channels;
                    int sideBefore = side;
                    Operand<TFloat32> body = build(p.body(), x, batch);
                    channels = before;
                    side = sideBefore;
                    Operand<TFloat32> shortcut = build(p.shortcut(), x, batch);
                    x = tf.math.add(body, shortcut);
                }
            }
        }
        return x;
    }

    @Override
    public void train() {
        session.runner()
                .feed(in, pictures)
                .feed(target, labels)
                .addTarget(step)
                .fetch(loss)
                .run()
                .close();
    }

    @Override
    public void infer() {
        session.runner().feed(in, pictures).fetch(probabilities).run().close();
    }

    @Override
    public void close() {
        pictures.close();
        labels.close();
        session.close();
        graph.close();
    }
}
