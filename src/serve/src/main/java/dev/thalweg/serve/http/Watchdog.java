package dev.thalweg.serve.http;

import io.helidon.http.Headers;
import io.helidon.http.HttpPrologue;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Closes connections whose client is too slow: headers have to come in time, and an answer to be taken. Else a few
 * bytes a minute would hold a connection for ever.
 */
public final class Watchdog implements Http1ConnectionListener, AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(250);

    private final Duration headers;
    private final Duration request;
    /** By the thread of a connection, which reads its requests and answers them. */
    private final Map<Thread, Watched> watched = new ConcurrentHashMap<>();

    private final List<Runnable> others = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("thalweg watchdog").daemon().factory());

    /**
     * A connection with a request that is not done.
     *
     * @param connection by itself
     * @param end by {@link System#nanoTime}
     */
    private record Watched(ConnectionContext connection, long end) {}

    /**
     * Starts to watch.
     *
     * @param headers within which they have to come, from a request's first line on
     * @param request within which it has to be done with, from its headers on
     */
    public Watchdog(Duration headers, Duration request) {
        this.headers = headers;
        this.request = request;
        var _ = looks.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void prologue(ConnectionContext connection, HttpPrologue prologue) {
        watch(connection, headers);
    }

    @Override
    public void headers(ConnectionContext connection, Headers headers) {
        watch(connection, request);
    }

    /** Has it closed after a while, if nothing else is said of it before. */
    void watch(ConnectionContext connection, Duration time) {
        watched.put(Thread.currentThread(), new Watched(connection, System.nanoTime() + time.toNanos()));
    }

    /** Has something else looked at as often. */
    void whenItLooks(Runnable other) {
        others.add(other);
    }

    /** {@return the connection of this thread, which answers a request} */
    Optional<ConnectionContext> connection() {
        return Optional.ofNullable(watched.get(Thread.currentThread())).map(Watched::connection);
    }

    /** The request of this thread is answered. */
    void answered() {
        watched.remove(Thread.currentThread());
    }

    private void look() {
        others.forEach(Runnable::run);
        long now = System.nanoTime();
        watched.forEach((thread, late) -> {
            if (late.end() - now < 0 && watched.remove(thread, late)) {
                // Whoever writes to it may have to be waited for.
                Thread.ofVirtual().start(() -> close(late.connection()));
            }
        });
    }

    static void close(ConnectionContext connection) {
        try {
            connection.serverSocket().close();
        } catch (RuntimeException e) {
            // It is closed already.
        }
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }
}
