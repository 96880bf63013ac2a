package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Window;
import dev.thalweg.tensor.DataType;
import dev.thalweg.tensor.Shape;

/**
 * Which way each convolution is computed: a function of shapes, precision, threads and what the processor can do, and
 * of nothing else, so that the same run gives the same bits.
 */
final class ConvolutionWays {
    /** As many channels as a vector has numbers, and a product with fewer is no work for its kernels. */
    private static final int CHANNELS = 32;
    /** Fewer tiles are not worth the transforms of the kernels. */
    private static final int TILES = 128;

    private final boolean onHost;
    private final ConvolutionChoice choice;
    private final DirectConvolution direct;
    private final WinogradConvolution winograd;

    ConvolutionWays(LoweringContext context) {
        this.onHost = context.processor().hasTeamKernels();
        this.choice = ConvolutionChoice.named();
        this.direct = new DirectConvolution(context);
        this.winograd = new WinogradConvolution(context);
    }

    ConvolutionWay of(Node node, Convolution op) {
        return WinogradConvolution.fits(op.postOps())
                ? of(
                        op.window(),
                        op.groups(),
                        node.input(0).type(),
                        node.input(0).shape(),
                        node.output().shape())
                : direct;
    }

    ConvolutionWay of(Node node, ConvolutionBackwardData op) {
        return of(
                op.window(),
                op.groups(),
                node.input(0).type(),
                op.source(),
                node.input(0).shape());
    }

    ConvolutionWay of(Node node, ConvolutionBackwardWeights op) {
        return of(
                op.window(),
                op.groups(),
                node.input(0).type(),
                node.input(0).shape(),
                node.input(1).shape());
    }

    private ConvolutionWay of(Window window, int groups, DataType type, Shape source, Shape result) {
        boolean possible = onHost && type == DataType.FLOAT32 && WinogradConvolution.fits(window, groups);
        return possible
                        && (choice == ConvolutionChoice.WINOGRAD
                                || choice == ConvolutionChoice.FASTEST && pays(source, result))
                ? winograd
                : direct;
    }

    private static boolean pays(Shape source, Shape result) {
        long tiles = (long) result.dim(0) * ((result.dim(2) + 3) / 4) * ((result.dim(3) + 3) / 4);
        return source.dim(1) >= CHANNELS && result.dim(1) >= CHANNELS && tiles >= TILES;
    }
}
