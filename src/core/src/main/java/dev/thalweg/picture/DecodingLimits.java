package dev.thalweg.picture;

import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;

/**
 * How much is decoded: pictures up to a number of pixels, and as many at once as a quarter of the heap holds. A single
 * picture is always let in.
 */
final class DecodingLimits {
    /** The system property that says how many millions of pixels a picture may have. */
    static final String MEGAPIXELS_PROPERTY = "thalweg.pictures.megapixels";

    private static final long DEFAULT_MEGAPIXELS = 100;
    /** Samples as the decoder gives them, and a picture of them that is turned. */
    private static final long BYTES_PER_PIXEL = 8;

    private static final int CHUNK = 1 << 16;
    private static final int CHUNKS = Math.clamp(Runtime.getRuntime().maxMemory() / 4 / CHUNK, 1, Integer.MAX_VALUE);
    private static final Semaphore FREE = new Semaphore(CHUNKS, true);

    private DecodingLimits() {}

    /** {@return how many pixels a picture may have} */
    static long mostPixels() {
        String set = System.getProperty(MEGAPIXELS_PROPERTY, Long.toString(DEFAULT_MEGAPIXELS));
        if (!set.matches("[1-9]\\d{0,8}")) {
            throw new IllegalArgumentException("system property " + MEGAPIXELS_PROPERTY
                    + " must be a positive number of millions, got \"" + set + "\"");
        }
        return Long.parseLong(set) * 1_000_000;
    }

    /** {@return how many bytes of the heap it takes to decode a picture, about} */
    static long bytes(int width, int height) {
        return Math.multiplyFull(width, height) * BYTES_PER_PIXEL;
    }

    /** Memory that is spoken for until it is closed. */
    static final class Claim implements AutoCloseable {
        private final int chunks;

        private Claim(int chunks) {
            this.chunks = chunks;
        }

        @Override
        public void close() {
            FREE.release(chunks);
        }
    }

    /** Waits until there is memory for a picture. */
    static Claim claim(int width, int height) throws InterruptedIOException {
        int chunks = (int) Math.min(CHUNKS, bytes(width, height) / CHUNK + 1);
        try {
            FREE.acquire(chunks);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for memory to decode a picture");
        }
        return new Claim(chunks);
    }
}
