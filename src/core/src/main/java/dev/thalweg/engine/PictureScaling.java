package dev.thalweg.engine;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Value;
import dev.thalweg.tensor.Shape;

/** Has the graph of a network make pictures smaller before its layers see them. */
final class PictureScaling {
    private PictureScaling() {}

    /**
     * Scales by a triangle filter as wide as what becomes one pixel, as Pillow's and PyTorch's antialiased bilinear
     * resizing: a product with a matrix along each axis.
     *
     * @param pictures {@code [N, C, H, W]}
     * @return {@code [N, C, height, width]}
     */
    static Value scaled(GraphBuilder builder, Value pictures, int height, int width) {
        if (pictures.shape().dim(2) == height && pictures.shape().dim(3) == width) {
            return pictures;
        }
        Value columns = builder.transpose(alongRows(builder, pictures, width), 0, 1, 3, 2);
        return builder.transpose(alongRows(builder, columns, height), 0, 1, 3, 2);
    }

    private static Value alongRows(GraphBuilder builder, Value pictures, int length) {
        Shape shape = pictures.shape();
        int before = shape.dim(3);
        if (length == before) {
            return pictures;
        }
        int rows = Math.toIntExact(shape.elements() / before);
        Value scaled = builder.matmul(
                builder.reshape(pictures, Shape.of(rows, before)),
                builder.constant(weights(before, length), Shape.of(before, length)));
        return builder.reshape(scaled, shape.with(3, length));
    }

    /** {@return how much each pixel of a row counts for each of a row of another length, {@code [before, after]}} */
    static float[] weights(int before, int after) {
        double scale = (double) before / after;
        float[] weights = new float[Math.multiplyExact(before, after)];
        for (int to = 0; to < after; to++) {
            double center = (to + 0.5) * scale;
            double sum = 0;
            for (int from = 0; from < before; from++) {
                sum += triangle((from + 0.5 - center) / scale);
            }
            for (int from = 0; from < before; from++) {
                weights[from * after + to] = (float) (triangle((from + 0.5 - center) / scale) / sum);
            }
        }
        return weights;
    }

    private static double triangle(double distance) {
        return Math.max(0, 1 - Math.abs(distance));
    }
}
