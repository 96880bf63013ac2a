package dev.thalweg.backend.onednn;

/** A piece of memory during lowering: how large, and from which to which instruction it holds something. */
final class Buffer {
    static final int ALWAYS_FROM = -1;
    static final int ALWAYS_TO = Integer.MAX_VALUE;

    final long bytes;
    int first = Integer.MAX_VALUE;
    int last = Integer.MIN_VALUE;
    /** Whether something else than the program's instructions writes it anew for each run. */
    boolean given;

    Buffer(long bytes) {
        this.bytes = bytes;
    }

    /** Notes that an instruction writes or reads it. */
    void use(int instruction) {
        first = Math.min(first, instruction);
        last = Math.max(last, instruction);
    }

    /** Keeps it from before the first instruction to after the last. */
    Buffer always() {
        first = ALWAYS_FROM;
        last = ALWAYS_TO;
        return this;
    }

    /** Keeps it as an input. */
    void givenForEachRun() {
        always();
        given = true;
    }
}
