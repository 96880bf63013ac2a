package dev.thalweg.trajectories;

import dev.thalweg.trajectories.RecordTrajectories.Trajectory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Adagrad;
import org.bytedeco.pytorch.AdagradOptions;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.RMSprop;
import org.bytedeco.pytorch.RMSpropOptions;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Runs of PyTorch's C++ optimizers through JavaCPP. */
final class PyTorchRuns {
    private PyTorchRuns() {}

    static List<Trajectory> all() {
        return List.of(
                run("Adam 0.02", parameters -> {
                    AdamOptions options = new AdamOptions(0.02);
                    options.eps().put(1e-7);
                    return new Adam(parameters, options);
                }),
                run("AdaGrad 0.1 initial 0.2", parameters -> {
                    AdagradOptions options = new AdagradOptions(0.1);
                    options.initial_accumulator_value().put(0.2);
                    return new Adagrad(parameters, options);
                }),
                run("RMSprop 0.01 rho 0.9", parameters -> rmsprop(parameters, 0, false)),
                run("RMSprop 0.01 rho 0.9 momentum 0.8", parameters -> rmsprop(parameters, 0.8, false)),
                run("RMSprop 0.01 rho 0.9 centered", parameters -> rmsprop(parameters, 0, true)),
                run("RMSprop 0.01 rho 0.9 momentum 0.8 centered", parameters -> rmsprop(parameters, 0.8, true)),
                run("AdamW 0.02 decay 0.1", parameters -> {
                    AdamWOptions options = new AdamWOptions(0.02);
                    options.weight_decay().put(0.1);
                    options.eps().put(1e-7);
                    return new AdamW(parameters, options);
                }),
                run("SGD 0.05 momentum 0.9 l2 0.05", parameters -> {
                    SGDOptions options = new SGDOptions(0.05);
                    options.momentum().put(0.9);
                    // PyTorch adds λθ to the gradient, ours 2λθ.
                    options.weight_decay().put(0.1);
                    return new SGD(parameters, options);
                }),
                clipped("SGD 0.05 momentum 0.9 clipGlobalNorm 0.5"));
    }

    private static Optimizer rmsprop(TensorVector parameters, double momentum, boolean centered) {
        RMSpropOptions options = new RMSpropOptions(0.01);
        options.alpha().put(0.9);
        options.eps().put(1e-10);
        options.momentum().put(momentum);
        options.centered().put(centered);
        return new RMSprop(parameters, options);
    }

    private static Trajectory run(String rule, Function<TensorVector, Optimizer> optimizer) {
        return run(rule, optimizer, Double.POSITIVE_INFINITY);
    }

    private static Trajectory clipped(String rule) {
        return run(
                rule,
                parameters -> {
                    SGDOptions options = new SGDOptions(0.05);
                    options.momentum().put(0.9);
                    return new SGD(parameters, options);
                },
                0.5);
    }

    private static Trajectory run(String rule, Function<TensorVector, Optimizer> optimizer, double clip) {
        int n = RecordTrajectories.START.length;
        Tensor theta = Tensor.create(RecordTrajectories.START.clone()).set_requires_grad(true);
        TensorVector parameters = new TensorVector(theta);
        Optimizer made = optimizer.apply(parameters);
        List<float[]> trajectory = new ArrayList<>();
        for (int i = 0; i < RecordTrajectories.STEPS; i++) {
            made.zero_grad();
            Tensor head = theta.narrow(0, 0, n - 1);
            Tensor tail = theta.narrow(0, 1, n - 1);
            Tensor valley = tail.sub(head.mul(head)).square().sum();
            Tensor pull =
                    head.neg().add(new Scalar(1.0)).square().sum().mul(new Scalar((double) RecordTrajectories.PULL));
            valley.add(pull).backward();
            if (Double.isFinite(clip)) {
                torch.clip_grad_norm_(parameters, clip);
            }
            made.step();
            float[] values = new float[n];
            new FloatPointer(theta.data_ptr_float()).get(values);
            trajectory.add(values);
        }
        return new Trajectory(
                "PyTorch " + torch.TORCH_VERSION + ", torch::optim::"
                        + made.getClass().getSimpleName(),
                rule,
                trajectory);
    }
}
