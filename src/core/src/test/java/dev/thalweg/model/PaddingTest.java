package dev.thalweg.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.graph.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaddingTest {
    /**
     * Expected sizes from the definition of TensorFlow's padding: same gives ceil(in / stride), valid ceil((in - extent
     * + 1) / stride).
     */
    @ParameterizedTest
    @CsvSource({"32,3,1,1,30,32", "32,3,2,1,15,16", "7,2,2,1,3,4", "28,5,1,1,24,28", "9,3,1,2,5,9", "8,3,3,1,2,3"})
    void windowsTakeAsManyPlacesAsInTensorFlow(int size, int kernel, int stride, int dilation, int valid, int same) {
        Window window = Window.square(kernel).stride(stride).dilation(dilation);
        assertEquals(valid, Padding.VALID.resolve(window, size, size).outputHeight(size));
        assertEquals(same, Padding.SAME.resolve(window, size, size).outputHeight(size));
    }

    @Test
    void samePutsAnOddPixelAtTheEnd() {
        assertEquals(Window.square(2).padding(0, 1, 0, 1), Padding.SAME.resolve(Window.square(2), 5, 5));
    }

    @Test
    void explicitAmountsStayAsTheyAre() {
        assertEquals(
                Window.square(2).padding(1, 2, 3, 4),
                Padding.of(1, 2, 3, 4).resolve(Window.square(2).padding(9, 9, 9, 9), 5, 5));
    }

    @Test
    void sameGivesOnePlaceForEachStride() {
        for (int size = 1; size <= 9; size++) {
            for (int kernel = 1; kernel <= 5; kernel++) {
                for (int stride = 1; stride <= 4; stride++) {
                    Window window = Padding.SAME.resolve(Window.square(kernel).stride(stride), size, size);
                    assertEquals((size + stride - 1) / stride, window.outputHeight(size));
                }
            }
        }
    }

    /** Near 2³¹ too, where sums of ints would overflow. */
    @Test
    void sameOfTheGreatestPictureIsExact() {
        int great = Integer.MAX_VALUE;
        Window window = Padding.SAME.resolve(Window.square(great).stride(great), great, great);
        assertEquals(1, window.outputHeight(great));
    }
}
