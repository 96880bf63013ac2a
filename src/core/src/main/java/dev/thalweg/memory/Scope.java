package dev.thalweg.memory;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Things that are closed together, the youngest first. Whoever opens several things that belong together opens them in
 * a scope and hands it over at the end: what fails on the way, with whatever {@link Throwable}, leaves nothing open.
 *
 * <pre>{@code
 * try (Scope opening = new Scope()) {
 *     Engine engine = opening.own(new Engine());
 *     Stream stream = opening.own(new Stream(engine));
 *     return new Device(engine, stream, opening.handOver());
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
    private Deque<AutoCloseable> open = new ArrayDeque<>();

    /** Starts without any. */
    public Scope() {}

    /**
     * Closes something with this scope.
     *
     * @param <T> its type
     * @param resource what
     * @return the same
     */
    public <T extends AutoCloseable> T own(T resource) {
        open.push(resource);
        return resource;
    }

    /**
     * Gives everything to another scope: closing this one then closes nothing of it.
     *
     * @return the scope that owns it now
     */
    public Scope handOver() {
        Scope owner = new Scope();
        owner.open = open;
        open = new ArrayDeque<>();
        return owner;
    }

    /**
     * Closes everything, also where closing some of it fails; closing again does nothing.
     *
     * @throws IllegalStateException if something threw a checked exception; unchecked ones and errors are thrown as
     *         they are, later ones as suppressed by the first
     */
    @Override
    public void close() {
        Throwable failure = null;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Throwable e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }
}
