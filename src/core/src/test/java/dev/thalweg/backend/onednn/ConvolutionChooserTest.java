package dev.thalweg.backend.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.thalweg.backend.onednn.ConvolutionChooser.Instructions;
import dev.thalweg.backend.onednn.ConvolutionChooser.Layer;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which way is chosen for layers like those that {@code bench} measures, on processors of any instructions. */
class ConvolutionChooserTest {
    private static Layer layer(
            DataType type, int channels, int filters, int kernel, int stride, int pixels, int batch, int groups) {
        int padding = kernel / 2;
        Window window = Window.square(kernel).stride(stride).padding(padding, padding, padding, padding);
        return new Layer(
                window,
                groups,
                type,
                Shape.of(batch, channels, pixels, pixels),
                Shape.of(batch, filters, window.outputHeight(pixels), window.outputWidth(pixels)));
    }

    private static ConvolutionChooser fastest(Instructions instructions, boolean kernelsChange) {
        return new ConvolutionChooser(ConvolutionChoice.FASTEST, instructions, kernelsChange);
    }

    @ParameterizedTest
    @CsvSource({
        // Deep layers of small pictures and a batch, and wide pictures, are filtered.
        "AVX2, FLOAT32, 64, 64, 3, 1, 32, 64, 1, WINOGRAD, WINOGRAD, WINOGRAD",
        "AVX2, FLOAT32, 128, 128, 3, 1, 16, 32, 1, WINOGRAD, WINOGRAD, WINOGRAD",
        "AVX2, FLOAT32, 256, 256, 3, 1, 8, 64, 1, WINOGRAD, WINOGRAD, WINOGRAD",
        "AVX2, FLOAT32, 512, 512, 3, 1, 4, 64, 1, WINOGRAD, WINOGRAD, WINOGRAD",
        "AMX, FLOAT32, 256, 256, 3, 1, 8, 64, 1, WINOGRAD, WINOGRAD, WINOGRAD",
        // Kernels are too many to be transformed in each run for half as many pictures, or even to be read for one.
        "AVX2, FLOAT32, 512, 512, 3, 1, 4, 32, 1, DIRECT, WINOGRAD, WINOGRAD",
        "AVX2, FLOAT32, 512, 512, 3, 1, 4, 1, 1, DIRECT, DIRECT, DIRECT",
        // Wider pictures have more tiles to a kernel.
        "AVX2, FLOAT32, 256, 256, 3, 1, 14, 1, 1, DIRECT, DIRECT, WINOGRAD",
        "AVX2, FLOAT32, 64, 64, 3, 1, 32, 1, 1, WINOGRAD, WINOGRAD, WINOGRAD",
        // Few channels come in: tiles cost more than the multiplications saved.
        "AVX2, FLOAT32, 3, 64, 3, 1, 32, 64, 1, DIRECT, DIRECT, DIRECT",
        // What is not filtered: other kernels, strides, groups, types.
        "AVX2, FLOAT32, 256, 256, 1, 1, 8, 64, 1, DIRECT, DIRECT, DIRECT",
        "AVX2, FLOAT32, 256, 256, 3, 2, 8, 64, 1, DIRECT, DIRECT, DIRECT",
        "AVX2, FLOAT32, 256, 256, 3, 1, 8, 64, 2, DIRECT, DIRECT, DIRECT",
        "AVX2, BFLOAT16, 256, 256, 3, 1, 8, 64, 1, DIRECT, DIRECT, DIRECT",
        // Nothing was measured on other processors.
        "OTHER, FLOAT32, 256, 256, 3, 1, 8, 64, 1, DIRECT, DIRECT, DIRECT",
        // Rows of bfloat16 numbers that are too short for tiles.
        "AMX, BFLOAT16, 512, 512, 3, 1, 4, 32, 1, FOLD, PRODUCT, FOLD",
        "AMX, BFLOAT16, 256, 256, 3, 1, 8, 64, 1, DIRECT, FOLD, DIRECT",
        "AMX, BFLOAT16, 64, 64, 3, 1, 32, 64, 1, DIRECT, DIRECT, DIRECT",
        "AMX, BFLOAT16, 512, 512, 3, 1, 4, 32, 2, DIRECT, DIRECT, DIRECT",
        // One picture has none beside it.
        "AMX, BFLOAT16, 512, 512, 3, 1, 4, 1, 1, DIRECT, PRODUCT, DIRECT",
        // Half as many pixels come out, so pictures cannot stand side by side.
        "AMX, BFLOAT16, 256, 512, 3, 2, 8, 32, 1, DIRECT, PRODUCT, DIRECT"
    })
    void theFastestIsChosen(
            Instructions instructions,
            DataType type,
            int channels,
            int filters,
            int kernel,
            int stride,
            int pixels,
            int batch,
            int groups,
            ConvolutionChoice ofPictures,
            ConvolutionChoice ofKernels,
            ConvolutionChoice ofResultsAlone) {
        Layer layer = layer(type, channels, filters, kernel, stride, pixels, batch, groups);
        ConvolutionChooser training = fastest(instructions, true);
        assertEquals(ofPictures, training.ofResult(layer, PostOps.NONE));
        assertEquals(ofPictures, training.ofSource(layer));
        assertEquals(ofKernels, training.ofKernels(layer));
        assertEquals(ofResultsAlone, fastest(instructions, false).ofResult(layer, PostOps.NONE));
    }

    @Test
    void whatIsDoneToAResultRulesWaysOut() {
        Layer wide = layer(DataType.FLOAT32, 256, 256, 3, 1, 8, 64, 1);
        Layer deep = layer(DataType.BFLOAT16, 512, 512, 3, 1, 4, 32, 1);
        PostOps sum = new PostOps(true, Optional.of(new Eltwise(Eltwise.Kind.RELU, 0, 0)));
        PostOps sigmoid = new PostOps(false, Optional.of(new Eltwise(Eltwise.Kind.LOGISTIC, 0, 0)));
        ConvolutionChooser chooser = fastest(Instructions.AMX, true);
        assertEquals(ConvolutionChoice.WINOGRAD, chooser.ofResult(wide, sum));
        assertEquals(ConvolutionChoice.DIRECT, chooser.ofResult(wide, sigmoid));
        assertEquals(ConvolutionChoice.DIRECT, chooser.ofResult(deep, sum));
        assertEquals(ConvolutionChoice.FOLD, chooser.ofResult(deep, sigmoid));
    }
}
