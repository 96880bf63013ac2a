package dev.thalweg.backend;

import dev.thalweg.tensor.Device;
import dev.thalweg.tensor.Threads;
import dev.thalweg.tensor.UnavailableException;
import java.util.Map;
import java.util.Optional;

/**
 * Says whether a backend works on this machine and opens it. {@link Backends} finds providers by
 * {@link java.util.ServiceLoader}: a module provides this service, a jar on the class path names its provider in
 * {@code META-INF/services}. Safe for use by several threads.
 */
public interface BackendProvider {
    /**
     * {@return the name the backend is chosen by; one word of small letters}
     */
    String name();

    /**
     * {@return what computing by it means, for people: it follows "computing in"}
     */
    String description();

    /**
     * {@return its place among the backends: where nobody names one, the one of the highest rank that works is taken}
     */
    int rank();

    /**
     * {@return why it cannot be used here; empty where it can}
     */
    Optional<String> problem();

    /**
     * {@return how many GPUs it computes on; 0 where it cannot be used}
     */
    int gpuCount();

    /**
     * Looks at what the backend is on this machine.
     *
     * @return for people, by heading; empty where there is nothing to say
     * @throws IllegalArgumentException if a setting of its own is wrong
     */
    Map<String, String> details();

    /**
     * Opens the backend.
     *
     * @param threads how many compute on the CPU
     * @param device the CPU or a GPU; never {@link Device#auto}, as {@link Backends} chooses
     * @return the backend, to be closed
     * @throws IllegalArgumentException if it does not compute on such a device at all, or a setting of its own is wrong
     * @throws UnavailableException if it, or that GPU, cannot be used here
     */
    Backend open(Threads threads, Device device);
}
