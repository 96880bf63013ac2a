package dev.thalweg.trajectories;

import dev.thalweg.trajectories.RecordTrajectories.Trajectory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.framework.optimizers.AdaDelta;
import org.tensorflow.framework.optimizers.GradientDescent;
import org.tensorflow.framework.optimizers.Momentum;
import org.tensorflow.framework.optimizers.Optimizer;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Variable;
import org.tensorflow.types.TFloat32;

/**
 * Runs of TensorFlow's kernels through TensorFlow Java. Its Adam, RMSProp and Nadam are not among them: in
 * version 1.0.0 the first updates the powers of
 * the betas in no fixed order with their use, the second starts its mean square at 1, and
 * the third takes every step for the first one.
 */
final class TensorFlowRuns {
    private TensorFlowRuns() {}

    static List<Trajectory> all() {
        return List.of(
                run("SGD 0.05", g -> new GradientDescent(g, 0.05f)),
                run("SGD 0.05 momentum 0.9", g -> new Momentum(g, 0.05f, 0.9f, false)),
                run("SGD 0.05 nesterov 0.9", g -> new Momentum(g, 0.05f, 0.9f, true)),
                run("AdaGrad 0.1 initial 0.1", g -> new Adagrad(g, 0.1f, 0.1f)),
                run("Adadelta 1.0 rho 0.95", g -> new AdaDelta(g, 1, 0.95f, 1e-6f)));
    }

    private static Trajectory run(String rule, Function<Graph, Optimizer> optimizer) {
        try (Graph graph = new Graph();
                Session session = new Session(graph)) {
            Ops tf = Ops.create(graph);
            int n = RecordTrajectories.START.length;
            Variable<TFloat32> theta = tf.variable(tf.constant(RecordTrajectories.START));
            Operand<TFloat32> head = tf.slice(theta, tf.constant(new int[] {0}), tf.constant(new int[] {n - 1}));
            Operand<TFloat32> tail = tf.slice(theta, tf.constant(new int[] {1}), tf.constant(new int[] {n - 1}));
            Operand<TFloat32> valley = tf.math.square(tf.math.sub(tail, tf.math.square(head)));
            Operand<TFloat32> pull = tf.math.mul(
                    tf.constant(RecordTrajectories.PULL), tf.math.square(tf.math.sub(tf.constant(1f), head)));
            Operand<TFloat32> loss = tf.reduceSum(tf.math.add(valley, pull), tf.constant(0));
            Optimizer made = optimizer.apply(graph);
            Op step = made.minimize(loss);
            session.initialize();
            List<float[]> trajectory = new ArrayList<>();
            for (int i = 0; i < RecordTrajectories.STEPS; i++) {
                session.runner().addTarget(step).run();
                try (TFloat32 now =
                        (TFloat32) session.runner().fetch(theta).run().get(0)) {
                    float[] values = new float[n];
                    for (int k = 0; k < n; k++) {
                        values[k] = now.getFloat(k);
                    }
                    trajectory.add(values);
                }
            }
            return new Trajectory(
                    "TensorFlow " + TensorFlow.version() + ", tensorflow-framework "
                            + made.getClass().getSimpleName(),
                    rule,
                    trajectory);
        }
    }
}
