package dev.thalweg.backend;

import java.util.Locale;

/**
 * Which backend computes. {@link Backends#names} lists those that are there; one may come from another module.
 *
 * @param name one word of small letters, or {@code auto}
 */
public record BackendChoice(String name) {
    /** The backend of the highest rank that works here. */
    public static final BackendChoice AUTO = new BackendChoice("auto");
    /** oneDNN's kernels, on the CPU or an Intel GPU. */
    public static final BackendChoice ONEDNN = new BackendChoice("onednn");
    /** Plain Java. */
    public static final BackendChoice JAVA = new BackendChoice("java");

    /** Letters are made small. */
    public BackendChoice {
        name = name.toLowerCase(Locale.ROOT);
    }

    /**
     * {@return the choice that a word names}
     *
     * @param name of a backend, or {@code auto}; whether it is there shows when it is opened
     */
    public static BackendChoice of(String name) {
        return new BackendChoice(name);
    }

    /**
     * {@return what the system property {@value Backends#BACKEND_PROPERTY} names, else {@link #AUTO}}
     */
    public static BackendChoice preset() {
        return of(System.getProperty(Backends.BACKEND_PROPERTY, AUTO.name()));
    }

    /** The word. */
    @Override
    public String toString() {
        return name;
    }
}
