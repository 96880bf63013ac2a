package dev.thalweg.cli;

/** A word or a value on the command line that cannot be meant: nothing is done, and the exit code is 2. */
final class WrongArgumentException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    WrongArgumentException(String message) {
        super(message);
    }

    WrongArgumentException(String option, String expected, Object got) {
        this(option + ": expected " + expected + ", got " + got);
    }
}
