package dev.thalweg.spark;

import java.io.UncheckedIOException;

/** Failures that are told to another process. */
final class Throwables {
    private Throwables() {}

    /** {@return what another process can read, also where an exception holds what cannot be sent} */
    static Throwable sendable(Throwable e) {
        try {
            var _ = JavaBytes.of(e);
            return e;
        } catch (UncheckedIOException cannotBeSent) {
            IllegalStateException told = new IllegalStateException(e.toString());
            told.setStackTrace(e.getStackTrace());
            return told;
        }
    }

    /** {@return what to throw in place of what another process threw; errors are thrown at once} */
    static RuntimeException rethrown(Throwable what) {
        return switch (what) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException(what);
        };
    }
}
