package dev.thalweg.model;

import dev.thalweg.tensor.Shape;
import java.util.SplittableRandom;

/** How a parameter starts. */
public enum Initializer {
    /** All 0. */
    ZEROS {
        @Override
        void fill(float[] values, Shape shape, SplittableRandom random) {
            // Arrays start at 0.
        }
    },
    /** Uniform in {@code ±√(6 / (fanIn + fanOut))} (Glorot and Bengio 2010, equation 16). */
    GLOROT_UNIFORM {
        @Override
        void fill(float[] values, Shape shape, SplittableRandom random) {
            int[] dims = shape.toArray();
            double receptive = 1;
            for (int i = 2; i < dims.length; i++) {
                receptive *= dims[i];
            }
            double limit = Math.sqrt(6 / (receptive * dims[0] + receptive * dims[1]));
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble(-limit, limit);
            }
        }
    };

    /** Fills a zeroed array for a parameter {@code [out, in, ...]}. */
    abstract void fill(float[] values, Shape shape, SplittableRandom random);
}
