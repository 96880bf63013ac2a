package dev.thalweg.serve.http;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * When a request has to be answered: whatever is done for it shares the time that is left.
 *
 * @param end by {@link System#nanoTime}
 */
record Deadline(long end) {
    static Deadline in(Duration time) {
        return new Deadline(System.nanoTime() + time.toNanos());
    }

    /** {@return this, or what is over after a while, if that is earlier} */
    Deadline orIn(Optional<Duration> time) {
        Duration left = Duration.ofNanos(end - System.nanoTime());
        return time.filter(shorter -> shorter.compareTo(left) < 0)
                .map(Deadline::in)
                .orElse(this);
    }

    /** {@return what is left, above 0} */
    Duration left() throws TimeoutException {
        long nanos = end - System.nanoTime();
        if (nanos <= 0) {
            throw new TimeoutException("the time of the request is over");
        }
        return Duration.ofNanos(nanos);
    }
}
