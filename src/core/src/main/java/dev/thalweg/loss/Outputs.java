package dev.thalweg.loss;

import dev.thalweg.graph.BatchNormalizationInference;
import dev.thalweg.graph.Cast;
import dev.thalweg.graph.Convolution;
import dev.thalweg.graph.ConvolutionBackwardData;
import dev.thalweg.graph.Eltwise;
import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.InnerProduct;
import dev.thalweg.graph.MatMul;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.Pooling;
import dev.thalweg.graph.Reshape;
import dev.thalweg.graph.Slice;
import dev.thalweg.graph.Softmax;
import dev.thalweg.graph.Transpose;
import dev.thalweg.graph.Value;

/** What the numbers that a network yields are, as far as its last operations tell. */
public enum Outputs {
    /** Probabilities of classes that exclude each other: a softmax. */
    PROBABILITIES("the probabilities of a softmax"),
    /** A probability for each class by itself: a sigmoid. */
    SINGLE_PROBABILITIES("the probabilities of a sigmoid"),
    /** Logarithms of {@link #PROBABILITIES}. */
    LOG_PROBABILITIES("the logarithms of a softmax"),
    /** Any numbers. */
    LOGITS("logits, numbers of any size"),
    /** What cannot be told, for instance a sum of several branches. */
    UNKNOWN("numbers of which nothing is known");

    private final String description;

    Outputs(String description) {
        this.description = description;
    }

    /**
     * Looks at what a value comes from.
     *
     * @param builder the graph
     * @param predictions what a network yields when it does not train
     * @return what they are
     */
    public static Outputs of(GraphBuilder builder, Value predictions) {
        Node node = builder.producer(predictions);
        while (node != null && passesOn(node)) {
            node = builder.producer(node.input(0));
        }
        return switch (node == null ? null : node.op()) {
            case Softmax softmax -> softmax.log() ? LOG_PROBABILITIES : PROBABILITIES;
            case Eltwise eltwise -> of(eltwise);
            case InnerProduct _, MatMul _, Convolution _, ConvolutionBackwardData _, BatchNormalizationInference _ ->
                LOGITS;
            case null, default -> UNKNOWN;
        };
    }

    /** Whether what comes out is of the kind of what goes in; the mean of probabilities is one. */
    private static boolean passesOn(Node node) {
        return switch (node.op()) {
            case Reshape _, Cast _, Slice _, Transpose _ -> true;
            case Pooling pooling -> pooling.kind() != Pooling.Kind.MAX;
            default -> false;
        };
    }

    private static Outputs of(Eltwise function) {
        return switch (function.kind()) {
            case LOGISTIC -> SINGLE_PROBABILITIES;
            case RELU, ELU, TANH, GELU_ERF, GELU_TANH, SWISH, HARD_SWISH, SOFT_RELU -> LOGITS;
            // Up to 6 it is an activation; up to 1 it may be meant to be a probability.
            case CLIP -> function.beta() > 1 ? LOGITS : UNKNOWN;
            case LINEAR, SQUARE, ABS, SQRT, EXP, LOG -> UNKNOWN;
        };
    }

    /** For messages. */
    @Override
    public String toString() {
        return description;
    }
}
