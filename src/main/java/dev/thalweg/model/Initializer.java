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
            uniform(values, Math.sqrt(6 / (fanIn(shape) + fanOut(shape))), random);
        }
    },
    /** Uniform in {@code ±√(6 / fanIn)}, which keeps the variance through a ReLU (He et al. 2015, equation 10). */
    HE_UNIFORM {
        @Override
        void fill(float[] values, Shape shape, SplittableRandom random) {
            uniform(values, Math.sqrt(6 / fanIn(shape)), random);
        }
    };

    private static void uniform(float[] values, double limit, SplittableRandom random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-limit, limit);
        }
    }

    private static double fanIn(Shape shape) {
        return (double) shape.elements() / shape.dim(0);
    }

    private static double fanOut(Shape shape) {
        return (double) shape.elements() / shape.dim(1);
    }

    /** Fills a zeroed array for a parameter {@code [out, in, ...]}. */
    abstract void fill(float[] values, Shape shape, SplittableRandom random);
}
