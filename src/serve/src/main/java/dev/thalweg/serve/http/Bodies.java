package dev.thalweg.serve.http;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads the bodies of requests: none is larger than it may be, nor slower, and all of them together hold no more memory
 * than there is for them.
 */
final class Bodies {
    private static final int KIB = 1024;

    private final int largest;
    private final Duration timeout;
    /** Kibibytes that there is room for. */
    private final Semaphore room;

    /**
     * Bounds them.
     *
     * @param largest bytes of a body
     * @param all bytes of those that are held at a time
     * @param timeout within which one has to come
     */
    Bodies(int largest, long all, Duration timeout) {
        this.largest = largest;
        this.timeout = timeout;
        this.room =
                new Semaphore(Math.toIntExact(Math.max(kibibytes(largest), Math.min(all / KIB, Integer.MAX_VALUE))));
    }

    private static int kibibytes(int bytes) {
        return Math.ceilDiv(bytes, KIB);
    }

    /** What is done with a body while it is held. */
    @FunctionalInterface
    interface Use {
        void with(byte[] body) throws Exception;
    }

    /**
     * Reads a body.
     *
     * @throws HttpProblem if it is too large or comes too slowly, or there is no room for it
     */
    void read(ServerRequest request, Use use) throws Exception {
        // Who says that much will come, and sends nothing, takes no room from others.
        AtomicInteger held = new AtomicInteger();
        try {
            use.with(request.content().hasEntity() ? bytes(request.content().inputStream(), held) : new byte[0]);
        } finally {
            room.release(held.get());
        }
    }

    private byte[] bytes(InputStream in, AtomicInteger held) throws HttpProblem {
        long start = System.nanoTime();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[8 * KIB];
        // Clients that are answered before they have sent all may never see the answer.
        boolean isTooLarge = false;
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                isTooLarge |= read > largest - all.size();
                if (!isTooLarge) {
                    hold(kibibytes(all.size() + read), held);
                    all.write(buffer, 0, read);
                }
                if (System.nanoTime() - start > timeout.toNanos()) {
                    throw tooSlow();
                }
            }
        } catch (IOException | RuntimeException e) {
            // Helidon says in exceptions of its own that a body ends too early, or is no chunk.
            throw e instanceof SocketTimeoutException || e.getCause() instanceof SocketTimeoutException
                    ? tooSlow()
                    : new HttpProblem(Status.BAD_REQUEST_400, "the body ends too early");
        }
        if (isTooLarge) {
            throw new HttpProblem(
                    Status.REQUEST_ENTITY_TOO_LARGE_413, "expected a body of at most " + largest + " bytes, got more");
        }
        return all.toByteArray();
    }

    private void hold(int kibibytes, AtomicInteger held) throws HttpProblem {
        int more = kibibytes - held.get();
        if (!room.tryAcquire(more)) {
            throw new HttpProblem(
                    Status.SERVICE_UNAVAILABLE_503,
                    "there is no room for another request now",
                    Optional.of(Duration.ofSeconds(1)));
        }
        held.set(kibibytes);
    }

    private HttpProblem tooSlow() {
        return new HttpProblem(Status.REQUEST_TIMEOUT_408, "expected the body within " + timeout.toSeconds() + " s");
    }
}
