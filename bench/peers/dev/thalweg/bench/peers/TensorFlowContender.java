package dev.thalweg.bench.peers;

import dev.thalweg.bench.BenchNetwork;
import dev.thalweg.bench.TrainingContender;
import dev.thalweg.memory.Scope;
import java.util.List;
import java.util.SplittableRandom;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.framework.optimizers.Momentum;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.SoftmaxCrossEntropyWithLogits;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;

/**
 * TensorFlow Java: one graph, in f32 or rewritten by TensorFlow's automatic mixed precision for CPUs
 * ({@code auto_mixed_precision_onednn_bfloat16}), which casts to bf16 what is multiplied, and back.
 */
final class TensorFlowContender implements TrainingContender {
    private final Scope resources;
    private final Session session;
    private final TensorFlowNetwork network;
    private final TFloat32 pictures;
    private final TFloat32 labels;
    private final Placeholder<TFloat32> target;
    private final Operand<TFloat32> loss;
    private final Operand<TFloat32> probabilities;
    private final Op step;

    TensorFlowContender(boolean bfloat16, BenchNetwork which, int batch, int threads, boolean training) {
        try (Scope opening = new Scope()) {
            Graph graph = opening.own(new Graph());
            session = opening.own(new Session(graph, configuration(bfloat16, threads)));
            Ops tf = Ops.create(graph);
            network = new TensorFlowNetwork(tf, which, batch, training);
            target = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(batch, which.classes())));
            probabilities = tf.nn.softmax(network.logits());
            loss = tf.math.mean(
                    SoftmaxCrossEntropyWithLogits.create(tf.scope(), network.logits(), target)
                            .loss(),
                    tf.constant(0));
            step = training ? new Momentum(graph, 0.001f, 0.9f, false).minimize(loss) : probabilities;
            session.initialize();
            SplittableRandom random = new SplittableRandom(1);
            pictures = opening.own(TFloat32.tensorOf(
                    Shape.of(batch, which.pixels(), which.pixels(), 3),
                    data -> data.scalars().forEachIndexed((at, s) -> s.setFloat(random.nextFloat(-1, 1)))));
            labels = opening.own(TFloat32.tensorOf(
                    Shape.of(batch, which.classes()),
                    data -> data.scalars()
                            .forEachIndexed((at, s) -> s.setFloat(at[0] % which.classes() == at[1] ? 1 : 0))));
            if (bfloat16) {
                checkBfloat16();
            }
            resources = opening.handOver();
        }
    }

    private static ConfigProto configuration(boolean bfloat16, int threads) {
        ConfigProto.Builder configuration =
                ConfigProto.newBuilder().setIntraOpParallelismThreads(threads).setInterOpParallelismThreads(1);
        if (bfloat16) {
            configuration.setGraphOptions(GraphOptions.newBuilder()
                    .setRewriteOptions(
                            RewriterConfig.newBuilder().setAutoMixedPrecisionOnednnBfloat16(RewriterConfig.Toggle.ON)));
        }
        return configuration.build();
    }

    /**
     * That what TensorFlow runs multiplies in bf16 is read from the graph which it made of ours. The gradients of
     * products in attention stay in f32, 4 % of a vision transformer's multiplications: TensorFlow's gradients in C++,
     * which its interface for Java uses, write them with an operation that its mixed precision does not know.
     */
    private void checkBfloat16() {
        RunOptions options =
                RunOptions.newBuilder().setOutputPartitionGraphs(true).build();
        try (Result result = runner().addTarget(step).setOptions(options).runAndFetchMetadata()) {
            List<NodeDef> multiplying = result.getMetadata().orElseThrow().getPartitionGraphsList().stream()
                    .flatMap(g -> g.getNodeList().stream())
                    .filter(n -> n.getOp().matches(".*(Conv2[dD]|MatMul).*")
                            && !n.getOp().equals("BatchMatMulV3"))
                    .toList();
            List<String> wide = multiplying.stream()
                    .filter(n -> n.getAttrOrThrow("T").getType() != DataType.DT_BFLOAT16)
                    .map(NodeDef::getOp)
                    .toList();
            if (multiplying.isEmpty() || !wide.isEmpty()) {
                throw new IllegalStateException("TensorFlow left " + wide.size() + " of " + multiplying.size()
                        + " convolutions and products in f32: " + wide);
            }
        }
    }

    private Session.Runner runner() {
        return session.runner().feed(network.pictures(), pictures).feed(target, labels);
    }

    @Override
    public float train() {
        try (Result result = runner().addTarget(step).fetch(loss).run()) {
            return ((TFloat32) result.get(0)).getFloat();
        }
    }

    @Override
    public long parameters() {
        return network.parameters();
    }

    @Override
    public void infer() {
        session.runner()
                .feed(network.pictures(), pictures)
                .fetch(probabilities)
                .run()
                .close();
    }

    @Override
    public void close() {
        resources.close();
    }
}
