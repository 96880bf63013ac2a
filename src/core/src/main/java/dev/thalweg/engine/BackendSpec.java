package dev.thalweg.engine;

import dev.thalweg.backend.Backend;
import dev.thalweg.backend.BackendChoice;
import dev.thalweg.backend.Backends;
import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Threads;

/**
 * What computes, and where.
 *
 * @param backend which
 * @param threads how many compute on the CPU
 * @param device where
 */
public record BackendSpec(BackendChoice backend, Threads threads, Device device) {
    /** {@return what computes where nothing was chosen: see {@link Backends#open()}} */
    public static BackendSpec automatic() {
        return new BackendSpec(BackendChoice.preset(), Threads.auto(), Device.cpu());
    }

    /** {@return the backend, to be closed} */
    public Backend open() {
        return open(threads.count());
    }

    /**
     * {@return the backend with another number of threads, to be closed}
     *
     * @param count how many compute on the CPU
     */
    public Backend open(int count) {
        return Backends.open(backend, Threads.of(count), device);
    }
}
