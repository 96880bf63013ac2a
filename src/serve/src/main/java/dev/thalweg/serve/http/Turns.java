package dev.thalweg.serve.http;

import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What takes a processor for a while is done by as many requests at a time as there are processors. */
final class Turns {
    private final Semaphore processors = new Semaphore(Runtime.getRuntime().availableProcessors(), true);

    /**
     * Does something when it is its turn.
     *
     * @throws TimeoutException if its time is over before
     */
    <T> T take(Deadline deadline, Callable<T> work) throws Exception {
        if (!processors.tryAcquire(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException("too many requests are being read");
        }
        try {
            return work.call();
        } finally {
            processors.release();
        }
    }
}
