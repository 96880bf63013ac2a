package dev.thalweg.loss;

import dev.thalweg.graph.GraphBuilder;
import dev.thalweg.graph.Node;
import dev.thalweg.graph.OutputKind;
import dev.thalweg.graph.Value;
import java.util.Objects;
import java.util.Optional;

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
        Objects.requireNonNull(predictions, "predictions");
        Optional<Node> node = builder.producer(predictions);
        while (node.isPresent() && node.get().op().yields() == OutputKind.AS_FIRST_INPUT) {
            node = builder.producer(node.get().input(0));
        }
        return node.map(last -> of(last.op().yields())).orElse(UNKNOWN);
    }

    private static Outputs of(OutputKind kind) {
        return switch (kind) {
            case PROBABILITIES -> PROBABILITIES;
            case SINGLE_PROBABILITIES -> SINGLE_PROBABILITIES;
            case LOG_PROBABILITIES -> LOG_PROBABILITIES;
            case ANY -> LOGITS;
            case AS_FIRST_INPUT, UNKNOWN -> UNKNOWN;
        };
    }

    /** For messages. */
    @Override
    public String toString() {
        return description;
    }
}
