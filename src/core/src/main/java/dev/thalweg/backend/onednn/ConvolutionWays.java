package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Window;
import dev.thalweg.onednn.OneDnn;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;

/**
 * Which way each convolution is computed: a function of shapes, precision, threads and what the processor can do, and
 * of nothing else, so that the same run gives the same bits.
 */
final class ConvolutionWays {
    private final boolean hasTeamKernels;
    /** Whether costs were measured on processors like this one. */
    private final boolean costsKnown;

    private final boolean kernelsChange;
    private final ConvolutionChoice choice;
    private final DirectConvolution direct;
    private final WinogradConvolution winograd;

    ConvolutionWays(LoweringContext context) {
        this.hasTeamKernels = context.processor().hasTeamKernels();
        this.costsKnown = hasTeamKernels && OneDnn.hasAvx2();
        this.kernelsChange = context.training();
        this.choice = ConvolutionChoice.named();
        this.direct = new DirectConvolution(context);
        this.winograd = new WinogradConvolution(context);
    }

    ConvolutionWay of(Node node, Convolution op) {
        Shape source = node.input(0).shape();
        Shape result = node.output().shape();
        return WinogradConvolution.fits(op.postOps()) && isPossible(op.window(), op.groups(), node)
                ? way(new ConvolutionCosts(op.window(), source, result).filteringPays(kernelsChange))
                : direct;
    }

    ConvolutionWay of(Node node, ConvolutionBackwardData op) {
        Shape result = node.input(0).shape();
        return isPossible(op.window(), op.groups(), node)
                ? way(new ConvolutionCosts(op.window(), op.source(), result).filteringPays(kernelsChange))
                : direct;
    }

    ConvolutionWay of(Node node, ConvolutionBackwardWeights op) {
        Shape source = node.input(0).shape();
        Shape result = node.input(1).shape();
        return isPossible(op.window(), op.groups(), node)
                ? way(new ConvolutionCosts(op.window(), source, result).gradientPays())
                : direct;
    }

    private boolean isPossible(Window window, int groups, Node node) {
        return hasTeamKernels && node.input(0).type() == DataType.FLOAT32 && WinogradConvolution.fits(window, groups);
    }

    private ConvolutionWay way(boolean pays) {
        return switch (choice) {
            case DIRECT -> direct;
            case WINOGRAD -> winograd;
            case FASTEST -> costsKnown && pays ? winograd : direct;
        };
    }
}
