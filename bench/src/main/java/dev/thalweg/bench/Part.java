package dev.thalweg.bench;

import java.util.List;

/**
 * A piece of a network, in words that every library compared can be told. Convolutions and poolings pad to "same"
 * unless they say otherwise.
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

    /** Batch normalization. */
    record Normalization() implements Part {}

    /** The rectifier. */
    record Relu() implements Part {}

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
     * A fully connected layer; its results are logits.
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
}
