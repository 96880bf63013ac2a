package dev.thalweg.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PictureScalingTest {
    /** Of its last printed digit; it rounds in another order. */
    private static final float TOLERANCE = 2e-7f;

    /**
     * PyTorch 1.13.0, {@code torch.nn.functional.interpolate(torch.eye(before).reshape(1, before, 1, before), size=(1,
     * after), mode='bilinear', antialias=True)}.
     */
    @Test
    void weightsAreThoseOfAntialiasedBilinearResizing() {
        assertArrayEquals(
                new float[] {
                    0.5714286f,
                    0,
                    0, //
                    0.4285714f,
                    0.2222222f,
                    0, //
                    0,
                    0.5555556f,
                    0, //
                    0,
                    0.2222222f,
                    0.4285715f, //
                    0,
                    0,
                    0.5714286f
                },
                PictureScaling.weights(5, 3),
                TOLERANCE);
        assertArrayEquals(
                new float[] {
                    0.5238095f,
                    0,
                    0,
                    0, //
                    0.4285714f,
                    0.2f,
                    0,
                    0, //
                    0.047619f,
                    0.52f,
                    0,
                    0, //
                    0,
                    0.28f,
                    0.28f,
                    0, //
                    0,
                    0,
                    0.52f,
                    0.047619f, //
                    0,
                    0,
                    0.2f,
                    0.4285714f, //
                    0,
                    0,
                    0,
                    0.5238095f
                },
                PictureScaling.weights(7, 4),
                TOLERANCE);
    }

    @Test
    void whatIsEvenStaysAsItIs() {
        for (int after = 1; after <= 28; after++) {
            float[] weights = PictureScaling.weights(28, after);
            int columns = after;
            for (int to = 0; to < after; to++) {
                int column = to;
                double sum = IntStream.range(0, 28)
                        .mapToDouble(from -> weights[from * columns + column])
                        .sum();
                assertEquals(1, sum, 28 * TOLERANCE);
            }
        }
    }
}
