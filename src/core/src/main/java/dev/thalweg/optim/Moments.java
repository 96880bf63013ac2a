package dev.thalweg.optim;

import dev.thalweg.graph.UpdateRule;

/**
 * The loops that rules have in common. Each stores to one array and reads at one index, the form that HotSpot turns
 * into vector instructions.
 */
final class Moments {
    private Moments() {}

    /** {@code a ← a + factor · b}. */
    static void add(float[] a, float[] b, float factor, int length) {
        for (int i = 0; i < length; i++) {
            a[i] += factor * b[i];
        }
    }

    /** {@code m ← kept · m + (1 − kept) · x}. */
    static void blend(float[] m, float[] x, float kept, int length) {
        float share = 1 - kept;
        for (int i = 0; i < length; i++) {
            m[i] = kept * m[i] + share * x[i];
        }
    }

    /** {@code v ← kept · v + (1 − kept) · x²}. */
    static void blendSquares(float[] v, float[] x, float kept, int length) {
        float share = 1 - kept;
        for (int i = 0; i < length; i++) {
            v[i] = kept * v[i] + share * x[i] * x[i];
        }
    }

    /** {@code θ ← θ − rate · m / (√v + ε)}. */
    static void descendScaled(float[] parameters, float[] m, float[] v, float rate, float epsilon, int length) {
        for (int i = 0; i < length; i++) {
            parameters[i] -= rate * m[i] / ((float) Math.sqrt(v[i]) + epsilon);
        }
    }

    /** {@link #blend} in OpenCL C. */
    static String blendFormula(String moment, String value, double kept) {
        return moment + " = " + UpdateRule.literal(kept) + " * " + moment + " + " + UpdateRule.literal(1 - (float) kept)
                + " * (" + value + ");";
    }
}
