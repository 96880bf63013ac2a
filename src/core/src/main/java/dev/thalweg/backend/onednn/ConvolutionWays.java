package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Graph;
import dev.thalweg.graph.Node;

/** The ways to compute convolutions, of which {@link ConvolutionChooser} chooses one for each. */
final class ConvolutionWays {
    private final ConvolutionChooser chooser;
    private final DirectConvolution direct;
    private final FoldedConvolution folded;
    private final ProductConvolution product;
    private final WinogradConvolution winograd;

    ConvolutionWays(LoweringContext context, Graph graph, ElementwiseLowering elementwise) {
        this.chooser = new ConvolutionChooser(
                context.processor().hasTeamKernels() ? context.compiler().convolutions() : ConvolutionChoice.DIRECT,
                ConvolutionChooser.Instructions.here(),
                context.training());
        this.direct = new DirectConvolution(context, graph);
        this.folded = new FoldedConvolution(context, direct);
        this.product = new ProductConvolution(context, elementwise);
        this.winograd = new WinogradConvolution(context);
    }

    private ConvolutionWay way(ConvolutionChoice choice) {
        return switch (choice) {
            case FASTEST, DIRECT -> direct;
            case FOLD -> folded;
            case PRODUCT -> product;
            case WINOGRAD -> winograd;
        };
    }

    ConvolutionWay of(Node node, Convolution op) {
        return way(chooser.ofResult(
                new ConvolutionChooser.Layer(
                        op.window(),
                        op.groups(),
                        node.input(0).type(),
                        node.input(0).shape(),
                        node.output().shape()),
                op.postOps()));
    }

    ConvolutionWay of(Node node, ConvolutionBackwardData op) {
        return way(chooser.ofSource(new ConvolutionChooser.Layer(
                op.window(),
                op.groups(),
                node.input(0).type(),
                op.source(),
                node.input(0).shape())));
    }

    ConvolutionWay of(Node node, ConvolutionBackwardWeights op) {
        return way(chooser.ofKernels(new ConvolutionChooser.Layer(
                op.window(),
                op.groups(),
                node.input(0).type(),
                node.input(0).shape(),
                node.input(1).shape())));
    }
}
