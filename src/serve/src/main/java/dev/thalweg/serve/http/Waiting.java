package dev.thalweg.serve.http;

import dev.thalweg.inference.InferenceService;
import dev.thalweg.inference.Predictions;
import io.helidon.http.Status;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * Waits for answers for as long as their clients do: what a client asked who has gone is not computed.
 *
 * @param ahead notices that clients go
 */
record Waiting(ReadAhead ahead) {
    /** Of no standard: what nginx writes into its log for such a request, whose answer nobody reads. */
    private static final Status CLIENT_CLOSED_REQUEST = Status.create(499, "Client Closed Request");

    /**
     * {@return an answer}
     *
     * @throws HttpProblem if the client has gone
     * @throws TimeoutException if its time is over
     * @throws InterruptedException if this thread is interrupted
     */
    Predictions await(CompletableFuture<Predictions> answer)
            throws HttpProblem, TimeoutException, InterruptedException {
        ahead.whenGone(() -> answer.cancel(false));
        try {
            return InferenceService.await(answer);
        } catch (CancellationException e) {
            throw new HttpProblem(CLIENT_CLOSED_REQUEST, "the client has gone");
        }
    }
}
