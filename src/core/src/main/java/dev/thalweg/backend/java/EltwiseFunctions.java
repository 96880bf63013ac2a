package dev.thalweg.backend.java;

import dev.thalweg.graph.Eltwise;

/** The elementwise functions and their derivatives on heap arrays. */
final class EltwiseFunctions {
    /** Changes the first {@code length} elements of x; a derivative multiplies them into the gradient g. */
    @FunctionalInterface
    interface Function {
        void apply(float[] x, float[] g, int length);
    }

    @FunctionalInterface
    private interface Scalar {
        double of(double x);
    }

    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
    private static final double GELU_CUBIC = 0.044715;

    private EltwiseFunctions() {}

    /** {@code x ← f(x)}; g is not used. */
    static Function forward(Eltwise op) {
        float a = op.alpha();
        float b = op.beta();
        return switch (op.kind()) {
            case RELU -> a == 0 ? (x, g, n) -> relu(x, n) : each(v -> v > 0 ? v : a * v);
            case ELU -> each(v -> v > 0 ? v : a * Math.expm1(v));
            case LOGISTIC -> each(EltwiseFunctions::logistic);
            case TANH -> each(Math::tanh);
            case GELU_ERF -> each(v -> v * normalDistribution(v));
            case GELU_TANH -> each(v -> 0.5 * v * (1 + Math.tanh(SQRT_2_OVER_PI * (v + GELU_CUBIC * v * v * v))));
            case SWISH -> each(v -> v * logistic(a * v));
            case HARD_SWISH -> each(v -> v * Math.clamp(a * v + b, 0, 1));
            case SOFT_RELU -> each(v -> Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))));
            case LINEAR -> (x, g, n) -> linear(x, n, a, b);
            case SQUARE -> (x, g, n) -> square(x, n);
            case ABS -> each(Math::abs);
            case SQRT -> each(Math::sqrt);
            case EXP -> each(Math::exp);
            case LOG -> each(Math::log);
            case CLIP -> each(v -> Math.min(b, Math.max(a, v)));
            case POW -> each(v -> a * Math.pow(v, b));
            case ROUND -> each(Math::rint);
        };
    }

    /**
     * {@code x ← g · f'}, where x holds the function's output if {@link Eltwise#backwardUsesOutput()}, else its input.
     */
    static Function backward(Eltwise op) {
        float a = op.alpha();
        float b = op.beta();
        return switch (op.kind()) {
            case RELU -> (x, g, n) -> reluBackward(x, g, n, a);
            case ELU ->
                op.backwardUsesOutput()
                        ? derivative(y -> y > 0 ? 1 : y + a)
                        : derivative(v -> v > 0 ? 1 : a * Math.exp(v));
            case LOGISTIC -> derivative(y -> y * (1 - y));
            case TANH -> derivative(y -> 1 - y * y);
            case GELU_ERF ->
                derivative(v -> normalDistribution(v) + v * Math.exp(-0.5 * v * v) / Math.sqrt(2 * Math.PI));
            case GELU_TANH ->
                derivative(v -> {
                    double t = Math.tanh(SQRT_2_OVER_PI * (v + GELU_CUBIC * v * v * v));
                    return 0.5 * (1 + t) + 0.5 * v * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * GELU_CUBIC * v * v);
                });
            case SWISH ->
                derivative(v -> {
                    double s = logistic(a * v);
                    return s * (1 + a * v * (1 - s));
                });
            case HARD_SWISH ->
                derivative(v -> {
                    double w = a * v + b;
                    return w <= 0 ? 0 : w >= 1 ? 1 : 2 * a * v + b;
                });
            case SOFT_RELU -> derivative(EltwiseFunctions::logistic);
            case LINEAR -> derivative(v -> a);
            case SQUARE -> derivative(v -> 2 * v);
            case ABS -> derivative(Math::signum);
            case SQRT -> derivative(y -> 0.5 / y);
            case EXP -> derivative(y -> y);
            case LOG -> derivative(v -> 1 / v);
            case CLIP -> derivative(v -> v > a && v <= b ? 1 : 0);
            case POW -> derivative(v -> a * b * Math.pow(v, b - 1));
            case ROUND -> throw new IllegalArgumentException("rounding has no gradient to compute");
        };
    }

    private static Function each(Scalar f) {
        return (x, g, n) -> {
            for (int i = 0; i < n; i++) {
                x[i] = (float) f.of(x[i]);
            }
        };
    }

    private static Function derivative(Scalar f) {
        return (x, g, n) -> {
            for (int i = 0; i < n; i++) {
                x[i] = (float) (g[i] * f.of(x[i]));
            }
        };
    }

    private static void relu(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = Math.max(x[i], 0);
        }
    }

    private static void reluBackward(float[] x, float[] g, int n, float slope) {
        for (int i = 0; i < n; i++) {
            // Without a branch, which could not be foreseen: 1 where x > 0, the slope elsewhere.
            x[i] = g[i] * Math.fma(1 - slope, Math.signum(Math.max(0, x[i])), slope);
        }
    }

    private static void linear(float[] x, int n, float a, float b) {
        for (int i = 0; i < n; i++) {
            x[i] = Math.fma(a, x[i], b);
        }
    }

    private static void square(float[] x, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = x[i] * x[i];
        }
    }

    private static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double normalDistribution(double x) {
        return 0.5 * (1 + erf(x / Math.sqrt(2)));
    }

    /** Abramowitz and Stegun, Handbook of Mathematical Functions, formula 7.1.26: off by at most 1.5e-7. */
    private static double erf(double x) {
        double t = 1 / (1 + 0.3275911 * Math.abs(x));
        double polynomial =
                t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        return Math.copySign(1 - polynomial * Math.exp(-x * x), x);
    }
}
