package dev.thalweg.serve.http;

import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** A request that is answered by a status and a sentence. */
final class HttpProblem extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Status status;
    private final transient Optional<Header> header;

    HttpProblem(Status status, String message) {
        this(status, message, Optional.empty());
    }

    HttpProblem(Status status, String message, Optional<Header> header) {
        super(message);
        this.status = status;
        this.header = header;
    }

    /** What will pass: the client may ask again after a while. */
    static HttpProblem passing(String message, Duration retryAfter) {
        long seconds = Math.max(1, retryAfter.plusMillis(999).toSeconds());
        return new HttpProblem(
                Status.SERVICE_UNAVAILABLE_503,
                message,
                Optional.of(HeaderValues.create(HeaderNames.RETRY_AFTER, seconds)));
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

    /** {@return what else the client is told, in the answer's headers} */
    Optional<Header> header() {
        return header;
    }
}
