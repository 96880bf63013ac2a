package dev.thalweg.backend.runtime;

/**
 * The loops of {@link TileProgram}: each stores to one array and reads at one index, the form that HotSpot turns into
 * vector instructions. Arrays may be the same. An operation that is not there is one by its neutral number: a factor of
 * 1, or −0 added, which leave every number as it is, to the bit.
 */
final class TileLoops {
    /** Added to any number, gives that number; 0 would turn −0 into 0. */
    static final double NOTHING = -0.0;

    private TileLoops() {}

    /** {@code d ← s}. */
    static void fill(float[] d, float s, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = s;
        }
    }

    /** {@code d ← s x + t}. */
    static void affine(float[] d, float s, float[] x, float t, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = s * x[i] + t;
        }
    }

    /** {@code d ← s x + t y}. */
    static void sum(float[] d, float s, float[] x, float t, float[] y, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = s * x[i] + t * y[i];
        }
    }

    /** {@code d ← s x + t sign y}. */
    static void sumOfSign(float[] d, float s, float[] x, float t, float[] y, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = s * x[i] + t * Math.signum(y[i]);
        }
    }

    /** {@code d ← s x + (t y) z}. */
    static void sumOfProduct(float[] d, float s, float[] x, float t, float[] y, float[] z, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = s * x[i] + t * y[i] * z[i];
        }
    }

    /** {@code d ← s x + (t y) / z}. */
    static void sumOfQuotient(float[] d, float s, float[] x, float t, float[] y, float[] z, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = s * x[i] + t * y[i] / z[i];
        }
    }

    /** {@code d ← (s x) y}. */
    static void product(float[] d, float s, float[] x, float[] y, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = s * x[i] * y[i];
        }
    }

    /** {@code d ← (s x) / y}. */
    static void quotient(float[] d, float s, float[] x, float[] y, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = s * x[i] / y[i];
        }
    }

    /** {@code d ← √(x + s) + t}. */
    static void root(float[] d, float[] x, float s, float t, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = (float) Math.sqrt(x[i] + s) + t;
        }
    }

    /** {@code d ← |x|}. */
    static void abs(float[] d, float[] x, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = Math.abs(x[i]);
        }
    }

    /** {@code d ← sign x}. */
    static void sign(float[] d, float[] x, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = Math.signum(x[i]);
        }
    }

    /** {@code d ← max(x, y)}. */
    static void max(float[] d, float[] x, float[] y, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = Math.max(x[i], y[i]);
        }
    }

    /** {@code d ← min(x, y)}. */
    static void min(float[] d, float[] x, float[] y, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = Math.min(x[i], y[i]);
        }
    }

    /** {@code d ← min(t, max(s, x))}. */
    static void clamp(float[] d, float s, float[] x, float t, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = Math.min(t, Math.max(s, x[i]));
        }
    }

    /** {@code d ← w > x ? y : z}. */
    static void select(float[] d, float[] w, float[] x, float[] y, float[] z, int length) {
        for (int i = 0; i < length; i++) {
            d[i] = w[i] > x[i] ? y[i] : z[i];
        }
    }
}
