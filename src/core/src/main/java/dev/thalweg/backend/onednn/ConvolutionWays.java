package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.PostOps;
import dev.thalweg.graph.Window;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;
import java.util.function.Supplier;

/**
 * Which way each convolution is computed: a function of shapes, precision and what the processor can do, and of nothing
 * else, so that the same run gives the same bits.
 */
final class ConvolutionWays {
    /** A convolution, in whichever direction. */
    private record Layer(Window window, int groups, DataType type, Shape source, Shape result) {}

    private final boolean hasTeamKernels;
    private final boolean kernelsChange;
    private final ConvolutionChoice choice;
    private final DirectConvolution direct;
    private final FoldedConvolution folded;
    private final ProductConvolution product;
    private final WinogradConvolution winograd;

    ConvolutionWays(LoweringContext context, Graph graph, ElementwiseLowering elementwise) {
        this.hasTeamKernels = context.processor().hasTeamKernels();
        this.kernelsChange = context.training();
        this.choice = context.compiler().convolutions();
        this.direct = new DirectConvolution(context, graph);
        this.folded = new FoldedConvolution(context, direct);
        this.product = new ProductConvolution(context, elementwise);
        this.winograd = new WinogradConvolution(context);
    }

    ConvolutionWay of(Node node, Convolution op) {
        Layer layer = new Layer(
                op.window(),
                op.groups(),
                node.input(0).type(),
                node.input(0).shape(),
                node.output().shape());
        ConvolutionWay way = ofPictures(layer, op.postOps());
        return way == product && !ProductConvolution.fits(op.groups()) ? direct : way;
    }

    ConvolutionWay of(Node node, ConvolutionBackwardData op) {
        Layer layer = new Layer(
                op.window(),
                op.groups(),
                node.input(0).type(),
                op.source(),
                node.input(0).shape());
        ConvolutionWay way = ofPictures(layer, PostOps.NONE);
        return way == product && !ProductConvolution.fits(op.window(), op.groups()) ? direct : way;
    }

    private ConvolutionWay ofPictures(Layer layer, PostOps postOps) {
        return switch (asked(() -> fastestOfPictures(layer))) {
            case FASTEST, DIRECT -> direct;
            case FOLD -> folds(layer) && FoldedConvolution.fits(postOps) ? folded : direct;
            case PRODUCT -> product;
            case WINOGRAD -> filters(layer) && WinogradConvolution.fits(postOps) ? winograd : direct;
        };
    }

    ConvolutionWay of(Node node, ConvolutionBackwardWeights op) {
        Layer layer = new Layer(
                op.window(),
                op.groups(),
                node.input(0).type(),
                node.input(0).shape(),
                node.input(1).shape());
        return switch (asked(() -> fastestOfKernels(layer))) {
            case FASTEST, DIRECT -> direct;
            case FOLD -> folds(layer) ? folded : direct;
            case PRODUCT -> ProductConvolution.fits(op.groups()) ? product : direct;
            case WINOGRAD -> filters(layer) ? winograd : direct;
        };
    }

    private ConvolutionChoice asked(Supplier<ConvolutionChoice> fastest) {
        if (!hasTeamKernels) {
            return ConvolutionChoice.DIRECT;
        }
        return choice == ConvolutionChoice.FASTEST ? fastest.get() : choice;
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
        return filtersFast(layer) && costs(layer).filteringPays(kernelsChange)
                ? ConvolutionChoice.WINOGRAD
                : ConvolutionChoice.DIRECT;
    }

    private static ConvolutionChoice fastestOfKernels(Layer layer) {
        if (multipliesTiles(layer)) {
            return AmxMeasurements.ofKernels(layer.window(), layer.source(), layer.result());
        }
        return filtersFast(layer) && costs(layer).gradientPays()
                ? ConvolutionChoice.WINOGRAD
                : ConvolutionChoice.DIRECT;
    }

    private static boolean multipliesTiles(Layer layer) {
        return layer.type() == DataType.BFLOAT16 && layer.groups() == 1 && OneDnn.hasAmx();
    }

    /** Whether costs were measured on processors like this one. */
    private static boolean filtersFast(Layer layer) {
        return filters(layer) && OneDnn.hasAvx2();
    }

    private static ConvolutionCosts costs(Layer layer) {
        return new ConvolutionCosts(layer.window(), layer.source(), layer.result());
    }
}
