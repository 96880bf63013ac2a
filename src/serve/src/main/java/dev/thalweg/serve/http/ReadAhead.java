package dev.thalweg.serve.http;

import io.helidon.webserver.ConnectionContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Notices when clients go who wait for an answer. Of a connection that ends only who reads is told: so what comes after
 * the request is read, the beginning of the next one or that there is none, by another thread.
 */
public final class ReadAhead implements AutoCloseable {
    private final Watchdog watchdog;
    private final Duration idle;
    /** By the thread of a connection. */
    private final Map<Thread, Reading> readings = new ConcurrentHashMap<>();
    /** What reads for the next request of a connection whose last one is answered. */
    private final Set<Reading> between = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /**
     * A connection that is read by another thread than its own.
     *
     * @param connection by itself
     * @param next done when something comes; failed if nothing does any more
     */
    private record Reading(ConnectionContext connection, CompletableFuture<Void> next) {}

    /**
     * Starts with nobody to look for.
     *
     * @param watchdog knows the connection of each thread
     * @param idle how long a connection may stay open without a request
     */
    public ReadAhead(Watchdog watchdog, Duration idle) {
        this.watchdog = watchdog;
        this.idle = idle;
    }

    /** Does something when the client goes whose request this thread answers, and has read to its end. */
    void whenGone(Runnable action) {
        Optional<ConnectionContext> connection = watchdog.connection();
        if (connection.isEmpty()) {
            return;
        }
        Thread asked = Thread.currentThread();
        Reading reading = readings.computeIfAbsent(asked, _ -> read(connection.get()));
        var _ = reading.next().whenComplete((_, gone) -> {
            if (gone != null) {
                readings.remove(asked, reading);
                action.run();
            }
        });
    }

    private static Reading read(ConnectionContext connection) {
        return new Reading(
                connection,
                CompletableFuture.runAsync(
                        () -> connection.dataReader().ensureAvailable(),
                        reads -> Thread.ofVirtual().name("thalweg client").start(reads)));
    }

    /**
     * This thread has answered. When this returns, a connection that goes on is its own again: the next request has
     * begun to come, or there will be none.
     *
     * @param goesOn whether the server waits for another request
     */
    void answered(boolean goesOn) {
        Reading reading = readings.remove(Thread.currentThread());
        if (reading == null || !goesOn) {
            return;
        }
        watchdog.watch(reading.connection(), idle);
        between.add(reading);
        try {
            if (closed) {
                Watchdog.close(reading.connection());
            }
            reading.next().get();
        } catch (InterruptedException e) {
            Watchdog.close(reading.connection());
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            // The connection has ended, which its thread finds when it reads.
        } finally {
            between.remove(reading);
            watchdog.answered();
        }
    }

    /** Closes the connections that wait for their next request, and from now on those that would. */
    @Override
    public void close() {
        closed = true;
        between.forEach(reading -> Watchdog.close(reading.connection()));
    }
}
