package dev.thalweg.backend.java;

import dev.thalweg.backend.runtime.ThreadTeam;

/** Softmax and cross-entropy in one, forward and backward; small enough for one thread. */
final class CrossEntropyKernel {
    private CrossEntropyKernel() {}

    static Kernel forward(Operands at) {
        int batch = at.shape(0).dim(0);
        int classes = at.shape(0).dim(1);
        Floats logits = at.in(0);
        Floats targets = at.in(1);
        Floats losses = at.out(0);
        Floats logProbabilities = at.out(1);
        float[] x = new float[classes];
        float[] t = new float[classes];
        return (ThreadTeam team) -> {
            for (int n = 0; n < batch; n++) {
                logits.load((long) n * classes, x, classes);
                targets.load((long) n * classes, t, classes);
                SoftmaxKernel.logSoftmax(x);
                double loss = 0;
                for (int c = 0; c < classes; c++) {
                    // A class that is not the target must not turn an infinite log-probability into NaN.
                    loss -= t[c] == 0 ? 0 : (double) t[c] * x[c];
                }
                losses.set(n, (float) loss);
                logProbabilities.store(x, (long) n * classes, classes);
            }
        };
    }

    static Kernel backward(Operands at) {
        int batch = at.shape(0).dim(0);
        int classes = at.shape(0).dim(1);
        Floats logProbabilities = at.in(0);
        Floats targets = at.in(1);
        Floats lossGradients = at.in(2);
        Floats logitGradients = at.out(0);
        float[] x = new float[classes];
        float[] t = new float[classes];
        return (ThreadTeam team) -> {
            for (int n = 0; n < batch; n++) {
                logProbabilities.load((long) n * classes, x, classes);
                targets.load((long) n * classes, t, classes);
                double sum = 0;
                for (float v : t) {
                    sum += v;
                }
                float gradient = lossGradients.get(n);
                for (int c = 0; c < classes; c++) {
                    x[c] = (float) (gradient * (Math.exp(x[c]) * sum - t[c]));
                }
                logitGradients.store(x, (long) n * classes, classes);
            }
        };
    }
}
