package dev.thalweg.inference;

import dev.thalweg.text.Counted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Requests that wait, the first that came first, for one thread that takes them in batches. It knows which model is to
 * answer those that come, so that those for one model are never between those for another.
 */
final class RequestQueue {
    private final Batching batching;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final SequencedSet<InferenceRequest> waiting = new LinkedHashSet<>();
    /** Pictures of those that wait. */
    private int pictures;
    /** Of late, a moving average; 0 before the first batch. */
    private double nanosOfPicture;

    private Inference model;
    private boolean closed;

    RequestQueue(Batching batching, Inference model) {
        this.batching = batching;
        this.model = model;
    }

    /**
     * Adds a request for the model that is there now.
     *
     * @param asked makes it, or none if it was made for another model; throws if the model cannot answer it
     * @throws OverloadedException if the queue is full
     * @throws IllegalArgumentException if it could not hold them if it was empty
     * @throws IllegalStateException if this is closed
     */
    Optional<InferenceRequest> add(Function<Inference, Optional<InferenceRequest>> asked) {
        lock.lock();
        try {
            checkOpen();
            Optional<InferenceRequest> made = asked.apply(model);
            if (made.isEmpty()) {
                return made;
            }
            InferenceRequest request = made.get();
            int count = request.count();
            if (count > batching.queueCapacity()) {
                throw new IllegalArgumentException("expected at most "
                        + Counted.of(batching.queueCapacity(), "picture") + " at a time, which the queue holds, got "
                        + count);
            }
            if (count > batching.queueCapacity() - pictures) {
                throw new OverloadedException(
                        "expected at most " + Counted.of(batching.queueCapacity(), "picture") + " to wait, got " + count
                                + " beside " + pictures,
                        Duration.ofNanos((long) (pictures * nanosOfPicture)));
            }
            waiting.add(request);
            pictures += count;
            changed.signalAll();
            return made;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has another model answer those that come from now on.
     *
     * @return what is answered when all others before it are
     */
    InferenceRequest swap(Inference next) {
        lock.lock();
        try {
            checkOpen();
            model = next;
            InferenceRequest turn = InferenceRequest.turnOf(next);
            waiting.add(turn);
            changed.signalAll();
            return turn;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out what nobody wants to know any more, if it still waits. */
    void remove(InferenceRequest request) {
        lock.lock();
        try {
            if (waiting.remove(request)) {
                pictures -= request.count();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for requests and takes those of one batch: of one model, as many as the largest batch holds, or a single
     * one that is larger.
     *
     * @return none if this is closed and nothing waits
     */
    List<InferenceRequest> take() {
        lock.lock();
        try {
            do {
                while (!isReady()) {
                    changed.awaitUninterruptibly();
                }
                awaitOthers();
            } while (!isReady());
            return first();
        } finally {
            lock.unlock();
        }
    }

    private boolean isReady() {
        return closed || !waiting.isEmpty();
    }

    /** Gives others the time to come that the first one has; meanwhile all may have gone. */
    private void awaitOthers() {
        long delay = batching.maxDelay().toNanos();
        while (!closed
                && !waiting.isEmpty()
                && pictures < waiting.getFirst().model().largestBatch()) {
            long left = delay - (System.nanoTime() - waiting.getFirst().arrival());
            if (left <= 0) {
                return;
            }
            try {
                changed.awaitNanos(left);
            } catch (InterruptedException e) {
                // Nobody interrupts the thread of a service; who did would have it wait no longer.
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private List<InferenceRequest> first() {
        List<InferenceRequest> batch = new ArrayList<>();
        int count = 0;
        for (Iterator<InferenceRequest> each = waiting.iterator(); each.hasNext(); ) {
            InferenceRequest request = each.next();
            if (!batch.isEmpty()
                    && (!request.goesWith(batch.getFirst())
                            || count + request.count() > request.model().largestBatch())) {
                break;
            }
            each.remove();
            batch.add(request);
            count += request.count();
        }
        pictures -= count;
        return batch;
    }

    /** Is told how fast it goes, for those who are refused. */
    void computed(int count, long nanos) {
        lock.lock();
        try {
            double each = (double) nanos / count;
            nanosOfPicture = nanosOfPicture == 0 ? each : 0.9 * nanosOfPicture + 0.1 * each;
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many pictures wait} */
    int pictures() {
        lock.lock();
        try {
            return pictures;
        } finally {
            lock.unlock();
        }
    }

    /** {@return what answers those that come now} */
    Inference model() {
        lock.lock();
        try {
            checkOpen();
            return model;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses all that come, and takes those that wait. */
    List<InferenceRequest> drain() {
        lock.lock();
        try {
            close();
            List<InferenceRequest> all = List.copyOf(waiting);
            waiting.clear();
            pictures = 0;
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses all that come; those that wait are still taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this service is closed; start another to use the model");
        }
    }
}
