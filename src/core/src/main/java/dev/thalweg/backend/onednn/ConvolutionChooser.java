package dev.thalweg.backend.onednn;

import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Window;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;

/**
 * Says which way a convolution is computed: a function of shapes, precision and instructions, and of nothing else, so
 * that the same run gives the same bits. Measurements were made with two threads, and are taken to hold for others.
 *
 * @param asked who says it, where that is possible
 * @param instructions of the processor
 * @param kernelsChange whether kernels are others in each run
 */
record ConvolutionChooser(ConvolutionChoice asked, Instructions instructions, boolean kernelsChange) {
    /** The instructions that ways were measured with, on top of those before. */
    enum Instructions {
        OTHER,
        AVX2,
        AMX;

        static Instructions here() {
            if (OneDnn.hasAmx()) {
                return AMX;
            }
            return OneDnn.hasAvx2() ? AVX2 : OTHER;
        }
    }

    /**
     * A convolution, in whichever direction.
     *
     * @param window what each result sees
     * @param groups how many
     * @param type of what comes in
     * @param source the extents of what is convolved
     * @param result the extents of what comes of it
     */
    record Layer(Window window, int groups, DataType type, Shape source, Shape result) {}

    /** For the result. */
    ConvolutionChoice ofResult(Layer layer, PostOps postOps) {
        return switch (asked == ConvolutionChoice.FASTEST ? fastestOfPictures(layer) : asked) {
            case FASTEST, DIRECT -> ConvolutionChoice.DIRECT;
            case FOLD -> ifPossible(ConvolutionChoice.FOLD, folds(layer) && FoldedConvolution.fits(postOps));
            case PRODUCT -> ifPossible(ConvolutionChoice.PRODUCT, ProductConvolution.fits(layer.groups()));
            case WINOGRAD ->
                ifPossible(ConvolutionChoice.WINOGRAD, filters(layer) && WinogradConvolution.fits(postOps));
        };
    }

    /** For the gradient of the source. */
    ConvolutionChoice ofSource(Layer layer) {
        ConvolutionChoice likeResult = ofResult(layer, PostOps.NONE);
        return likeResult == ConvolutionChoice.PRODUCT
                ? ifPossible(likeResult, ProductConvolution.fits(layer.window(), layer.groups()))
                : likeResult;
    }

    /** For the gradient of the kernels. */
    ConvolutionChoice ofKernels(Layer layer) {
        return switch (asked == ConvolutionChoice.FASTEST ? fastestOfKernels(layer) : asked) {
            case FASTEST, DIRECT -> ConvolutionChoice.DIRECT;
            case FOLD -> ifPossible(ConvolutionChoice.FOLD, folds(layer));
            case PRODUCT -> ifPossible(ConvolutionChoice.PRODUCT, ProductConvolution.fits(layer.groups()));
            case WINOGRAD -> ifPossible(ConvolutionChoice.WINOGRAD, filters(layer));
        };
    }

    private static ConvolutionChoice ifPossible(ConvolutionChoice way, boolean possible) {
        return possible ? way : ConvolutionChoice.DIRECT;
    }

    private static boolean folds(Layer layer) {
        return FoldedConvolution.fits(layer.window(), layer.source(), layer.result());
    }

    private static boolean filters(Layer layer) {
        return layer.type() == DataType.FLOAT32 && WinogradConvolution.fits(layer.window(), layer.groups());
    }

    private ConvolutionChoice fastestOfPictures(Layer layer) {
        if (multipliesTiles(layer)) {
            return AmxMeasurements.ofPictures(layer.window(), layer.source(), layer.result());
        }
        return ifPossible(
                ConvolutionChoice.WINOGRAD, filtersFast(layer) && costs(layer).filteringPays(kernelsChange));
    }

    private ConvolutionChoice fastestOfKernels(Layer layer) {
        if (multipliesTiles(layer)) {
            return AmxMeasurements.ofKernels(layer.window(), layer.source(), layer.result());
        }
        return ifPossible(
                ConvolutionChoice.WINOGRAD, filtersFast(layer) && costs(layer).gradientPays());
    }

    private boolean multipliesTiles(Layer layer) {
        return layer.type() == DataType.BFLOAT16 && layer.groups() == 1 && instructions == Instructions.AMX;
    }

    /** Costs were measured with AVX-512, and are taken to hold with AVX2. */
    private boolean filtersFast(Layer layer) {
        return filters(layer) && instructions != Instructions.OTHER;
    }

    private static ConvolutionCosts costs(Layer layer) {
        return new ConvolutionCosts(layer.window(), layer.source(), layer.result());
    }
}
