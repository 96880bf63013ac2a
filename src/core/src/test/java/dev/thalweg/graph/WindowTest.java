package dev.thalweg.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.thalweg.tensor.ShapeException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WindowTest {
    private static Window rows(int kernel, int stride, int dilation, int before, int after) {
        return new Window(kernel, 1, stride, 1, dilation, 1, before, after, 0, 0);
    }

    /** Against counting the places and looking at every pixel of every place. */
    @Test
    void placesAndWhatTheyHoldAreAsCounted() {
        int windows = 0;
        int holding = 0;
        for (int size = 1; size <= 5; size++) {
            for (int kernel = 1; kernel <= 4; kernel++) {
                for (int stride = 1; stride <= 4; stride++) {
                    for (int dilation = 1; dilation <= 7; dilation++) {
                        for (int before = 0; before <= 12; before++) {
                            for (int after = 0; after <= 6; after++) {
                                Window window = rows(kernel, stride, dilation, before, after);
                                int[] first = places(window, size);
                                if (first.length == 0) {
                                    int height = size;
                                    assertThrows(ShapeException.class, () -> window.outputHeight(height));
                                    continue;
                                }
                                assertEquals(first.length, window.outputHeight(size));
                                boolean holds = everyPlaceHoldsAPixel(window, size, first);
                                assertEquals(holds, window.everyPlaceHoldsAPixel(size, 1), () -> window + "");
                                Window least = window.withoutIdlePadding(size, 1);
                                assertEquals(first.length, least.outputHeight(size), () -> window + "");
                                assertEquals(window.padTop(), least.padTop());
                                assertTrue(!holds || least.padBottom() < window.extentHeight(), () -> window + "");
                                windows++;
                                holding += holds ? 1 : 0;
                            }
                        }
                    }
                }
            }
        }
        assertTrue(holding > windows / 20 && holding < windows / 2, holding + " of " + windows);
    }

    private static int[] places(Window window, int size) {
        int last = size + window.padBottom() - (window.kernelHeight() - 1) * window.dilationHeight() - 1;
        return IntStream.iterate(-window.padTop(), first -> first <= last, first -> first + window.strideHeight())
                .toArray();
    }

    private static boolean everyPlaceHoldsAPixel(Window window, int size, int[] first) {
        return IntStream.of(first)
                .allMatch(place -> IntStream.range(0, window.kernelHeight())
                        .map(k -> place + k * window.dilationHeight())
                        .anyMatch(pixel -> pixel >= 0 && pixel < size));
    }

    /** Sizes near 2³¹ are neither wrong nor slow: places in billions are not looked at one by one. */
    @Test
    void sizesThatIntsDoNotHoldAreRefused() {
        int great = Integer.MAX_VALUE;
        assertThrows(ShapeException.class, () -> rows(great, 1, 2, 0, 0));
        assertThrows(ShapeException.class, () -> rows(3, 1, 1, great, great).outputHeight(1));
        assertThrows(ShapeException.class, () -> rows(1, 1, 1, great, 0).outputHeight(1));
        assertEquals(great, rows(1, 1, 1, great - 1, 0).outputHeight(1));
        assertTrue(rows(great / 2, 1, 1, great / 2 - 1, 0).everyPlaceHoldsAPixel(great / 2, 1));
        assertEquals(1_073_741_823, rows(1, 1, 1, 0, 0).outputHeight(1_073_741_823));
    }
}
