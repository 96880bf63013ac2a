package dev.thalweg.bench;

import java.util.List;

/**
 * A piece of a network, in words that every library compared can be told. Convolutions and poolings pad to "same"
 * unless they say otherwise. Pictures are {@code [N, C, H, W]}, tokens {@code [N, T, D]}.
 */
public sealed interface Part {
    /**
     * A convolution.
     *
     * @param filters how many channels come out
     * @param kernel height and width
     * @param stride in both directions
     * @param padding pixels at each edge
     * @param bias whether it has one
     */
    record Convolution(int filters, int kernel, int stride, int padding, boolean bias) implements Part {}

    /**
     * A convolution of each channel by itself, without bias.
     *
     * @param kernel height and width
     * @param stride in both directions
     * @param padding pixels at each edge
     */
    record DepthwiseConvolution(int kernel, int stride, int padding) implements Part {}

    /** Batch normalization. */
    record Normalization() implements Part {}

    /** The rectifier. */
    record Relu() implements Part {}

    /** The rectifier, of at most 6. */
    record Relu6() implements Part {}

    /** {@code x/2 (1 + erf(x/√2))}. */
    record Gelu() implements Part {}

    /**
     * A maximum over windows.
     *
     * @param kernel height and width
     * @param stride in both directions
     * @param padding pixels at each edge
     */
    record MaxPooling(int kernel, int stride, int padding) implements Part {}

    /** The mean over the picture. */
    record GlobalAverage() implements Part {}

    /** Pictures to rows. */
    record Flatten() implements Part {}

    /**
     * A fully connected layer, of rows or of each token; the last one's results are logits.
     *
     * @param units how many
     */
    record Dense(int units) implements Part {}

    /**
     * A sum of two branches.
     *
     * @param body one
     * @param shortcut the other; empty for the input itself
     */
    record Residual(List<Part> body, List<Part> shortcut) implements Part {}

    /**
     * Square patches to tokens by a convolution with bias, a learnt token before them, a learnt position added to each.
     *
     * @param side height and width of a patch
     * @param units of a token
     */
    record Patches(int side, int units) implements Part {}

    /** Normalization of each token, with epsilon 1e-6, a learnt scale and shift. */
    record LayerNormalization() implements Part {}

    /**
     * Attention of all tokens to all: one fully connected layer to queries, keys and values, another of the result.
     *
     * @param heads how many
     */
    record Attention(int heads) implements Part {}

    /** The first token alone: tokens to rows. */
    record FirstToken() implements Part {}
}
