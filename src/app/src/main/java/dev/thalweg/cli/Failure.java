package dev.thalweg.cli;

import dev.thalweg.io.BadFileException;
import dev.thalweg.text.PrintableText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * What went wrong, in one line for people: what a library or a hostile file says is cut and stripped of what steers a
 * terminal.
 */
final class Failure {
    /** Of a text that is cut, so much is shown of its beginning and of its end: about a screenful in all. */
    private static final int BEGINNING = 1500;

    private static final int END = 400;

    private Failure() {}

    static String line(Throwable e) {
        return line(explain(e));
    }

    static String line(String message) {
        int cut = message.length() - BEGINNING - END;
        // A few more characters take no more room than saying that they are left out.
        String bounded = cut <= 100
                ? message
                : message.substring(0, BEGINNING) + " [... " + cut + " characters ...] "
                        + message.substring(message.length() - END);
        return PrintableText.printable(bounded.strip().replaceAll("\\s*\\R\\s*", " "));
    }

    private static String explain(Throwable e) {
        return switch (e) {
            case UncheckedIOException of when of.getCause() != null -> explain(of.getCause());
            case ExecutionException of when of.getCause() != null -> explain(of.getCause());
            case CompletionException of when of.getCause() != null -> explain(of.getCause());
            case NoSuchFileException missing -> missing.getFile() + ": there is no such file or directory";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case InvalidPathException path ->
                path.getInput() + ": no path here (" + path.getReason()
                        + "); under LC_ALL=C"
                        + " arguments are ASCII, a locale such as C.UTF-8 allows other letters";
            case BadFileException bad -> message(bad);
            case IOException io -> "input or output failed: " + message(io);
            case OutOfMemoryError memory -> explain(memory);
            case StackOverflowError deep ->
                "the input is nested too deeply for the stack; java -Xss gives a deeper one";
            case ExceptionInInitializerError of when of.getCause() != null -> explain(of.getCause());
            case Error error -> "internal error: " + error;
            default -> message(e);
        };
    }

    private static String explain(OutOfMemoryError e) {
        String message = message(e);
        if (message.contains("native thread")) {
            return "the system allows no more threads (" + message
                    + "): choose fewer with --threads, or raise the system's limit";
        }
        return "out of memory (" + message + "): the heap may take "
                + (Runtime.getRuntime().maxMemory() >> 20)
                + " MiB, java -Xmx gives it more;"
                + " smaller batches and --stream need less";
    }

    private static String message(Throwable e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
