package dev.thalweg.backend.winograd;

/** How kernels of 3×3 are transformed many at a time. */
public final class Kernels {
    /** Numbers of a kernel's side. */
    static final int TAPS = 3;

    /** So many kernels are transformed together: arrays of theirs stay in the nearest caches. */
    static final int CHUNK = 1024;

    private Kernels() {}

    /**
     * {@return how many chunks kernels fall into, of which each is an item of work}
     *
     * @param count how many kernels
     */
    public static int chunks(int count) {
        return (count + CHUNK - 1) / CHUNK;
    }
}
