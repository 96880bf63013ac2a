package dev.thalweg.backend.winograd;

/** How kernels of 3×3 are transformed many at a time. */
public final class KernelChunks {
    /** Numbers of a kernel's side. */
    static final int TAPS = 3;

    /** So many kernels are transformed together: arrays of theirs stay in the nearest caches. */
    static final int CHUNK = 1024;

    private KernelChunks() {}

    /**
     * {@return how many chunks kernels fall into, of which each is an item of work}
     *
     * @param count how many kernels
     */
    public static int chunks(int count) {
        return Math.ceilDiv(count, CHUNK);
    }

    /** Transforms kernels from one on, so many of them. */
    @FunctionalInterface
    interface Chunk {
        void transform(int first, int length);
    }

    /** Transforms chunks one after another, of which the last may be shorter. */
    static void forEachChunk(int from, int to, int count, Chunk chunk) {
        for (int i = from; i < to; i++) {
            int first = i * CHUNK;
            chunk.transform(first, Math.min(CHUNK, count - first));
        }
    }
}
