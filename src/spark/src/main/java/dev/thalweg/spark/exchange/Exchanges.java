package dev.thalweg.spark.exchange;

import dev.thalweg.collective.CollectiveException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All exchanges that are not over, counted from 0 in all replicas alike; who waits for one waits here, until it is
 * done, somebody fails or whom it needs has left.
 */
final class Exchanges {
    private static final int NOBODY = -1;

    private final int rank;
    private final int size;
    private final Map<Long, Exchange> known = new HashMap<>();
    private long next;
    /** The oldest exchange that nobody has waited for yet. */
    private long oldest;

    /** Null as long as all is well. */
    private @Nullable String failure;

    private final BitSet left = new BitSet();

    Exchanges(int rank, int size) {
        this.rank = rank;
        this.size = size;
    }

    /** Begins the next one. */
    synchronized long begin() {
        check();
        return next++;
    }

    /** Changes an exchange, which those who wait are told; what that comes to. */
    synchronized <T> T change(long exchange, Function<Exchange, T> how) {
        T result = how.apply(known(exchange));
        notifyAll();
        return result;
    }

    /** The exchange itself, for who alone uses a part of it. */
    synchronized Exchange of(long exchange) {
        return known(exchange);
    }

    private Exchange known(long exchange) {
        return known.computeIfAbsent(exchange, _ -> new Exchange(rank, size));
    }

    /** Waits for all sums that were begun; which these are. */
    synchronized List<Sum> awaitSums() {
        List<Sum> done = new ArrayList<>();
        while (oldest < next) {
            Exchange exchange = known(oldest);
            await(exchange::hasSums, () -> left.isEmpty() ? NOBODY : left.nextSetBit(0));
            done.add(exchange.sum());
            known.remove(oldest);
            oldest++;
        }
        return done;
    }

    synchronized byte[] awaitOwn(long exchange, int of) {
        Exchange current = known(exchange);
        while (true) {
            byte[] own = current.own(of);
            if (own != null) {
                return own;
            }
            await(() -> current.own(of) != null, () -> left.get(of) ? of : NOBODY);
        }
    }

    /** Nobody waits for anything before this any more. */
    synchronized void end(long exchange) {
        known.remove(exchange);
        oldest = next;
    }

    /** Waits until something is so, which other threads bring about; or until somebody has left who must do it. */
    private synchronized void await(BooleanSupplier done, IntSupplier missing) {
        while (!done.getAsBoolean()) {
            check();
            if (missing.getAsInt() != NOBODY) {
                throw new CollectiveException("replica " + missing.getAsInt()
                        + " has left: look in its executor's log for what became of it");
            }
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CollectiveException("interrupted while waiting for other replicas", e);
            }
        }
    }

    synchronized void check() {
        if (failure != null) {
            throw new CollectiveException(failure);
        }
    }

    /** No exchange can be waited for any more; the first reason counts. */
    synchronized void fail(String reason) {
        if (failure == null) {
            failure = reason;
        }
        notifyAll();
    }

    /** What comes before a replica leaves counts: it may have been all that was wanted of it. */
    synchronized void leave(int replica) {
        left.set(replica);
        notifyAll();
    }
}
