package dev.thalweg.graph;

/** What the numbers of an operation's first output are, as far as the operation tells. */
public enum OutputKind {
    /** Probabilities of classes that exclude each other, made of logits, the first input. */
    PROBABILITIES,
    /** A probability for each class by itself, made of its logit, the first input. */
    SINGLE_PROBABILITIES,
    /** Logarithms of {@link #PROBABILITIES}. */
    LOG_PROBABILITIES,
    /** Numbers of any size. */
    ANY,
    /** What the first input's numbers are. */
    AS_FIRST_INPUT,
    /** What cannot be told. */
    UNKNOWN
}
