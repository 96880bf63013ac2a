package dev.thalweg.serve.http;

import dev.thalweg.serve.models.ServedModels;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Which handler answers what.
 *
 * @param models that are served
 * @param metrics of all
 * @param watchdog of connections
 * @param ahead reads connections on whose requests wait
 * @param accessLog takes a line for each request
 * @param token that requests have to know, if there is one
 * @param largestBody in bytes
 * @param timeout of each request
 * @param isReady whether requests are welcome: while it is not, each answer closes its connection
 */
public record Routes(
        ServedModels models,
        ServerMetrics metrics,
        Watchdog watchdog,
        ReadAhead ahead,
        Consumer<String> accessLog,
        Optional<String> token,
        int largestBody,
        Duration timeout,
        BooleanSupplier isReady) {
    /** Of the heap, what bodies may hold at a time is one part of so many: as numbers they take several times that. */
    private static final int SHARE_OF_BODIES = 16;

    /** {@return all of them} */
    public HttpRouting.Builder routing() {
        Models found = new Models(models);
        Bodies bodies = new Bodies(largestBody, Runtime.getRuntime().maxMemory() / SHARE_OF_BODIES, timeout);
        Turns turns = new Turns();
        Waiting waiting = new Waiting(ahead);
        InferHandler infer = new InferHandler(found, bodies, timeout, turns, waiting);
        HttpRouting.Builder routing =
                HttpRouting.builder().addFilter(new Requests(metrics, watchdog, ahead, accessLog));
        routing.addFilter(new Welcome(isReady));
        token.ifPresent(secret -> routing.addFilter(new BearerToken(secret)));
        Paths paths = new Paths()
                .post("/v2/models/{model}/infer", infer)
                .post("/v2/models/{model}/versions/{version}/infer", infer)
                .post("/predict", new PredictHandler(found, bodies, timeout, turns, waiting))
                .get("/metrics", this::metrics);
        new MetadataHandlers(found, bodies, isReady).addTo(paths);
        new PageHandlers(found).addTo(paths);
        paths.addTo(routing);
        return routing.error(Throwable.class, Problems::tell).any((_, _) -> {
            throw new HttpProblem(Status.NOT_FOUND_404, "there is nothing at this path");
        });
    }

    private void metrics(ServerRequest request, ServerResponse response) {
        Content.send(
                request,
                response,
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.text().getBytes(StandardCharsets.UTF_8));
    }
}
