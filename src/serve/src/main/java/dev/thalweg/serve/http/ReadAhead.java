package dev.thalweg.serve.http;

import io.helidon.webserver.ConnectionContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices when clients go who wait for an answer. Of a connection that ends only who reads is told: so of those that
 * wait for long, what comes after the request is read by another thread, the beginning of the next request or that
 * there is none.
 */
public final class ReadAhead implements AutoCloseable {
    private final Watchdog watchdog;
    private final Duration idle;
    /** By the thread of a connection. */
    private final Map<Thread, Waiter> waiters = new ConcurrentHashMap<>();
    /** Connections whose last request is answered, and which are read for their next one. */
    private final Set<ConnectionContext> between = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    /** A client who waits. */
    private static final class Waiter {
        private final ConnectionContext connection;
        private final CompletableFuture<Void> gone = new CompletableFuture<>();
        private boolean seen;
        private boolean answered;
        /** Done when something comes; failed if nothing does any more. */
        private @Nullable CompletableFuture<Void> next;

        Waiter(ConnectionContext connection) {
            this.connection = connection;
        }

        /** Reads his connection if he has waited since the last look already; whether he is found gone. */
        synchronized boolean look() {
            if (!answered && next == null && seen) {
                next = CompletableFuture.runAsync(
                        () -> connection.dataReader().ensureAvailable(),
                        reads -> Thread.ofVirtual().name("thalweg client").start(reads));
                var _ = next.whenComplete((_, ended) -> {
                    if (ended != null) {
                        gone.complete(null);
                    }
                });
            }
            seen = true;
            return gone.isDone();
        }

        /** {@return what reads his connection, if somebody does; from now on nobody begins to} */
        synchronized Optional<CompletableFuture<Void>> answered() {
            answered = true;
            return Optional.ofNullable(next);
        }
    }

    /**
     * Starts with nobody to look for.
     *
     * @param watchdog knows the connection of each thread
     * @param idle how long a connection may stay open without a request
     */
    public ReadAhead(Watchdog watchdog, Duration idle) {
        this.watchdog = watchdog;
        this.idle = idle;
        // An answer that cannot be sent any more is not told of as sent.
        watchdog.whenItLooks(() -> waiters.values().removeIf(Waiter::look));
    }

    /** Does something when the client goes whose request this thread answers, and has read to its end. */
    void whenGone(Runnable action) {
        Optional<ConnectionContext> connection = watchdog.connection();
        if (connection.isPresent()) {
            Waiter waiter = waiters.computeIfAbsent(Thread.currentThread(), _ -> new Waiter(connection.get()));
            var _ = waiter.gone.thenRun(action);
        }
    }

    /**
     * This thread has answered. When this returns, a connection that goes on is its own again: the next request has
     * begun to come, or there will be none.
     *
     * @param goesOn whether the server waits for another request
     */
    void answered(BooleanSupplier goesOn) {
        Waiter waiter = waiters.remove(Thread.currentThread());
        Optional<CompletableFuture<Void>> next = waiter == null ? Optional.empty() : waiter.answered();
        if (waiter == null || next.isEmpty() || !goesOn.getAsBoolean()) {
            return;
        }
        watchdog.watch(waiter.connection, idle);
        between.add(waiter.connection);
        try {
            if (closed) {
                Watchdog.close(waiter.connection);
            }
            next.get().get();
        } catch (InterruptedException e) {
            Watchdog.close(waiter.connection);
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            // The connection has ended, which its thread finds when it reads.
        } finally {
            between.remove(waiter.connection);
            watchdog.answered();
        }
    }

    /** Closes the connections that wait for their next request, and from now on those that would. */
    @Override
    public void close() {
        closed = true;
        between.forEach(Watchdog::close);
    }
}
