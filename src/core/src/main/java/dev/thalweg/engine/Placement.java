package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.Backends;

/**
 * What computes, and where.
 *
 * @param backend its name
 * @param threads how many compute on the CPU
 * @param device where
 */
public record Placement(String backend, int threads, String device) {
    /** {@return what computes where nothing was chosen: see {@link Backends#open()}} */
    public static Placement automatic() {
        return new Placement(System.getProperty(Backends.BACKEND_PROPERTY, "auto"), Backends.defaultThreads(), "cpu");
    }

    /** {@return the backend, to be closed} */
    public Backend open() {
        return open(threads);
    }

    /**
     * {@return the backend with another number of threads, to be closed}
     *
     * @param count how many compute on the CPU
     */
    public Backend open(int count) {
        return Backends.open(backend, count, device);
    }
}
