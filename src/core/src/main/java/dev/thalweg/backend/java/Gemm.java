package dev.thalweg.backend.java;

/**
 * Matrix products over arrays of rows. Each row is an array of its own: HotSpot vectorizes a loop only when all arrays
 * are indexed alike, because only then it knows that they do not overlap. And it begins at 0: from a number that is
 * known only when it runs, a loop is vectorized in some of the methods into which it is inlined, and not by itself.
 */
final class Gemm {
    /** Rows of B per pass: two times eight, which stay near while all rows of C pass by. */
    private static final int ROWS = 16;

    private Gemm() {}

    /** {@code C += A B}: A is m × k, B k × n, C m × n. */
    static void multiply(float[][] a, float[][] b, float[][] c, int m, int n, int k) {
        for (int from = 0; from < k; from += ROWS) {
            multiply(a, b, c, m, n, from, Math.min(k, from + ROWS));
        }
    }

    /** The same for columns {@code from..to} of A, which are rows of B. */
    static void multiply(float[][] a, float[][] b, float[][] c, int m, int n, int from, int to) {
        for (int row = 0; row < m; row++) {
            accumulate(a[row], b, from, to, c[row], n);
        }
    }

    /** {@code sum[j] += Σᵢ coefficients[i] · rows[i][j]} for {@code from ≤ i < to} and {@code j < length}. */
    static void accumulate(float[] coefficients, float[][] rows, int from, int to, float[] sum, int length) {
        int i = from;
        for (; i + 8 <= to; i += 8) {
            eight(coefficients, rows, i, sum, length);
        }
        if (i + 4 <= to) {
            four(coefficients, rows, i, sum, length);
            i += 4;
        }
        for (; i < to; i++) {
            one(coefficients[i], rows[i], sum, length);
        }
    }

    private static void eight(float[] a, float[][] rows, int i, float[] sum, int length) {
        float a0 = a[i];
        float a1 = a[i + 1];
        float a2 = a[i + 2];
        float a3 = a[i + 3];
        float a4 = a[i + 4];
        float a5 = a[i + 5];
        float a6 = a[i + 6];
        float a7 = a[i + 7];
        float[] b0 = rows[i];
        float[] b1 = rows[i + 1];
        float[] b2 = rows[i + 2];
        float[] b3 = rows[i + 3];
        float[] b4 = rows[i + 4];
        float[] b5 = rows[i + 5];
        float[] b6 = rows[i + 6];
        float[] b7 = rows[i + 7];
        for (int j = 0; j < length; j++) {
            sum[j] = Math.fma(a0, b0[j], Math.fma(a1, b1[j], Math.fma(a2, b2[j], Math.fma(a3, b3[j], sum[j]))))
                    + Math.fma(a4, b4[j], Math.fma(a5, b5[j], Math.fma(a6, b6[j], a7 * b7[j])));
        }
    }

    /** In the order of {@link #one}. */
    private static void four(float[] a, float[][] rows, int i, float[] sum, int length) {
        float a0 = a[i];
        float a1 = a[i + 1];
        float a2 = a[i + 2];
        float a3 = a[i + 3];
        float[] b0 = rows[i];
        float[] b1 = rows[i + 1];
        float[] b2 = rows[i + 2];
        float[] b3 = rows[i + 3];
        for (int j = 0; j < length; j++) {
            sum[j] = Math.fma(a3, b3[j], Math.fma(a2, b2[j], Math.fma(a1, b1[j], Math.fma(a0, b0[j], sum[j]))));
        }
    }

    private static void one(float a, float[] row, float[] sum, int length) {
        for (int j = 0; j < length; j++) {
            sum[j] = Math.fma(a, row[j], sum[j]);
        }
    }

    /**
     * {@code sum[j] += Σ x[i][j] · y[i][j]}: a dot product of two rows cut into pieces, one sum for each place in a
     * piece.
     */
    static void dot(float[][] x, float[][] y, float[] sum) {
        int i = 0;
        for (; i + 4 <= x.length; i += 4) {
            fourProducts(x[i], y[i], x[i + 1], y[i + 1], x[i + 2], y[i + 2], x[i + 3], y[i + 3], sum);
        }
        for (; i < x.length; i++) {
            oneProduct(x[i], y[i], sum);
        }
    }

    /** {@code sum[j] += Σ xᵢ[j] · yᵢ[j]}. */
    static void fourProducts(
            float[] x0,
            float[] y0,
            float[] x1,
            float[] y1,
            float[] x2,
            float[] y2,
            float[] x3,
            float[] y3,
            float[] sum) {
        for (int j = 0; j < sum.length; j++) {
            sum[j] = Math.fma(x0[j], y0[j], Math.fma(x1[j], y1[j], sum[j])) + Math.fma(x2[j], y2[j], x3[j] * y3[j]);
        }
    }

    /** {@code sum[j] += row[j]}. */
    static void add(float[] row, float[] sum, int length) {
        for (int j = 0; j < length; j++) {
            sum[j] += row[j];
        }
    }

    /** Two rows times two others, each cut into two pieces, as {@link #dot}. */
    static void square(
            float[] x0,
            float[] x1,
            float[] y0,
            float[] y1,
            float[] g0,
            float[] g1,
            float[] h0,
            float[] h1,
            float[] xg,
            float[] xh,
            float[] yg,
            float[] yh) {
        for (int j = 0; j < xg.length; j++) {
            float a0 = x0[j];
            float a1 = x1[j];
            float b0 = y0[j];
            float b1 = y1[j];
            float c0 = g0[j];
            float c1 = g1[j];
            float d0 = h0[j];
            float d1 = h1[j];
            xg[j] = Math.fma(a0, c0, Math.fma(a1, c1, xg[j]));
            xh[j] = Math.fma(a0, d0, Math.fma(a1, d1, xh[j]));
            yg[j] = Math.fma(b0, c0, Math.fma(b1, c1, yg[j]));
            yh[j] = Math.fma(b0, d0, Math.fma(b1, d1, yh[j]));
        }
    }

    /** {@code sum[j] += Σ xᵢ[j]}. */
    static void addFour(float[] x0, float[] x1, float[] x2, float[] x3, float[] sum) {
        for (int j = 0; j < sum.length; j++) {
            sum[j] += x0[j] + x1[j] + (x2[j] + x3[j]);
        }
    }

    private static void oneProduct(float[] x, float[] y, float[] sum) {
        for (int j = 0; j < sum.length; j++) {
            sum[j] = Math.fma(x[j], y[j], sum[j]);
        }
    }
}
