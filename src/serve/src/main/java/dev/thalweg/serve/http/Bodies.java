package dev.thalweg.serve.http;

import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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

    /**
     * What is done with a body while it is held.
     *
     * @param <T> of what comes of it
     */
    @FunctionalInterface
    interface Use<T> {
        T with(byte[] body) throws Exception;
    }

    /** The room that a body takes: as much as has come. Who says that much will, and sends nothing, takes none. */
    private final class Held {
        private int kibibytes;
        private boolean over;

        /** {@return whether there is room for so much} */
        synchronized boolean grow(int to) throws HttpProblem {
            if (over) {
                throw tooSlow();
            }
            boolean isRoom = room.tryAcquire(to - kibibytes);
            kibibytes = isRoom ? to : kibibytes;
            return isRoom;
        }

        /** Gives its room to others, while what is left of the body is still read. */
        synchronized void empty() {
            room.release(kibibytes);
            kibibytes = 0;
        }

        synchronized void release() {
            over = true;
            empty();
        }
    }

    /**
     * Reads a body, and uses it. The answer is sent when it is no longer held.
     *
     * @throws HttpProblem if it is too large or comes too slowly, or there is no room for it
     */
    <T> T read(ServerRequest request, Use<T> use) throws Exception {
        Held held = new Held();
        try {
            return use.with(
                    request.content().hasEntity() ? inTime(request.content().inputStream(), held) : new byte[0]);
        } finally {
            held.release();
        }
    }

    /**
     * Has another thread read, which may wait for ever for a client that sends nothing more: it ends when the
     * connection is closed, which is done when this request is answered.
     */
    private byte[] inTime(InputStream in, Held held) throws Exception {
        FutureTask<byte[]> reading = new FutureTask<>(() -> bytes(in, held));
        Thread.ofVirtual().name("thalweg body").start(reading);
        try {
            return reading.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw tooSlow();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HttpProblem problem) {
                throw problem;
            }
            // Helidon says in exceptions of its own that a body ends too early.
            throw new HttpProblem(Status.BAD_REQUEST_400, "the body ends too early");
        }
    }

    private byte[] bytes(InputStream in, Held held) throws HttpProblem, IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] buffer = new byte[8 * KIB];
        // Clients that are answered before they have sent all may never see the answer.
        Optional<HttpProblem> refused = Optional.empty();
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            if (refused.isPresent()) {
                continue;
            }
            refused = refusal(held, all.size(), read);
            if (refused.isEmpty()) {
                all.write(buffer, 0, read);
            } else {
                all = new ByteArrayOutputStream();
                held.empty();
            }
        }
        if (refused.isPresent()) {
            throw refused.get();
        }
        return all.toByteArray();
    }

    /** Why no more of a body is held, if it is not. */
    private Optional<HttpProblem> refusal(Held held, int size, int more) throws HttpProblem {
        if (more > largest - size) {
            return Optional.of(new HttpProblem(
                    Status.REQUEST_ENTITY_TOO_LARGE_413, "expected a body of at most " + largest + " bytes, got more"));
        }
        return held.grow(kibibytes(size + more))
                ? Optional.empty()
                : Optional.of(HttpProblem.passing("there is no room for another request now", Duration.ofSeconds(1)));
    }

    private HttpProblem tooSlow() {
        return new HttpProblem(
                Status.REQUEST_TIMEOUT_408, "expected the body within " + timeout.toMillis() / 1000.0 + " s");
    }
}
