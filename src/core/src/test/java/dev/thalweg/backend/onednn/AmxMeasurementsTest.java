package dev.thalweg.backend.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.graph.Window;
import dev.thalweg.tensor.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What was measured, and what was not: that is computed directly. */
class AmxMeasurementsTest {
    @ParameterizedTest
    @CsvSource({
        "512, 512, 4, 3, 1, FOLD, PRODUCT",
        "256, 512, 8, 3, 2, FOLD, PRODUCT",
        "256, 256, 8, 3, 1, DIRECT, FOLD",
        "128, 128, 16, 3, 1, DIRECT, DIRECT",
        "64, 64, 32, 3, 1, DIRECT, DIRECT",
        "64, 512, 4, 3, 1, DIRECT, DIRECT",
        "512, 512, 7, 3, 1, DIRECT, FOLD",
        "512, 2048, 7, 1, 1, DIRECT, DIRECT"
    })
    void theFastestIsChosen(
            int channels,
            int filters,
            int pixels,
            int kernel,
            int stride,
            ConvolutionChoice ofPictures,
            ConvolutionChoice ofKernels) {
        int padding = kernel / 2;
        Window window = Window.square(kernel).stride(stride).padding(padding, padding, padding, padding);
        Shape source = Shape.of(32, channels, pixels, pixels);
        Shape result = Shape.of(32, filters, window.outputHeight(pixels), window.outputWidth(pixels));
        assertEquals(ofPictures, AmxMeasurements.ofPictures(window, source, result));
        assertEquals(ofKernels, AmxMeasurements.ofKernels(window, source, result));
    }
}
