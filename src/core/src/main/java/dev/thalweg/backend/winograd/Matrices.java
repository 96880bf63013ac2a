package dev.thalweg.backend.winograd;

/**
 * The matrices of F(4×4, 3×3), Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, CVPR 2016, section
 * 4.3, and their transposes, each multiplied by vectors of numbers: element {@code i} of a row's array is that row's
 * entry in the {@code i}-th of many small matrices. Each array is its own object and read from its beginning, and each
 * loop has few of them: so HotSpot computes many elements at a time.
 */
final class Matrices {
    private Matrices() {}

    /** {@code Bᵀ}: six rows of a source become six. */
    static void source(float[][] from, float[][] to, int length) {
        float[] d0 = from[0];
        float[] d1 = from[1];
        float[] d2 = from[2];
        float[] d3 = from[3];
        float[] d4 = from[4];
        float[] d5 = from[5];
        difference(d0, d2, d4, to[0], length);
        float[] t1 = to[1];
        float[] t2 = to[2];
        for (int i = 0; i < length; i++) {
            float even = d4[i] - 4 * d2[i];
            float odd = d3[i] - 4 * d1[i];
            t1[i] = even + odd;
            t2[i] = even - odd;
        }
        float[] t3 = to[3];
        float[] t4 = to[4];
        for (int i = 0; i < length; i++) {
            float even = d4[i] - d2[i];
            float odd = 2 * (d3[i] - d1[i]);
            t3[i] = even + odd;
            t4[i] = even - odd;
        }
        difference(d1, d3, d5, to[5], length);
    }

    private static void difference(float[] first, float[] second, float[] third, float[] to, int length) {
        for (int i = 0; i < length; i++) {
            to[i] = 4 * first[i] - 5 * second[i] + third[i];
        }
    }

    /** {@code Aᵀ}: six rows of products become four of a result. */
    static void result(float[][] from, float[][] to, int length) {
        float[] m0 = from[0];
        float[] m1 = from[1];
        float[] m2 = from[2];
        float[] m3 = from[3];
        float[] m4 = from[4];
        float[] m5 = from[5];
        float[] y0 = to[0];
        float[] y2 = to[2];
        for (int i = 0; i < length; i++) {
            float near = m1[i] + m2[i];
            float far = m3[i] + m4[i];
            y0[i] = m0[i] + near + far;
            y2[i] = near + 4 * far;
        }
        float[] y1 = to[1];
        float[] y3 = to[3];
        for (int i = 0; i < length; i++) {
            float near = m1[i] - m2[i];
            float far = m3[i] - m4[i];
            y1[i] = near + 2 * far;
            y3[i] = near + 8 * far + m5[i];
        }
    }

    /** {@code A}: four rows of a result's gradient become six of the products'. */
    static void resultGradient(float[][] from, float[][] to, int length) {
        float[] y0 = from[0];
        float[] y1 = from[1];
        float[] y2 = from[2];
        float[] y3 = from[3];
        System.arraycopy(y0, 0, to[0], 0, length);
        float[] m1 = to[1];
        float[] m2 = to[2];
        for (int i = 0; i < length; i++) {
            float even = y0[i] + y2[i];
            float odd = y1[i] + y3[i];
            m1[i] = even + odd;
            m2[i] = even - odd;
        }
        float[] m3 = to[3];
        float[] m4 = to[4];
        for (int i = 0; i < length; i++) {
            float even = y0[i] + 4 * y2[i];
            float odd = 2 * y1[i] + 8 * y3[i];
            m3[i] = even + odd;
            m4[i] = even - odd;
        }
        System.arraycopy(y3, 0, to[5], 0, length);
    }

    /** {@code G}: three rows of a kernel become six. */
    static void kernel(float[][] from, float[][] to, int length) {
        float[] g0 = from[0];
        float[] g1 = from[1];
        float[] g2 = from[2];
        float[] u0 = to[0];
        for (int i = 0; i < length; i++) {
            u0[i] = g0[i] * (1 / 4f);
        }
        float[] u1 = to[1];
        float[] u2 = to[2];
        for (int i = 0; i < length; i++) {
            float even = (g0[i] + g2[i]) * (-1 / 6f);
            float odd = g1[i] * (-1 / 6f);
            u1[i] = even + odd;
            u2[i] = even - odd;
        }
        float[] u3 = to[3];
        float[] u4 = to[4];
        for (int i = 0; i < length; i++) {
            float even = g0[i] * (1 / 24f) + g2[i] * (1 / 6f);
            float odd = g1[i] * (1 / 12f);
            u3[i] = even + odd;
            u4[i] = even - odd;
        }
        System.arraycopy(g2, 0, to[5], 0, length);
    }

    /** {@code Gᵀ}: six rows of the gradient of a kernel's products become three of the kernel's. */
    static void kernelGradient(float[][] from, float[][] to, int length) {
        float[] u0 = from[0];
        float[] u1 = from[1];
        float[] u2 = from[2];
        float[] u3 = from[3];
        float[] u4 = from[4];
        float[] u5 = from[5];
        float[] g0 = to[0];
        float[] g2 = to[2];
        for (int i = 0; i < length; i++) {
            float near = (u1[i] + u2[i]) * (-1 / 6f);
            float far = u3[i] + u4[i];
            g0[i] = u0[i] * (1 / 4f) + near + far * (1 / 24f);
            g2[i] = near + far * (1 / 6f) + u5[i];
        }
        float[] g1 = to[1];
        for (int i = 0; i < length; i++) {
            g1[i] = (u2[i] - u1[i]) * (1 / 6f) + (u3[i] - u4[i]) * (1 / 12f);
        }
    }
}
