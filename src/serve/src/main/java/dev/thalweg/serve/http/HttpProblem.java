package dev.thalweg.serve.http;

import io.helidon.http.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

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

    /** Answers a question that a model does not take, whose asker is told so. */
    static <T> T ofClient(Callable<T> question) throws Exception {
        try {
            return question.call();
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(Status.BAD_REQUEST_400, String.valueOf(e.getMessage()));
        }
    }

    Status status() {
        return status;
    }

    Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
