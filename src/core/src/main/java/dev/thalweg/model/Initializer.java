package dev.thalweg.model;

import dev.thalweg.tensor.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;

/** How a parameter starts. */
public enum Initializer {
    /** All 0. */
    ZEROS((values, shape, random) -> {
        // Arrays start at 0.
    }),
    /** All 1. */
    ONES((values, shape, random) -> Arrays.fill(values, 1)),
    /** Uniform in {@code ±√(6 / (fanIn + fanOut))} (Glorot and Bengio 2010, equation 16). */
    GLOROT_UNIFORM((values, shape, random) -> uniform(values, Math.sqrt(6 / (fanIn(shape) + fanOut(shape))), random)),
    /** Normal with variance {@code 2 / (fanIn + fanOut)}, cut off at two deviations as in Keras. */
    GLOROT_NORMAL(
            (values, shape, random) -> truncatedNormal(values, Math.sqrt(2 / (fanIn(shape) + fanOut(shape))), random)),
    /** Uniform in {@code ±√(6 / fanIn)}, which keeps the variance through a ReLU (He et al. 2015, equation 10). */
    HE_UNIFORM((values, shape, random) -> uniform(values, Math.sqrt(6 / fanIn(shape)), random)),
    /** Normal with variance {@code 2 / fanIn}, cut off at two deviations as in Keras. */
    HE_NORMAL((values, shape, random) -> truncatedNormal(values, Math.sqrt(2 / fanIn(shape)), random)),
    /** Uniform in {@code ±√(3 / fanIn)} (LeCun et al., Efficient BackProp, 1998). */
    LECUN_UNIFORM((values, shape, random) -> uniform(values, Math.sqrt(3 / fanIn(shape)), random)),
    /** Normal with variance {@code 1 / fanIn}, cut off at two deviations as in Keras. */
    LECUN_NORMAL((values, shape, random) -> truncatedNormal(values, Math.sqrt(1 / fanIn(shape)), random)),
    /** Normal with deviation 0.02, cut off at two deviations, as in vision transformers. */
    SMALL_NORMAL((values, shape, random) -> truncatedNormal(values, 0.02, random)),
    /**
     * Rows, one for each output, orthogonal to each other and of length 1; where there are more rows than columns, the
     * columns (Saxe et al., ICLR 2014).
     */
    ORTHOGONAL((values, shape, random) -> {
        int rows = shape.dim(0);
        int columns = values.length / rows;
        boolean wide = rows <= columns;
        double[][] vectors = new double[Math.min(rows, columns)][Math.max(rows, columns)];
        for (double[] vector : vectors) {
            Arrays.setAll(vector, i -> random.nextGaussian());
        }
        orthonormalize(vectors);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                values[row * columns + column] = (float) (wide ? vectors[row][column] : vectors[column][row]);
            }
        }
    });

    /** What fills a zeroed array for a parameter {@code [out, in, ...]}. */
    private interface Filling {
        void fill(float[] values, Shape shape, SplittableRandom random);
    }

    /** The deviation of a standard normal distribution cut off at two deviations. */
    private static final double TRUNCATED_DEVIATION = 0.8796256610342398;

    private final Filling filling;

    Initializer(Filling filling) {
        this.filling = filling;
    }

    private static void truncatedNormal(float[] values, double deviation, SplittableRandom random) {
        for (int i = 0; i < values.length; i++) {
            double draw = random.nextGaussian();
            while (Math.abs(draw) > 2) {
                draw = random.nextGaussian();
            }
            values[i] = (float) (draw * deviation / TRUNCATED_DEVIATION);
        }
    }

    /** Gram and Schmidt's method, in its modified form. */
    private static void orthonormalize(double[][] vectors) {
        for (int i = 0; i < vectors.length; i++) {
            for (int j = 0; j < i; j++) {
                addScaled(vectors[i], vectors[j], -dot(vectors[i], vectors[j]));
            }
            double length = Math.sqrt(dot(vectors[i], vectors[i]));
            addScaled(vectors[i], vectors[i], 1 / length - 1);
        }
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static void addScaled(double[] to, double[] vector, double factor) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * vector[i];
        }
    }

    private static void uniform(float[] values, double limit, SplittableRandom random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-limit, limit);
        }
    }

    private static double fanIn(Shape shape) {
        return (double) shape.elements() / shape.dim(0);
    }

    private static double fanOut(Shape shape) {
        return shape.rank() == 1 ? shape.dim(0) : (double) shape.elements() / shape.dim(1);
    }

    /** Fills a zeroed array for a parameter {@code [out, in, ...]}. */
    void fill(float[] values, Shape shape, SplittableRandom random) {
        filling.fill(values, shape, random);
    }
}
