package dev.thalweg.spark;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Things that are dear to make, shared by all who want the same at a time, and freed when nobody has wanted them for a
 * while: tasks of one job that come one after another find what the first one made.
 *
 * @param <K> by which they are known
 * @param <V> what they are
 */
final class Leases<K, V> {
    /**
     * Makes one.
     *
     * @param <V> what it is
     */
    interface Maker<V> {
        V make() throws IOException;
    }

    private final Consumer<V> free;
    private final Executor later;
    private final Map<K, Held> held = new HashMap<>();

    /**
     * Holds nothing yet.
     *
     * @param idle for how long a thing stays that nobody uses
     * @param free frees one
     */
    Leases(Duration idle, Consumer<V> free) {
        this.free = free;
        this.later = CompletableFuture.delayedExecutor(idle.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** {@return a thing, made if it is not there, to be closed by whoever has no more use for it} */
    synchronized Lease take(K key, Maker<V> maker) throws IOException {
        Held one = held.get(key);
        if (one == null) {
            one = new Held(key, maker.make());
            held.put(key, one);
        }
        one.users++;
        one.taken++;
        return new Lease(one);
    }

    private synchronized void giveBack(Held one) {
        one.users--;
        long takenBefore = one.taken;
        if (one.users == 0) {
            later.execute(() -> freeUnlessTaken(one, takenBefore));
        }
    }

    private synchronized void freeUnlessTaken(Held one, long takenBefore) {
        if (one.taken == takenBefore) {
            held.remove(one.key);
            free.accept(one.value);
        }
    }

    private final class Held {
        private final K key;
        private final V value;
        private int users;
        /** How often, so that whoever looks later knows whether it was meanwhile. */
        private long taken;

        private Held(K key, V value) {
            this.key = key;
            this.value = value;
        }
    }

    /** The right to use a thing until this is closed; closing again does nothing. */
    final class Lease implements AutoCloseable {
        private final Held of;
        private boolean closed;

        private Lease(Held of) {
            this.of = of;
        }

        V value() {
            return of.value;
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                giveBack(of);
            }
        }
    }
}
