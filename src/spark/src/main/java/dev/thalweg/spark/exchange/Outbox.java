package dev.thalweg.spark.exchange;

import dev.thalweg.collective.CollectiveException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What one replica sends, and what of it has not gone out yet. */
final class Outbox {
    private static final long LOOK_UP_MILLIS = 200;

    private final Links links;
    private final int rank;
    private final int size;
    private final List<Future<?>> begun = new ArrayList<>();

    Outbox(Links links, int rank, int size) {
        this.links = links;
        this.rank = rank;
        this.size = size;
    }

    /** Begins to send numbers to one replica, from where they lie. */
    void sendNumbers(int to, Message message) {
        note(links.sendNumbers(to, message));
    }

    /** Begins to send a short message to all others. */
    void send(Message.Kind kind, long exchange, byte[] body) {
        for (int other = 0; other < size; other++) {
            if (other != rank) {
                note(links.send(other, new Message(kind, exchange, rank, ByteBuffer.wrap(body))));
            }
        }
    }

    private synchronized void note(Future<?> sending) {
        begun.add(sending);
    }

    /**
     * Waits until everything has gone out.
     *
     * @param exchanges which may fail meanwhile
     */
    void await(Exchanges exchanges) {
        List<Future<?>> all;
        synchronized (this) {
            all = List.copyOf(begun);
            begun.clear();
        }
        all.forEach(each -> await(each, exchanges));
    }

    /** A machine that has stopped never says that it has what was sent: whoever waits looks up now and then. */
    private static void await(Future<?> each, Exchanges exchanges) {
        while (true) {
            try {
                each.get(LOOK_UP_MILLIS, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                exchanges.check();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CollectiveException("interrupted while sending to other replicas", e);
            } catch (ExecutionException e) {
                throw new CollectiveException("another replica cannot be reached: " + e.getCause(), e);
            }
        }
    }
}
