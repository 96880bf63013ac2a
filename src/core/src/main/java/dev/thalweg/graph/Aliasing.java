package dev.thalweg.graph;

/** What an operation does to memory, said by itself; {@code InPlace} decides from it who may overwrite what. */
public sealed interface Aliasing {
    /** Every result lies in memory of its own. */
    record Own() implements Aliasing {}

    /**
     * The first result may take the memory of an input of its shape and type: no element of that input is read once the
     * result's element at the same place is written. Of the other inputs that need not be true: none of them may lie
     * there.
     *
     * @param input which
     */
    record Over(int input) implements Aliasing {}

    /**
     * The result may be the memory of the first input, seen otherwise: who overwrites one of them overwrites both.
     *
     * @param sameOrder whether row-major elements of both are the same bytes one after the other, so that also those
     *     who know no other layout see the result there
     */
    record View(boolean sameOrder) implements Aliasing {}

    /** The result is written once, when the graph is compiled: nothing may overwrite it. */
    record Once() implements Aliasing {}

    /** There is no result; the inputs are read after everything else of a run: nothing may overwrite them. */
    record Afterwards() implements Aliasing {}
}
