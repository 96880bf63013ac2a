package dev.thalweg.serve.http;

import dev.thalweg.inference.OverloadedException;
import dev.thalweg.io.BadFileException;
import dev.thalweg.serve.models.ModelGoneException;
import dev.thalweg.serve.protocol.ProtocolException;
import dev.thalweg.tensor.MemoryLimitException;
import dev.thalweg.tensor.ShapeException;
import dev.thalweg.tensor.UnavailableException;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** Says of whatever a handler threw what the client is told: the fault is his, or ours, or it will pass. */
final class Problems {
    private static final System.Logger LOG = System.getLogger(Problems.class.getName());
    private static final Duration SOON = Duration.ofSeconds(1);

    private Problems() {}

    static HttpProblem of(Throwable e) {
        return switch (e) {
            case HttpProblem problem -> problem;
            case ProtocolException wrong -> new HttpProblem(Status.BAD_REQUEST_400, message(wrong));
            case BadFileException bad -> new HttpProblem(Status.BAD_REQUEST_400, message(bad));
            case ModelGoneException gone -> new HttpProblem(Status.NOT_FOUND_404, message(gone));
            case MemoryLimitException full -> HttpProblem.passing(message(full), SOON);
            case ShapeException wrong -> new HttpProblem(Status.BAD_REQUEST_400, message(wrong));
            case HttpException refused -> new HttpProblem(refused.status(), message(refused));
            case OverloadedException full -> HttpProblem.passing(message(full), full.retryAfter());
            case TimeoutException _ ->
                new HttpProblem(Status.GATEWAY_TIMEOUT_504, "no answer within the time that requests have");
            case InterruptedException _ -> HttpProblem.passing("the server stops", SOON);
            case UnavailableException none -> HttpProblem.passing(message(none), SOON);
            default -> new HttpProblem(Status.INTERNAL_SERVER_ERROR_500, "the server failed; its log says why");
        };
    }

    private static String message(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** Tells the client, unless he has gone, and of our own faults the log. */
    static void tell(ServerRequest request, ServerResponse response, Throwable e) {
        if (e instanceof CloseConnectionException || e instanceof UncheckedIOException) {
            throw (RuntimeException) e;
        }
        HttpProblem problem = of(e);
        if (problem.status().family() == Status.Family.SERVER_ERROR && !(e instanceof HttpProblem)) {
            LOG.log(
                    problem.status().code() == Status.INTERNAL_SERVER_ERROR_500.code()
                            ? System.Logger.Level.ERROR
                            : System.Logger.Level.DEBUG,
                    "request " + RequestId.of(request),
                    e);
        }
        problem.header().ifPresent(response::header);
        // Of a body that did not come in time, whoever still reads it ends with the connection.
        if (problem.status().equals(Status.REQUEST_TIMEOUT_408)
                || !request.content().consumed()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        Json.send(request, response.status(problem.status()), Map.of("error", problem.getMessage()));
    }
}
