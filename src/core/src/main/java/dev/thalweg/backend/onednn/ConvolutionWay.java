package dev.thalweg.backend.onednn;

import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.ConvolutionBackwardWeights;
import dev.thalweg.graph.Node;
import dev.thalweg.onednn.MemoryDesc;

/** One way to compute convolutions, in all directions. */
sealed interface ConvolutionWay permits DirectConvolution, FoldedConvolution, ProductConvolution, WinogradConvolution {
    void forward(Node node, Convolution op);

    void backwardData(Node node, ConvolutionBackwardData op);

    void backwardWeights(Node node, ConvolutionBackwardWeights op);

    /** The layout in which the gradient of weights comes. */
    MemoryDesc gradientLayout(Node node, ConvolutionBackwardWeights op);
}
