package dev.thalweg.serve.http;

import io.helidon.http.Status;
import java.time.Duration;
import java.util.Optional;

/** A request that is answered by a status and a sentence. */
final class HttpProblem extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Status status;
    private final transient Optional<Duration> retryAfter;

    HttpProblem(Status status, String message) {
        this(status, message, Optional.empty());
    }

    HttpProblem(Status status, String message, Optional<Duration> retryAfter) {
        super(message);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    Status status() {
        return status;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
