package dev.thalweg.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class QuantizedWeightsTest {
    private static float[] normal(int count, double deviation, Random random) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (deviation * random.nextGaussian());
        }
        return numbers;
    }

    /** Half a step of the filter's own scale, and a rounding of each float operation. */
    @Test
    void eachWeightIsItsNearestByte() {
        float[] weights = normal(7 * 50, 0.1, new Random(1));
        QuantizedWeights quantized = QuantizedWeights.of(weights, 7);
        float[] back = quantized.dequantized();
        for (int i = 0; i < weights.length; i++) {
            assertEquals(weights[i], back[i], 0.5001 * quantized.scales()[i / 50]);
        }
    }

    /** So that a saved model, its normalizations folded or not, computes with the bytes that the file has. */
    @Test
    void bytesAreFoundAgainWhateverTheirFilterIsMultipliedBy() {
        Random random = new Random(2);
        for (int round = 0; round < 200; round++) {
            QuantizedWeights first = QuantizedWeights.of(normal(30, Math.exp(10 * random.nextGaussian()), random), 3);
            float[] weights = first.dequantized();
            assertArrayEquals(first.integers(), QuantizedWeights.of(weights, 3).integers());
            assertArrayEquals(first.scales(), QuantizedWeights.of(weights, 3).scales());
            float factor = (float) Math.exp(random.nextGaussian());
            for (int i = 0; i < weights.length; i++) {
                weights[i] *= factor;
            }
            assertArrayEquals(first.integers(), QuantizedWeights.of(weights, 3).integers());
        }
    }

    @Test
    void filtersOfZerosAndOfTheLeastFloatsHaveAScale() {
        QuantizedWeights quantized = QuantizedWeights.of(new float[] {0, 0, Float.MIN_VALUE, -Float.MIN_VALUE}, 2);
        assertArrayEquals(new byte[4], quantized.integers());
        assertArrayEquals(new float[4], quantized.dequantized());
    }

    @Test
    void whatIsNoNumberIsRefused() {
        for (float wrong : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            assertThrows(ArithmeticException.class, () -> QuantizedWeights.of(new float[] {1, wrong, 2}, 1));
            assertThrows(
                    IllegalArgumentException.class, () -> new QuantizedWeights(new byte[2], new float[] {1, wrong}));
        }
        assertThrows(IllegalArgumentException.class, () -> new QuantizedWeights(new byte[3], new float[] {1, 1}));
    }
}
