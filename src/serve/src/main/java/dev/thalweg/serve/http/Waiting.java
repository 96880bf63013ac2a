package dev.thalweg.serve.http;

import dev.thalweg.inference.InferenceService;
import dev.thalweg.inference.Predictions;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/**
 * Waits for answers for as long as their clients do: what a client asked who has gone is not computed.
 *
 * @param ahead notices that clients go
 */
record Waiting(ReadAhead ahead) {
    /**
     * {@return an answer}
     *
     * @throws ClientGoneException if the client has gone
     * @throws TimeoutException if its time is over
     * @throws InterruptedException if this thread is interrupted
     */
    Predictions await(CompletableFuture<Predictions> answer) throws TimeoutException, InterruptedException {
        ahead.whenGone(() -> answer.cancel(false));
        try {
            return InferenceService.await(answer);
        } catch (CancellationException e) {
            throw new ClientGoneException();
        }
    }
}
