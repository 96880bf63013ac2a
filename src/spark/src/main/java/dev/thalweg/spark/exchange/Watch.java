package dev.thalweg.spark.exchange;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;

/** Tells others that this replica is alive, and notices which of them is silent. */
final class Watch implements AutoCloseable {
    private static final long BEAT_MILLIS = 1000;

    private final PeerCollective collective;
    private final long patienceNanos;
    private final AtomicLongArray heard;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("thalweg-replicas").factory());

    private final BooleanSupplier cancelled;

    Watch(PeerCollective collective, int size, Duration patience, BooleanSupplier cancelled) {
        this.cancelled = cancelled;
        this.collective = collective;
        this.patienceNanos = patience.toNanos();
        this.heard = new AtomicLongArray(size);
    }

    void start() {
        for (int other = 0; other < heard.length(); other++) {
            heard(other);
        }
        var _ = clock.scheduleAtFixedRate(this::tick, 0, BEAT_MILLIS, TimeUnit.MILLISECONDS);
    }

    void heard(int replica) {
        heard.set(replica, System.nanoTime());
    }

    /** What is thrown would end all later ticks, and nobody would watch any more. */
    private void tick() {
        try {
            look();
        } catch (RuntimeException | Error e) {
            collective.fail("nobody watches over the other replicas any more: " + e);
        }
    }

    private void look() {
        if (cancelled.getAsBoolean()) {
            collective.fail("this replica's task was killed");
        }
        collective.beat();
        long now = System.nanoTime();
        for (int other = 0; other < heard.length(); other++) {
            if (other != collective.rank() && now - heard.get(other) > patienceNanos) {
                collective.fail("replica " + other + " has been silent for "
                        + TimeUnit.NANOSECONDS.toSeconds(now - heard.get(other))
                        + " s: look in its executor's log for what stopped it");
            }
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
